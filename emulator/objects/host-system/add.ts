import { attachHost, isHostFolder } from '../../inventory/attach-host.js'
import { buildAddedHost } from '../../inventory/build-added-host.js'
import { createCompute, setComputeHosts } from '../../inventory/compute-hosts.js'
import { hardwareVersionOf } from '../../inventory/products.js'
import { publicAddress } from '../../physics/vcha/public-address.js'
import { chassis } from '../../physics/hardware/chassis.js'
import { adoptHost } from '../../physics/management/connection.js'
import type { VmInner, VmProps } from '../../physics/compute/vm.js'
import type {
  ClusterComputeResourceMethods, ComputeResourceProps, FolderMethods, HostConnectSpec, HostSystemProps,
} from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import { VCENTER_USER, createAccount, findAccount, updateAccount } from '../../services/accounts.js'
import type { Call } from '../../services/call.js'
import { above } from '../../services/events/arguments.js'
import { postEvent } from '../../services/events.js'
import { requireLicences } from '../../services/licences.js'
import { checkConnection, hostNamed, requireNewHost } from '../../services/host-connection.js'
import { MethodFault, fault, notEmulated } from '../../services/method-fault.js'
import type { NodeInfo } from '../../services/nodes.js'
import { refOf } from '../../services/refs.js'
import { startTask, type TaskRun } from '../../services/tasks.js'
import { taskDurationMs } from '../../services/timing.js'
import { uuid } from '../../world/ids.js'
import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { slotOf, taskEntity } from '../truth.js'

type ClusterArgs = ClusterComputeResourceMethods['AddHost_Task']['args']
type FolderArgs = FolderMethods['AddStandaloneHost_Task']['args']

interface AddPayload {
  readonly spec: HostConnectSpec
  readonly connected: boolean
  readonly pool?: MoRef
}

/** AddHost_Task of a cluster: connects, checks and adds (protocols.md 9). Returns the HostSystem. */
export function startAddHost(call: Call, args: ClusterArgs): MoRef {
  return begin(call, 'ClusterComputeResource.addHost', 'cluster.addHost', {
    spec: args.spec, connected: args.asConnected, ...(args.resourcePool === undefined ? {} : { pool: args.resourcePool }),
  })
}

/** AddStandaloneHost_Task of a folder of hosts. Returns the ComputeResource. */
export function startAddStandaloneHost(call: Call, args: FolderArgs): MoRef {
  if (call.node.kind !== 'vcenter' || !isHostFolder(call.tx, call.self)) throw fault('NotSupported')
  if (args.compResSpec !== undefined && Object.keys(args.compResSpec).some(key => key !== '_typeName')) {
    throw notEmulated('compResSpec')
  }
  return begin(call, 'Folder.addStandaloneHost', 'folder.addStandaloneHost', {
    spec: args.spec, connected: args.addConnected,
  })
}

export const clusterAddJobs = { 'cluster.addHost': addToCluster }
export const folderAddJobs = { 'folder.addStandaloneHost': addStandalone }

/** A host that cannot be added fails its task at once, and is an event. */
function begin(call: Call, descriptionId: string, job: string, payload: AddPayload): MoRef {
  const error = refusal(call, payload.spec)
  const task = startTask(call, {
    descriptionId, entity: call.self, job, payload,
    durationMs: error === undefined ? taskDurationMs.addHost : 0,
  })
  if (error !== undefined) tellFailed(call, payload.spec.hostName ?? '', error)
  return task
}

function refusal(call: Call, spec: HostConnectSpec): MethodFault | undefined {
  try {
    check(call, spec)
    return undefined
  } catch (error) {
    if (error instanceof MethodFault) return error
    throw error
  }
}

function check(at: Pick<TaskRun, 'tx' | 'node' | 'services'>, spec: HostConnectSpec): NodeInfo {
  const { tx, node, services: { behaviour: { anyLogin, anyHost } } } = at
  const { hostName = '' } = spec
  requireNewHost(tx, node.name, hostName)
  if (anyHost === true && hostName !== '' && hostNamed(tx, hostName) === undefined) buildAddedHost(tx, hostName, node)
  const host = checkConnection(tx, { vcenter: node, spec, anyLogin, anyHost })
  requireLicences(at.tx, [at.node.name, host.name])
  return host
}

