import type { OptionValue } from '../schema/generated/types.js'

/**
 * How a VM's own settings ask for plain VNC: `RemoteDisplay.vnc.enabled`, `.port`, `.ip` and `.password` of
 * its extraConfig (client-quirks.md, nova). ESXi stopped to serve it with 7.0; labs serve it for every
 * version, since so many old clients know no other console. No open ruleset of a host covers its ports:
 * whoever wants in enables one that does, gdbserver as ever (network-security.md 13.1).
 */
export interface VncSettings {
  readonly port: number
  /** The address of the host at which it listens; undefined: at all of them. */
  readonly ip: string | undefined
  /** Undefined: everybody may look. */
  readonly password: string | undefined
}

const PREFIX = 'remotedisplay.vnc.'

/** VMware's default when a port is not given. */
const DEFAULT_PORT = 5900

/** What stands for all addresses of a machine. */
const ANY: ReadonlySet<string> = new Set(['', '0.0.0.0', '::'])

/** Undefined: the VM does not ask for VNC, or for a port that there is not. */
export function vncSettings(extraConfig: readonly OptionValue[] | undefined): VncSettings | undefined {
  const settings = new Map<string, string>()
  for (const { key, value } of extraConfig ?? []) {
    // Names of settings are the same in large and small letters.
    if (key.length > PREFIX.length && key.slice(0, PREFIX.length).toLowerCase() === PREFIX) {
      settings.set(key.slice(PREFIX.length).toLowerCase(), String(value))
    }
  }
  if (settings.get('enabled')?.toLowerCase() !== 'true') return undefined
  const text = settings.get('port') ?? String(DEFAULT_PORT)
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port < 1 || port > 65535) return undefined
  const password = settings.get('password') ?? ''
  const ip = settings.get('ip')?.trim() ?? ''
  return { port, ip: ANY.has(ip) ? undefined : ip, password: password === '' ? undefined : password }
}

/** True if two settings ask for the same server. */
export function sameVnc(one: VncSettings | undefined, other: VncSettings | undefined): boolean {
  return one?.port === other?.port && one?.ip === other?.ip && one?.password === other?.password
}
