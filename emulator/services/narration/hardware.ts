import { mirrorOf } from '../../physics/management/mirror.js'
import '../../physics/hardware/agents.js'
import '../../physics/hardware/sensors.js'
import '../../physics/network/nics.js'
import type { World } from '../../world/world.js'
import { postEvent } from '../events.js'
import { postOnHost } from './host-events.js'

/** What the vmkernel says when the number of a switch's live uplinks changes (availability.md 4.1). */
const redundancy = {
  degraded: ['esx.problem.net.redundancy.degraded', 'warning'],
  lost: ['esx.problem.net.redundancy.lost', 'warning'],
  disconnected: ['esx.problem.net.connectivity.lost', 'error'],
  reconnected: ['esx.clear.net.connectivity.restored', 'info'],
  restored: ['esx.clear.net.redundancy.restored', 'info'],
} as const

const crashed = { hostd: 'esx.problem.hostd.core.dumped', vpxa: 'esx.problem.vpxa.core.dumped' } as const

/** Cards, agents, sensors and the TPM of hosts, as their own and vCenter's events (availability.md 4.1, 5). */
export function narrateHardware(world: World): void {
  world.on('network.nic', (tx, { host, nic, link }) => postOnHost(tx, host, link === 'down'
    ? { eventTypeId: 'esx.problem.net.vmnic.linkstate.down', severity: 'warning', arguments: { nic } }
    : { eventTypeId: 'esx.clear.net.vmnic.linkstate.up', severity: 'info', arguments: { nic } }))
  world.on('network.redundancy', (tx, { host, switch: name, nic, state, portgroups }) => {
    const [eventTypeId, severity] = redundancy[state]
    postOnHost(tx, host, {
      eventTypeId, severity, arguments: { nic, switch: name, portgroups: portgroups.join(', ') },
    })
  })
  world.on('agent.ended', (tx, { host, agent, how }) => {
    if (how !== 'crash' || agent === 'fdm') return
    postOnHost(tx, host, { eventTypeId: crashed[agent], severity: 'warning' })
  })
  world.on('hardware.sensorChanged', (tx, { host, sensor, sensorNumber, sensorType, was, state }) => postOnHost(tx, host, {
    eventTypeId: 'com.vmware.vc.HardwareSensorEvent',
    severity: state === 'red' ? 'error' : state === 'green' ? 'info' : 'warning',
    arguments: { name: sensor, number: String(sensorNumber), sensorType, oldState: was, newState: state },
  }))
  world.on('hardware.attestationChanged', (tx, { vcenter, host, accepted }) => {
    const slot = mirrorOf(tx, vcenter, host, 'ha-host')
    if (accepted || slot === undefined) return
    postEvent(tx, vcenter, {
      type: 'EventEx', host: slot,
      fields: { eventTypeId: 'com.vmware.vc.host.TPMAttestationFailedEvent', severity: 'error' },
    })
  })
}