function tellFailed(call: Call, hostname: string, error: MethodFault): void {
  const datacenter = above(call.tx, call.self, 'Datacenter')
  const subject = call.self.address.type === 'Folder' ? {} : { computeResource: call.self }
  const userName = call.session?.principal.name ?? ''
  // The login that a client makes on purpose to learn the thumbprint is no failure to tell of.
  if (error.type === 'SSLVerifyFault') return
  postEvent(call.tx, call.node, {
    type: 'HostAddFailedEvent', ...subject, datacenter, userName, fields: { hostname },
  })
}

function addToCluster(run: TaskRun, payload: AddPayload): MoRef {
  const cluster = taskEntity(run)
  return refOf(add(run, payload, check(run, payload.spec), cluster))
}

function addStandalone(run: TaskRun, payload: AddPayload): MoRef {
  const host = check(run, payload.spec)
  const folder = taskEntity(run)
  const compute = createCompute(
    run.tx, folder, payload.spec.hostName!, hardwareVersionOf(run.node.product), host.name)
  add(run, payload, host, compute)
  return refOf(compute)
}

function add(run: TaskRun, { spec, connected, pool }: AddPayload, host: NodeInfo, compute: Slot): Slot {
  const { tx, node } = run
  const datacenter = above(tx, compute, 'Datacenter')!
  const slot = attachHost(tx, { vcenter: node.name, host: host.name, datacenter, compute, name: spec.hostName! })
  if (!connected) {
    tx.update<HostSystemProps>(slot, ({ props }) => {
      props.runtime.connectionState = 'disconnected'
      props.runtime.powerState = 'unknown'
    })
  }
  const before = tx.read<ComputeResourceProps>(compute)!.props.host ?? []
  setComputeHosts(tx, compute, [...before, refOf(slot)])
  takeOver(tx, node, host, placement(run, spec, pool, compute))
  postEvent(tx, node, { type: 'HostAddedEvent', host: slot, userName: run.userName, chainId: run.chainId })
  adoptHost(tx, node.name, host.name, connected)
  return slot
}

/** Where the host's VMs go when the client said so; undefined: among the discovered ones. */
function placement(
  run: TaskRun, spec: HostConnectSpec, pool: MoRef | undefined, compute: Slot,
): VmInner['placement'] | undefined {
  if (spec.vmFolder === undefined && pool === undefined) return undefined
  const folder = spec.vmFolder ?? vmFolderOf(run, compute)
  slotOf(run, folder)
  const own = pool ?? run.tx.read<ComputeResourceProps>(compute)!.props.resourcePool
  return { vcenter: run.node.name, folder: folder.value, ...(own === undefined ? {} : { pool: own.value }) }
}

function vmFolderOf(run: TaskRun, compute: Slot): MoRef {
  return run.tx.read<{ vmFolder: MoRef }>(above(run.tx, compute, 'Datacenter')!)!.props.vmFolder
}

/** What vCenter leaves on a host: its account, its address, and nothing of another vCenter. */
function takeOver(tx: Transaction, vcenter: NodeInfo, host: NodeInfo, place: VmInner['placement'] | undefined): void {
  const old = chassis(tx, host.name)?.managedBy
  if (old !== undefined) tx.emit('management.hostDisconnected', { vcenter: old, host: host.name, reason: 'userRequest' })
  const password = uuid(tx.world.random, 'vpxuser').replaceAll('-', '')
  const account = findAccount(tx, host.name, VCENTER_USER, false)
  if (account !== undefined) updateAccount(tx, account, { password })
  else {
    createAccount(tx, host.name, {
      name: VCENTER_USER, password, description: 'VMware VirtualCenter administration account', posixId: 500, shellAccess: false,
    })
  }
  tx.update<HostSystemProps>({ node: host.name, id: 'ha-host' }, ({ props }) => {
    props.summary.managementServerIp = publicAddress(tx, vcenter.name).ip
  })
  for (const vm of tx.ofType(host.name, 'VirtualMachine')) {
    tx.update<VmProps, VmInner>(vm, ({ inner }) => {
      delete inner.vcenterId
      if (place === undefined) delete inner.placement
      else inner.placement = { ...place }
    })
  }
}
