import type { DatastoreProps, HostNasVolume, NasDatastoreInfo } from '../../schema/generated/types.js'
import '../../physics/storage/access.js'
import { devicesOf } from '../../physics/storage/device-paths.js'
import { datastoreOf } from '../../physics/storage/host-view.js'
import '../../physics/storage/latency.js'
import { apdTimeoutS, type HeartbeatState, type Redundancy } from '../../physics/storage/loss.js'
import { isUp } from '../../physics/hardware/chassis.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { postOnHost } from './host-events.js'

/** What the vmkernel says when fewer or more paths live (availability.md 3.4; ids of the catalogue). */
const worse: Readonly<Record<Redundancy, readonly [string, 'warning' | 'error' | 'info']>> = {
  full: ['esx.clear.storage.redundancy.restored', 'info'],
  degraded: ['esx.problem.storage.redundancy.degraded', 'warning'],
  lost: ['esx.problem.storage.redundancy.lost', 'warning'],
  disconnected: ['esx.problem.storage.connectivity.lost', 'error'],
}

const heartbeatSeverity: Readonly<Record<HeartbeatState, 'warning' | 'info' | 'error'>> = {
  timedout: 'warning', recovered: 'info', unrecoverable: 'error',
}

/** Storage troubles in the words of the hosts that have them, in their own events and vCenter's. */
export function narrateStorage(world: World): void {
  world.on('storage.accessChanged', (tx, { host, volume, loss, was }) => {
    if (datastoreOf(tx, host, volume) === undefined || !isUp(tx, host)) return
    if (was === 'apd') say(tx, host, volume, 'esx.clear.storage.apd.exit', 'info')
    if (was === 'pdl') say(tx, host, volume, 'esx.clear.scsi.device.state.permanentloss.deviceonline', 'info')
    if (loss === 'apd') say(tx, host, volume, 'esx.problem.storage.apd.start', 'warning')
    if (loss === 'pdl') say(tx, host, volume, 'esx.problem.scsi.device.state.permanentloss', 'error')
  })
  world.on('storage.apdTimeout', (tx, { host, volume }) => {
    const seconds = String(apdTimeoutS(tx, host))
    say(tx, host, volume, 'esx.problem.storage.apd.timeout', 'warning', { seconds })
  })
  world.on('storage.heartbeat', (tx, { host, volume, state }) => {
    const nas = serverOf(tx, host, volume)
    if (nas !== undefined) {
      const id = state === 'timedout' ? 'esx.problem.vmfs.nfs.server.disconnect' : 'esx.clear.vmfs.nfs.server.restored'
      say(tx, host, volume, id, state === 'timedout' ? 'error' : 'info', {
        server: nas.remoteHost ?? '', mount: nas.remotePath ?? '',
      })
    } else {
      say(tx, host, volume, `esx.problem.vmfs.heartbeat.${state}`, heartbeatSeverity[state])
    }
  })
  world.on('storage.redundancy', (tx, { host, volume, path, was, is }) => {
    if (was === 'disconnected') {
      say(tx, host, volume, 'esx.clear.storage.connectivity.restored', 'info', { path })
      if (is === 'full') return
    }
    const [id, severity] = worse[is]
    say(tx, host, volume, id, severity, { path })
  })
  world.on('storage.latency', (tx, { host, volume, high, wasMs, ms }) => say(tx, host, volume,
    high ? 'esx.problem.scsi.device.io.latency.high' : 'esx.clear.scsi.device.io.latency.improved',
    high ? 'warning' : 'info', { before: String(wasMs * 1000), now: String(ms * 1000) }))
}

function say(
  tx: Transaction, host: string, volume: string, eventTypeId: string, severity: 'info' | 'warning' | 'error',
  more: Readonly<Record<string, string>> = {},
): void {
  const datastore = datastoreOf(tx, host, volume)
  const name = datastore === undefined ? '' : tx.read<DatastoreProps>(datastore)!.props.name
  const device = devicesOf(tx, host).find(each => each.volume === volume)?.name ?? volume
  postOnHost(tx, host, { eventTypeId, severity, arguments: { device, datastore: name, volume, ...more } })
}

function serverOf(tx: Transaction, host: string, volume: string): HostNasVolume | undefined {
  const slot = datastoreOf(tx, host, volume)
  return slot === undefined ? undefined : (tx.read<DatastoreProps>(slot)!.props.info as NasDatastoreInfo).nas
}
