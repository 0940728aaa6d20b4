import type { Reader } from '../../world/records.js'
import { chassis, isUp } from '../hardware/chassis.js'

/** True while heartbeats and calls pass between a host and the vCenter that manages it. */
export function linkUp(reader: Reader, vcenter: string, host: string): boolean {
  const inner = chassis(reader, host)
  return inner !== undefined && inner.managedBy === vcenter && inner.power === 'on'
    && inner.cable === 'up' && isUp(reader, vcenter)
}

/** True while vCenter's picture of the host follows the host: linked, and reconciled since. */
export function mirrored(reader: Reader, vcenter: string, host: string): boolean {
  return linkUp(reader, vcenter, host) && chassis(reader, host)!.management === 'connected'
}
