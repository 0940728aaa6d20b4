import type { HostSystemProps } from '../../schema/generated/types.js'
import type { Reader } from '../../world/records.js'
import type { World } from '../../world/world.js'
import { consoleServes } from '../dcui/entries.js'
import { consolePage } from '../dcui/screens.js'
import { HOST_BOOT_MS } from '../management/timing.js'
import { pendingJob } from '../pending-job.js'
import { TEXT_MODE, centred, gridOf, paint, type TextScreen } from '../text-screen.js'
import { agentRuns } from './agents.js'
import { LAB, type NodeInner } from './chassis.js'

interface HostFacts {
  readonly name: string
  readonly hostName: string
  readonly address: string
  readonly product: { readonly version: string, readonly build: string }
}

const { columns, rows } = gridOf(TEXT_MODE)

/**
 * What a host shows on the screen that is plugged into it: its self-test, its own console, or why its
 * kernel stopped. Undefined while it is without power. All texts are our own.
 */
export function hostScreen(reader: World, host: string): TextScreen | undefined {
  const record = reader.get<HostFacts, NodeInner>(LAB, host)
  const system = reader.get<HostSystemProps>(host, 'ha-host')?.props
  if (record === undefined || system === undefined) return undefined
  const { props: facts, inner } = record
  if (inner.panicked === true) return { ...TEXT_MODE, lines: stopScreen(facts, system, inner) }
  if (inner.booting !== undefined) return booting(reader, facts, inner.booting)
  if (inner.power !== 'on') return undefined
  return consolePage(reader, host) ?? { ...TEXT_MODE, lines: ownConsole(reader, host, facts, system) }
}

const steps = [
  'firmware: memory and devices', 'boot loader', 'kernel', 'device drivers', 'storage paths', 'file systems', 'networks',
  'host agent', 'agents of vCenter and availability',
]

/** One step after the other, within the time that a host takes to boot. */
function booting(reader: Reader, { hostName, product }: HostFacts, sequence: number): TextScreen {
  const job = pendingJob(reader, sequence)
  const age = HOST_BOOT_MS - (job === undefined ? HOST_BOOT_MS : job.due - reader.now())
  const each = HOST_BOOT_MS / steps.length
  const at = Math.min(steps.length - 1, Math.max(0, Math.floor(age / each)))
  const done = Math.round((at + 1) / steps.length * 40)
  const lines = [
    '', '', `    ${paint('white')}ESXi ${product.version} (simulated)${paint('silver')} on ${hostName}`, '',
    ...steps.slice(0, at).map(step => `    ${paint('green')}done${paint('silver')}  ${step}`),
    `    ${paint('yellow')} ..  ${paint('white')} ${steps[at]}`,
  ]
  while (lines.length < rows - 3) lines.push('')
  lines.push(centred(`${paint('cyan')}${'█'.repeat(done)}${paint('grey')}${'░'.repeat(40 - done)}`, columns))
  return { ...TEXT_MODE, lines, changesAt: reader.now() + Math.max(1, Math.ceil((at + 1) * each - age)) }
}

/** The host's own console: what it is, how to reach it, and whether its agent answers. */
function ownConsole(reader: Reader, host: string, facts: HostFacts, { summary, hardware }: HostSystemProps): string[] {
  const upper = paint('white', 'cyan')
  const lower = paint('white', 'black')
  const { vendor, model, numCpuPkgs, cpuModel, memorySize } = summary.hardware ?? {}
  const gigabytes = Math.round(Number(memorySize ?? hardware?.memorySize ?? 0) / 2 ** 30 * 10) / 10
  const answers = agentRuns(reader, host, 'hostd')
  const lines = [
    '', '', `    ESXi ${facts.product.version} (simulated, build ${facts.product.build})`, `    ${vendor} ${model}`,
    '', `    ${numCpuPkgs} x ${cpuModel}`, `    ${gigabytes} GB of memory`, '', `    ${facts.hostName}`, '', '',
  ].map(line => upper + line)
  lines.push(
    `${lower}`, `${lower}    To manage this host, go to:`, `${lower}      ${paint('brightCyan')}https://${facts.address}/`, '',
    `${lower}    ${answers ? '' : `${paint('yellow')}The host agent does not answer at present.`}`,
  )
  while (lines.length < rows - 1) lines.push('')
  lines.push(consoleServes(reader, host)
    ? `${paint('black', 'silver')}  <F2> Customise and view logs${' '.repeat(columns - 63)}<F12> Shut down or restart  `
    : `${paint('black', 'silver')}  This console is switched off.`)
  return lines
}

/** The kernel stopped: it stays until somebody resets the machine (availability.md). */
function stopScreen({ product, hostName }: HostFacts, { summary }: HostSystemProps, inner: NodeInner): string[] {
  const uptime = ((inner.downAt ?? 0) - inner.bootTime) / 1000
  const text = [
    `ESXi ${product.version} build ${product.build} (simulated): the kernel has stopped.`,
    '', 'Exception 14 in world 1048921: a page that is not there, at 0x18.', '',
    'cr2=0x18  rip=0x418029c1d7a4  rsp=0x451a1b29bd80  rflags=0x10246',
    '  0x451a1b29bd80  net_deliver+0x54', '  0x451a1b29bdc0  port_input+0x1a8', '  0x451a1b29be20  world_run+0x66',
    '  0x451a1b29bff0  world_start+0x0e', '',
    `${summary.hardware?.vendor} ${summary.hardware?.model}, ${hostName}`,
    `Up for ${Math.max(0, Math.floor(uptime))} seconds.`, '',
    'The running virtual machines of this host have ended.',
    'No dump is written by a simulated host. Reset the machine to start again.',
  ]
  return Array.from({ length: rows }, (_, row) => `${paint('white', 'magenta')} ${text[row - 1] ?? ''}`)
}
