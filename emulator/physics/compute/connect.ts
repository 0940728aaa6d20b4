import type { VirtualDevice, VirtualDeviceConnectInfo } from '../../schema/generated/types.js'
import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { setVmProps, vmRecord } from './vm.js'

/** One object per distinct connection state, so that VMs share them: there are few. */
const interned = new Map<string, VirtualDeviceConnectInfo>()

/**
 * Devices that are set to connect at power-on do so; none is connected while the VM is off.
 * Devices that are right already stay the same objects.
 */
export function connectDevices(tx: Transaction, slot: Slot, on: boolean): void {
  const { config } = vmRecord(tx, slot).props
  const devices = config?.hardware.device
  if (config === undefined || devices === undefined) return
  const device = devices.map(item => connect(item, on))
  if (device.every((item, i) => item === devices[i])) return
  const hardware = { ...config.hardware, device }
  setVmProps(tx, slot, { config: { ...config, hardware } })
}

function connect(device: VirtualDevice, on: boolean): VirtualDevice {
  const { connectable } = device
  if (connectable === undefined) return device
  const connected = on && connectable.startConnected
  const status = connected ? 'ok' : 'untried'
  if (connectable.connected === connected && connectable.status === status) return device
  return { ...device, connectable: shared({ ...connectable, connected, status }) }
}

function shared(info: VirtualDeviceConnectInfo): VirtualDeviceConnectInfo {
  const key = JSON.stringify([
    info.migrateConnect, info.startConnected, info.allowGuestControl, info.connected, info.status,
  ])
  const known = interned.get(key)
  if (known !== undefined) return known
  const frozen = Object.freeze(info)
  interned.set(key, frozen)
  return frozen
}
