import { powerOn } from '../physics/compute/power.js'
import { vmRecord } from '../physics/compute/vm.js'
import { setAppliance } from '../physics/vcha/destroy.js'
import { machineId, type NodeAddress, type NodeFacts, type NodeKey } from '../physics/vcha/state.js'
import type { NodeDeploymentSpec, VirtualMachineCloneSpec } from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'
import { fault } from '../services/method-fault.js'
import type { TaskRun } from '../services/tasks.js'
import type { Slot } from '../world/records.js'
import { actorOf, isInstant, slotOf, truthOf } from './truth.js'
import { cloneVm } from './virtual-machine/clone.js'
import { powerFault } from './virtual-machine/power.js'

/** The witness is a light clone (availability.md 2.1): one CPU and 1 GiB. */
const witnessSize = { numCPUs: 1, memoryMB: 1024 } as const

/** Where a node's VM is to be; what a task keeps of a deployment specification. */
export interface NodePlace {
  readonly name: string
  readonly folder: MoRef
  readonly pool?: MoRef | undefined
  readonly host?: MoRef | undefined
  readonly datastore?: MoRef | undefined
  readonly address: NodeAddress
  readonly failover?: NodeAddress | undefined
}

/** The place that a specification asks for. */
export function placeOf(spec: NodeDeploymentSpec, address: NodeAddress, failover?: NodeAddress): NodePlace {
  const { nodeName, folder, resourcePool, esxHost, datastore } = spec
  return { name: nodeName, folder, pool: resourcePool, host: esxHost, datastore, address, failover }
}

/** Clones the VM of the active node for another one; gives the host's VM, switched off. */
export function cloneNode(run: TaskRun, active: MoRef, place: NodePlace, key: NodeKey): Slot {
  const spec = {
    location: {
      ...place.pool === undefined ? {} : { pool: place.pool },
      ...place.host === undefined ? {} : { host: place.host },
      ...place.datastore === undefined ? {} : { datastore: place.datastore },
    },
    template: false, powerOn: false,
    ...key === 'w' ? { config: witnessSize } : {},
  } as unknown as VirtualMachineCloneSpec
  const made = cloneVm({ ...run, entity: active }, { folder: place.folder, name: place.name, spec })
  return truthOf(run.tx, slotOf(run, made))
}

/** Switches a node's VM on. The machine inside is up when the task ends, of which its boot is a part. */
export function startNode(run: TaskRun, vm: Slot, key: NodeKey): void {
  setAppliance(run.tx, vm, machineId(run.node.name, key))
  const refusal = powerOn(run.tx, vm, { by: actorOf(run), instant: isInstant(run) })
  if (refusal !== undefined) throw powerFault(run.tx, vm, 'powerOn', refusal)
}

/** What the cluster keeps of a node that is a VM. */
export function nodeFactsOf(run: Pick<TaskRun, 'tx'>, vm: Slot, address: NodeAddress, failover?: NodeAddress): Omit<NodeFacts, 'joined'> {
  const { name, config } = vmRecord(run.tx, vm).props
  if (config === undefined) throw fault('InvalidState')
  return {
    name, address, biosUuid: config.uuid, vm: { host: vm.address.node, id: vm.address.id },
    ...failover === undefined ? {} : { failover },
  }
}
