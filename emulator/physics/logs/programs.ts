/** What must run for a program to write. */
export type Writer = 'hostd' | 'vpxa' | 'fdm' | 'kernel' | 'vpxd' | 'appliance'

/** How a program's lines look (operations.md 3.2). */
export type LineForm = 'agent' | 'vmkernel' | 'vobd' | 'plain' | 'vmon'

export interface Program {
  /** File in /var/run/log (a host) or /var/log/vmware (a vCenter), without `.log`. */
  readonly file: string
  /** Folder of a vCenter's file below /var/log/vmware. */
  readonly folder?: string
  readonly kind: 'esxi' | 'vcenter'
  readonly writer: Writer
  readonly form: LineForm
  /** The process that writes, as a vCenter's lines name it; default: the program's own name. */
  readonly process?: string
  /** As lines of 8.0 and syslog messages name the process; default: the program's own name. */
  readonly name8?: string
  /** Syslog facility (operations.md 3.2): 1 user, 4 auth, 20 local4, 22 local6. */
  readonly facility: number
  /** Severity of every line of it, whatever its level; default: as the level. */
  readonly severity?: number
  /** What the pid of the first process after a boot is near to; undefined: lines show none. */
  readonly pid?: number
  /** Kept beside the logs: no list of log files shows it. */
  readonly hidden?: boolean
  /** First version that has it, and the last one, as major numbers. */
  readonly from?: number
  readonly until?: number
}

const esxi = { kind: 'esxi', writer: 'kernel', facility: 1, form: 'plain' } as const
const vcenter = { kind: 'vcenter', writer: 'appliance', facility: 1, form: 'agent' } as const

/**
 * The programs that write logs (operations.md 3.1 and 3.2). Facilities are given for hostd, vpxa, fdm,
 * vmkernel, shell, vobd and sshd; the others' is user, our choice.
 */
export const programs = {
  hostd: { ...esxi, file: 'hostd', writer: 'hostd', form: 'agent', name8: 'Hostd', facility: 20, pid: 2099001 },
  vpxa: { ...esxi, file: 'vpxa', writer: 'vpxa', form: 'agent', name8: 'Vpxa', facility: 20, pid: 2099520 },
  fdm: { ...esxi, file: 'fdm', writer: 'fdm', form: 'agent', name8: 'Fdm', facility: 20, pid: 2099890 },
  vmkernel: { ...esxi, file: 'vmkernel', form: 'vmkernel', facility: 22 },
  vmkwarning: { ...esxi, file: 'vmkwarning', form: 'vmkernel', name8: 'vmkwarning', facility: 22 },
  vmksummary: { ...esxi, file: 'vmksummary', facility: 22, name8: 'heartbeat', pid: 2098300 },
  vobd: { ...esxi, file: 'vobd', form: 'vobd', pid: 2097999 },
  shell: { ...esxi, file: 'shell', pid: 2100101 },
  sshd: { ...esxi, file: 'auth', facility: 4, pid: 2100201 },
  vmauthd: { ...esxi, file: 'vmauthd', facility: 4, pid: 2100301 },
  rhttpproxy: { ...esxi, file: 'rhttpproxy', form: 'agent', name8: 'Rhttpproxy', facility: 20, pid: 2098700, until: 7 },
  'envoy-access': { ...esxi, file: 'envoy-access', facility: 20, pid: 2098700, from: 8 },
  vmsyslogd: { ...esxi, file: 'syslog', pid: 2097700 },
  esxcli: { ...esxi, file: 'esxcli', pid: 2100401, from: 8 },
  'vmsyslogd-dropped': { ...esxi, file: 'vmsyslogd-dropped', name8: 'vmsyslogd', pid: 2097700 },
  audit: { ...esxi, file: 'auditLog', facility: 13, severity: 5, hidden: true },
  'audit-remote': { ...esxi, file: 'auditRemote', process: 'audit', facility: 13, severity: 5, hidden: true },
  script: { ...esxi, file: 'syslog', severity: 5, pid: 2098400 },
  envoy: { ...vcenter, file: 'envoy', folder: 'envoy', facility: 20, pid: 2011, from: 7 },
  'envoy-access-vc': { ...vcenter, file: 'envoy-access', folder: 'envoy', process: 'envoy', facility: 20, pid: 2011, from: 7 },
  vpxd: { ...vcenter, file: 'vpxd', folder: 'vpxd', writer: 'vpxd', facility: 20, pid: 7442 },
  vmon: { ...vcenter, file: 'vmon', folder: 'vmon', form: 'vmon', facility: 1 },
  applmgmt: { ...vcenter, file: 'applmgmt', folder: 'applmgmt', pid: 2311 },
  vcha: { ...vcenter, file: 'vcha', folder: 'vcha', form: 'vmon', facility: 1 },
} as const satisfies Readonly<Record<string, Program>>

export type ProgramName = keyof typeof programs

const table: Readonly<Record<string, Program>> = programs

/** A program by the name that lines carry; service scripts are those that no row names. */
export function programOf(name: string): Program {
  return table[name] ?? programs.script
}

/** Files that a kind of node of a major version has, in the order of the table. */
export function filesOf(kind: 'esxi' | 'vcenter', major: number): readonly string[] {
  return [...new Set(Object.values(table)
    .filter(row => row.kind === kind && row.hidden !== true && (row.from ?? 0) <= major && major <= (row.until ?? Infinity))
    .map(row => row.file))]
}
