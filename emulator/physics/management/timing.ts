import type { Reader } from '../../world/records.js'

/** A host sends a heartbeat over UDP 902 every 10 s (availability.md 4.2). */
export const HEARTBEAT_MS = 10_000

/** vCenter waits 60 s for one by default (availability.md 4.2). */
export const NOT_RESPONDING_MS = 60_000

const NOT_RESPONDING_OPTION = 'config.vpxd.heartbeat.notRespondingTimeout'

/** The window of a vCenter in milliseconds: its advanced setting in seconds, or the default. */
export function notRespondingMs(reader: Reader, vcenter: string): number {
  const settings = reader.get<{ setting?: ReadonlyArray<{ key: string, value: unknown }> }>(vcenter, 'VpxSettings')
  const own = settings?.props.setting?.find(option => option.key === NOT_RESPONDING_OPTION)?.value
  const seconds = Number((own as { _value?: unknown } | undefined)?._value ?? own)
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : NOT_RESPONDING_MS
}

/**
 * vCenter connects again to a host that answers its calls though no heartbeat arrives; the host
 * then drops out again after 30 to 90 s (availability.md 4.2). A default within those bounds.
 */
export const RECONNECT_MS = 20_000

/** Power-on self test and start of ESXi until hostd answers; a default, not a published figure. */
export const HOST_BOOT_MS = 120_000

/**
 * Start of a vCenter appliance until vpxd answers; a default, not a published figure. It is the sum
 * of what appliance/timing.ts says of the system and of the services that vpxd waits for.
 */
export const APPLIANCE_BOOT_MS = 240_000
