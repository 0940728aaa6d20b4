import '../../physics/hardware/reactions.js'
import '../../physics/network/nics.js'
import '../../physics/storage/access.js'
import '../../physics/storage/latency.js'
import '../../physics/storage/loss.js'
import { isHost } from '../../physics/hardware/chassis.js'
import type { LineLevel } from '../../physics/logs/line.js'
import { writeLog } from '../../physics/logs/write.js'
import { devicesOf } from '../../physics/storage/device-paths.js'
import { datastoreOf } from '../../physics/storage/host-view.js'
import { hostOption } from '../../physics/options.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'

/** What the kernel of a host writes of its storage, its cards and its boot (operations.md 3.2). */
export function narrateKernel(world: World): void {
  narrateStorageLoss(world)
  narrateDevices(world)
  world.on('network.nic', (tx, { host, nic, link }) => {
    kernelLog(tx, host, link === 'down' ? 'warning' : 'info', `netdev: ${nic}: link ${link}`)
    kernelLog(tx, host, 'info', `Uplink: ${nic} is ${link}`)
  })
  world.on('hardware.booted', (tx, { node }) => {
    if (!isHost(tx, node)) return
    kernelLog(tx, node, 'info', 'Boot: the VMkernel has started, modules are loaded')
    writeLog(tx, node, 'vmksummary', { level: 'info', text: 'bootstop: Host has booted' })
  })
  world.on('host.stopping', (tx, { host, cause }) => writeLog(tx, host, 'vmksummary', {
    level: 'info', text: `bootstop: Host is ${cause === 'reboot' ? 'rebooting' : 'powering off'}`,
  }))
}

function narrateStorageLoss(world: World): void {
  world.on('storage.accessChanged', (tx, { host, volume, loss, was }) => {
    if (datastoreOf(tx, host, volume) === undefined) return
    const device = nameOf(tx, host, volume)
    if (was === 'apd') kernelLog(tx, host, 'info', `StorageApdHandler: ${identifier(device)} has exited the All Paths Down state.`)
    if (loss === 'apd') {
      kernelLog(tx, host, 'warning', `StorageApdHandler: ${identifier(device)} has entered the All Paths Down state.`)
    }
    if (loss === 'pdl') kernelLog(tx, host, 'warning', `ScsiDevice: Device ${device} has been removed or is permanently inaccessible.`)
    if (was === 'pdl') kernelLog(tx, host, 'info', `ScsiDevice: Device ${device} has come back online.`)
  })
  world.on('storage.apdTimeout', (tx, { host, volume }) => {
    const seconds = hostOption(tx, host, 'Misc.APDTimeout', 140)
    kernelLog(tx, host, 'warning', `StorageApdHandler: ${identifier(nameOf(tx, host, volume))} has entered the `
      + `All Paths Down Timeout state after being in the All Paths Down state for ${seconds} seconds.`)
  })
}

function narrateDevices(world: World): void {
  world.on('storage.redundancy', (tx, { host, device, path, was, is }) => {
    const worse = is === 'disconnected' || was === 'full' || (was === 'degraded' && is === 'lost')
    kernelLog(tx, host, worse ? 'warning' : 'info', worse
      ? `NMP: nmp_ThrottleLogForDevice: Cmd 0x2a to dev "${device}" on path "${path}" Failed: H:0x1 D:0x0 P:0x0 `
        + 'Possible sense data: 0x0 0x0 0x0. Act:EVAL'
      : `NMP: path "${path}" of dev "${device}" is on again`)
  })
  world.on('storage.latency', (tx, { host, volume, high, wasMs, ms }) => kernelLog(tx, host, high ? 'warning' : 'info',
    `ScsiDeviceIO: Device ${nameOf(tx, host, volume)} performance has ${high ? 'deteriorated' : 'improved'}. `
    + `I/O latency ${high ? 'increased' : 'reduced'} from ${wasMs * 1000} microseconds to ${ms * 1000} microseconds.`))
}

/** A line of the vmkernel; warnings and worse are in its log of warnings too. */
function kernelLog(tx: Transaction, host: string, level: LineLevel, text: string): void {
  const bad = level === 'warning' || level === 'error'
  const said = bad ? `WARNING: ${text}` : text
  writeLog(tx, host, 'vmkernel', { level, text: said })
  if (bad) writeLog(tx, host, 'vmkwarning', { level, text: said })
}

function identifier(device: string): string {
  return `Device or filesystem with identifier [${device}]`
}

/** Canonical name of the device of a volume, or the volume's own where it has none (NFS). */
function nameOf(tx: Transaction, host: string, volume: string): string {
  return devicesOf(tx, host).find(each => each.volume === volume)?.name ?? volume
}
