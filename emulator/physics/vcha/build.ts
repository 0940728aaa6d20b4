import type { Transaction } from '../../world/transaction.js'
import { applianceOf, updateAppliance } from '../appliance/state.js'
import { chassis, LAB, type NodeInner } from '../hardware/chassis.js'
import { createDisk } from './disk-state.js'
import {
  machineId, nodeKeys, vchaId, type ClusterMode, type NodeFacts, type NodeKey, type VchaInner,
} from './state.js'

/** What a cluster is made of. */
export interface VchaPlan {
  readonly kind: VchaInner['kind']
  readonly witness: boolean
  readonly mode: ClusterMode
  readonly wanted: VchaInner['wanted']
  readonly nodes: Readonly<Record<NodeKey, Omit<NodeFacts, 'joined' | 'publicUp'>>>
}

/** A cluster of three nodes that has worked for long: node 1 is active, everything is replicated. */
export function createVcha(tx: Transaction, vcenter: string, plan: VchaPlan): void {
  const nodes = Object.fromEntries((['1', '2', 'w'] as const).map(key =>
    [key, { ...plan.nodes[key], joined: key !== 'w' || plan.witness }])) as Record<NodeKey, NodeFacts>
  nodes['1'].publicUp = true
  const works = plan.mode !== 'disabled'
  const inner: VchaInner = {
    state: 'configured', kind: plan.kind, witness: plan.witness, mode: plan.mode, nodes,
    active: '1', cluster: 'healthy', links: { '1-2': true, '1-w': plan.witness, '2-w': plan.witness }, waiting: {},
    database: works ? plan.wanted : 'noReplication', wanted: plan.wanted,
    files: { serviceConfig: works, serviceState: works },
    live: works && plan.kind === 'replicated', position: tx.world.revision, lost: 0, told: [],
  }
  tx.create({ node: LAB, type: 'Vcha', id: vchaId(vcenter) }, { props: {}, inner })
  if (plan.kind === 'sharedDisk') createDisk(tx, vcenter, plan.witness)
  for (const key of nodeKeys(inner)) createMachine(tx, vcenter, key, chassis(tx, vcenter)!.bootTime)
  enableService(tx, vcenter, true)
}

/** The machine of a node: it has power and a boot time, and traffic on the vCenter HA network. */
export function createMachine(tx: Transaction, vcenter: string, key: NodeKey, bootTime: number, power: 'on' | 'off' = 'on'): void {
  const inner: NodeInner = { power, bootTime, cable: 'up', management: 'connected' }
  tx.create({ node: LAB, type: 'Machine', id: machineId(vcenter, key) }, { props: { kind: 'vcenter' }, inner })
}

/** The service `vcha` of the appliance runs while there is a cluster. */
export function enableService(tx: Transaction, vcenter: string, on: boolean): void {
  if (applianceOf(tx, vcenter)?.services['vcha'] === undefined) return
  updateAppliance(tx, vcenter, inner => {
    const service = inner.services['vcha']!
    if (service.job !== undefined) tx.cancel(service.job)
    inner.services['vcha'] = {
      state: on ? 'STARTED' : 'STOPPED', since: tx.now(), startup: on ? 'AUTOMATIC' : 'DISABLED',
    }
  })
}
