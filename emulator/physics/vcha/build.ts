import type { Transaction } from '../../world/transaction.js'
import { applianceOf, updateAppliance } from '../appliance/state.js'
import { chassis, LAB, type NodeInner } from '../hardware/chassis.js'
import { createDisk } from './disk-state.js'
import {
  machineId, nodeKeys, updateVcha, vchaId, vchaOf, type ClusterMode, type NodeFacts, type NodeKey, type VchaInner,
} from './state.js'

/** What a cluster is made of. */
export interface VchaPlan {
  readonly kind: VchaInner['kind']
  readonly witness: boolean
  readonly mode: ClusterMode
  readonly wanted: VchaInner['wanted']
  readonly nodes: Readonly<Record<NodeKey, Omit<NodeFacts, 'joined' | 'publicUp'>>>
}

/** A cluster of three nodes that work and hear each other: node 1 is active, everything is replicated. */
export function createVcha(tx: Transaction, vcenter: string, plan: VchaPlan): void {
  createPrepared(tx, vcenter, plan)
  configureVcha(tx, vcenter, chassis(tx, vcenter)!.bootTime)
}

/** A prepared cluster begins to work: its nodes have power and are the same. */
export function configureVcha(tx: Transaction, vcenter: string, bootTime: number): void {
  updateVcha(tx, vcenter, inner => {
    inner.state = 'configured'
    inner.position = tx.world.revision
  })
  const vcha = vchaOf(tx, vcenter)!
  if (vcha.kind === 'sharedDisk') createDisk(tx, vcenter, vcha.witness)
  for (const key of nodeKeys(vcha)) createMachine(tx, vcenter, key, key === '1' ? chassis(tx, vcenter)!.bootTime : bootTime)
  enableService(tx, vcenter, true)
}

/** The addresses of a cluster that is to be: nothing works as one yet. */
export function createPrepared(tx: Transaction, vcenter: string, plan: VchaPlan): void {
  const nodes = Object.fromEntries((['1', '2', 'w'] as const).map(key =>
    [key, { ...plan.nodes[key], joined: key !== 'w' || plan.witness }])) as Record<NodeKey, NodeFacts>
  nodes['1'].publicUp = true
  const works = plan.mode !== 'disabled'
  const inner: VchaInner = {
    state: 'prepared', kind: plan.kind, witness: plan.witness, mode: plan.mode, nodes,
    active: '1', cluster: 'healthy', links: { '1-2': true, '1-w': plan.witness, '2-w': plan.witness }, waiting: {},
    database: works ? plan.wanted : 'noReplication', wanted: plan.wanted,
    files: { serviceConfig: works, serviceState: works },
    live: works && plan.kind === 'replicated', position: tx.world.revision, lost: 0, told: [],
  }
  tx.create({ node: LAB, type: 'Vcha', id: vchaId(vcenter) }, { props: {}, inner })
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
