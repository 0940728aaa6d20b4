import '../../physics/ha/signals.js'
import type { LineLevel } from '../../physics/logs/line.js'
import { writeLog } from '../../physics/logs/write.js'
import '../../physics/ha/fdm/configure.js'
import { agentOf } from '../../physics/ha/fdm/agent.js'
import '../../physics/storage/access.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'

/**
 * `fdm.log` of every host with HA (availability.md 1.1): what its agent decides. The texts are our own.
 */
export function narrateFdmLog(world: World): void {
  world.on('ha.primaryElected', (tx, { host }) => write(tx, host, 'info', 'Election', 'Election won, this host is primary'))
  world.on('ha.primaryReady', (tx, { host }) =>
    write(tx, host, 'info', 'Policy', 'Protected lists read, placing virtual machines'))
  world.on('ha.primaryGone', (tx, { host }) => write(tx, host, 'info', 'Election', 'No longer primary'))
  world.on('ha.listTaken', (tx, { host }) => write(tx, host, 'info', 'Inventory', 'Lock taken on a protected list'))
  world.on('ha.judged', (tx, { primary, host, state, was }) => write(
    tx, primary, state === 'connectedToMaster' ? 'info' : 'warning', 'Cluster',
    `Host ${host}: ${was ?? 'unknown'} => ${state}`))
  world.on('ha.hostFailed', (tx, { primary, host }) => write(
    tx, primary, 'error', 'Policy', `Host ${host} is dead: its protected virtual machines are to be placed elsewhere`))
  world.on('ha.isolated', (tx, { host }) => write(
    tx, host, 'warning', 'Cluster', 'Isolated: no agent heard, no isolation address answers'))
  world.on('ha.isolationEnded', (tx, { host }) => write(tx, host, 'info', 'Cluster', 'No longer isolated'))
  world.on('ha.isolationResponse', (tx, { host }) => write(
    tx, host, 'warning', 'Policy', 'Isolation delay has passed, applying the isolation response'))
  world.on('ha.hostJoined', (tx, { primary, host }) => write(tx, primary, 'info', 'Cluster', `Host ${host} joined`))
  world.on('ha.hostConfigured', (tx, { host, enabled }) => {
    if (enabled) write(tx, host, 'info', 'Cluster', 'Configuration received')
  })
  world.on('ha.heartbeatVolumes', (tx, { host, volumes }) => write(
    tx, host, 'verbose', 'Cluster', `Heartbeat datastores: ${volumes.join(', ') || 'none'}`))
  world.on('storage.accessChanged', (tx, { host, volume, loss }) => {
    if (agentOf(tx, host) === undefined) return
    write(tx, host, 'verbose', 'Cluster', `Datastore ${volume} ${loss === undefined ? 'can be used again' : `is lost (${loss})`}`)
  })
  world.on('ha.report', (tx, { report, late }) => {
    const { kind, by, ...facts } = report
    // Judgements have their own line already.
    if (kind === 'judged') write(tx, by, 'trivia', 'Event', `Judgement for vCenter: ${JSON.stringify(facts)}`)
    else write(tx, by, 'info', 'Event', `${late ? 'kept, now ' : ''}told vCenter: ${kind} ${JSON.stringify(facts)}`)
  })
}

function write(tx: Transaction, host: string, level: LineLevel, sub: string, text: string): void {
  writeLog(tx, host, 'fdm', { level, sub, text })
}
