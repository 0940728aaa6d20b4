import type { Services } from '../services/call.js'
import { postEvent } from '../services/events.js'
import { tellOfVm } from '../services/narration/virtual-machine.js'
import { allNodes, type NodeInfo } from '../services/nodes.js'
import { completeTask, createTask, setRunning } from '../services/tasks.js'
import type { Slot } from '../world/records.js'
import type { Transaction } from '../world/transaction.js'
import type { MoRef } from '../schema/model.js'

/** VMs of a lab whose making is told of: a history of thousands would cost more than it helps. */
const TOLD_VMS = 100
/** Hosts of a lab whose making is told of. */
const TOLD_HOSTS = 100

interface Facts {
  readonly parent?: MoRef
  readonly runtime?: { readonly powerState?: string, readonly host?: MoRef }
}

interface Mirrored { readonly hostNode?: string, readonly hostMoid?: string }

/**
 * The tasks and events that a lab's own making would have left behind: switches made, hosts added,
 * VMs created and powered on. For labs whose users expect them from the first moment, as those of
 * the peer do, whose model is built by calls (peer-measured.md part 1, events.bats, tasks.bats).
 */
export function writePast(tx: Transaction, services: Services): void {
  for (const node of allNodes(tx)) {
    if (node.kind === 'vcenter') new Past(tx, services, node).ofVcenter()
    else new Past(tx, services, node).ofHost()
  }
}

class Past {
  readonly #tx: Transaction
  readonly #services: Services
  readonly #node: NodeInfo
  readonly #user: string

  constructor(tx: Transaction, services: Services, node: NodeInfo) {
    this.#tx = tx
    this.#services = services
    this.#node = node
    this.#user = node.kind === 'vcenter' ? 'VSPHERE.LOCAL\\Administrator' : 'root'
  }

  ofVcenter(): void {
    for (const made of this.#all('VmwareDistributedVirtualSwitch')) {
      this.#done('CreateDVS_Task', this.#parent(made), made)
    }
    for (const group of this.#all('DistributedVirtualPortgroup')) {
      const { config } = this.#tx.read<{ config: { distributedVirtualSwitch?: MoRef } }>(group)!.props
      this.#done('AddDVPortgroup_Task', this.#find(config.distributedVirtualSwitch))
    }
    for (const host of this.#all('HostSystem').slice(0, TOLD_HOSTS)) this.#host(host)
    for (const vm of this.#all('VirtualMachine').slice(0, TOLD_VMS)) this.#vm(vm)
  }

  /** A host that a vCenter manages is told of its VMs together with the vCenter. */
  ofHost(): void {
    const managed = this.#tx.get<object, { managedBy?: string }>('lab', this.#node.name)?.inner.managedBy
    if (managed !== undefined) return
    for (const vm of this.#all('VirtualMachine').slice(0, TOLD_VMS)) this.#vm(vm)
  }

  #host(host: Slot): void {
    const compute = this.#parent(host)
    if (compute?.address.type === 'ClusterComputeResource') this.#done('AddHost_Task', compute, host)
    else this.#done('AddStandaloneHost_Task', compute === undefined ? undefined : this.#parent(compute), compute)
    for (const type of ['HostAddedEvent', 'HostConnectedEvent'] as const) {
      postEvent(this.#tx, this.#node, { type, host, userName: this.#user })
    }
  }

  #vm(vm: Slot): void {
    const { inner, props } = this.#tx.read<Facts, Mirrored>(vm)!
    const fact = {
      node: inner.hostNode ?? this.#node.name, vm: inner.hostMoid ?? vm.address.id,
      by: { node: this.#node.name, userName: this.#user },
    }
    this.#done('CreateVM_Task', this.#parent(vm), vm)
    tellOfVm(this.#tx, 'VmBeingCreatedEvent', fact)
    tellOfVm(this.#tx, 'VmCreatedEvent', fact)
    if (props.runtime?.powerState !== 'poweredOn') return
    this.#done('PowerOnVM_Task', vm)
    tellOfVm(this.#tx, 'VmStartingEvent', fact)
    tellOfVm(this.#tx, 'VmPoweredOnEvent', fact)
  }

  /** A task that has ended well. */
  #done(method: string, entity: Slot | undefined, made?: Slot): void {
    const info = entity === undefined ? undefined : this.#services.schema.method(entity.address.type, method)
    if (entity === undefined || info === undefined) return
    const task = createTask(this.#tx, this.#services, this.#node, {
      descriptionId: `${info.owner}.${info.vmodlName}`, name: method, entity, userName: this.#user,
    })
    const result = made === undefined ? undefined : { type: made.address.type, value: made.address.id }
    setRunning(this.#tx, task)
    completeTask(this.#tx, task, result === undefined ? {} : { result })
  }

  #all(type: string): Slot[] {
    return [...this.#tx.ofType(this.#node.name, type)]
  }

  #parent(slot: Slot): Slot | undefined {
    return this.#find(this.#tx.read<Facts>(slot)?.props.parent)
  }

  #find(ref: MoRef | undefined): Slot | undefined {
    return ref === undefined ? undefined : this.#tx.find(this.#node.name, ref.value)
  }
}
