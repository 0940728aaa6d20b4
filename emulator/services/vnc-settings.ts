import type { OptionValue } from '../schema/generated/types.js'

/**
 * How a VM's own settings ask for plain VNC: `RemoteDisplay.vnc.enabled`, `.port` and `.password` of
 * its extraConfig (client-quirks.md, nova). ESXi stopped to serve it with 7.0; labs serve it for every
 * version, since so many old clients know no other console.
 */
export interface VncSettings {
  readonly port: number
  /** Undefined: everybody may look. */
  readonly password: string | undefined
}

const PREFIX = 'remotedisplay.vnc.'

/** VMware's default when a port is not given. */
const DEFAULT_PORT = 5900

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
  return { port, password: password === '' ? undefined : password }
}
