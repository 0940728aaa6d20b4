import { HOST_OPTIONS, optionsOf } from '../../physics/options.js'
import type { Reader } from '../../world/records.js'

/** A text that a host's options hold for those who log in: the banner before, the message after; empty: none. */
export function loginText(reader: Reader, host: string, key: 'Config.Etc.issue' | 'Config.Etc.motd'): string {
  const value = optionsOf(reader, host, HOST_OPTIONS).get(key)
  return typeof value === 'string' ? value : ''
}
