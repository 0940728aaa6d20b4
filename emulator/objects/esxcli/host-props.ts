import type { HostConfigInfo, HostSystemProps } from '../../schema/generated/types.js'
import type { Seat } from './model.js'

/** The host's own record of itself. */
export function hostProps({ reader, host }: Seat): HostSystemProps {
  return reader.get<HostSystemProps>(host.name, 'ha-host')!.props
}

/** Its configuration, which every host has on its own node. */
export function hostConfig(seat: Seat): HostConfigInfo {
  return hostProps(seat).config!
}

/** An instant as hosts write it, without fractions of a second: `2026-01-01T00:00:00Z`. */
export function secondsText(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
}
