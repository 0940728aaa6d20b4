import { configureVcha, createMachine, createPrepared } from '../physics/vcha/build.js'
import { destroyVcha, releaseNode, setAppliance } from '../physics/vcha/destroy.js'
import { say } from '../physics/vcha/say.js'
import {
  machineId, otherOf, updateVcha, vchaOf, type NodeAddress, type NodeFacts, type NodeKey, type VchaInner,
} from '../physics/vcha/state.js'
import { CONFIGURE_MS, CREATE_NODE_MS, DEPLOY_MS, DESTROY_MS, PREPARE_MS } from '../physics/vcha/timing.js'
import type {
  CustomizationIPSettings, FailoverClusterConfiguratorMethods, NodeDeploymentSpec, SourceNodeSpec, VirtualMachineProps,
} from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'
import type { Call, Query, ReadContext } from '../services/call.js'
import { fault, invalidArgument } from '../services/method-fault.js'
import { isFinal, startTask, type TaskProps, type TaskRun } from '../services/tasks.js'
import { wellKnownId } from '../services/well-known.js'
import type { Reader, Slot } from '../world/records.js'
import { defineManagedObject, partial, query } from './define.js'
import { cloneNode, nodeFactsOf, placeOf, startNode, type NodePlace } from './failover-cluster-deploy.js'
import { mayDestroy } from './failover-cluster-rules.js'
import { addressOf, checkAddresses, ownVm, sourceVm } from './failover-cluster-spec.js'
import { configOf } from './failover-cluster-view.js'

type Methods = FailoverClusterConfiguratorMethods
type Args<M extends keyof Methods> = Methods[M]['args']

const TYPE = 'FailoverClusterConfigurator'

/** Methods that may not be called while one of them runs (API reference, disabledConfigureMethod). */
const exclusive = ['deployVcha_Task', 'configureVcha_Task', 'createPassiveNode_Task', 'createWitnessNode_Task', 'destroyVcha_Task']

function running(reader: Reader, node: string): boolean {
  return reader.ofType(node, 'Task').some(slot => {
    const { info } = reader.read<TaskProps>(slot)!.props
    return info.descriptionId.startsWith(`${TYPE}.`) && !isFinal(info)
  })
}

function begin(call: Call, name: string, job: string, payload: unknown, durationMs: number): MoRef {
  if (running(call.tx, call.node.name)) throw fault('MethodDisabled', { source: TYPE })
  const entity = call.tx.find(call.node.name, wellKnownId('rootFolder', 'vcenter'))!
  return startTask(call, { descriptionId: `${TYPE}.${name}`, entity, job, payload, durationMs })
}

/** @throws InvalidState unless the cluster is in that state */
function requireState(reader: Reader, node: string, state: 'notConfigured' | VchaInner['state']): VchaInner | undefined {
  const vcha = vchaOf(reader, node)
  if ((vcha?.state ?? 'notConfigured') !== state) throw fault('InvalidState')
  return vcha
}

/** The address of the active node's second card. @throws NotFound when it has none (API reference, prepare) */
function secondAddress(reader: Reader, vm: Slot): NodeAddress {
  const { props, inner } = reader.read<VirtualMachineProps, { guest?: { adapters: readonly { addresses: readonly string[] }[] } }>(vm)!
  const ip = props.guest?.net?.[1]?.ipAddress?.[0] ?? inner.guest?.adapters[1]?.addresses[0]
  if (ip === undefined) throw fault('NotFound')
  return { ip }
}

function failoverOf(settings: CustomizationIPSettings | undefined, path: string): NodeAddress | undefined {
  return settings === undefined ? undefined : addressOf(settings, path)
}

function prepare(call: Call, { networkSpec }: Args<'prepareVcha_Task'>): MoRef {
  const { passiveNetworkSpec, witnessNetworkSpec } = networkSpec
  const passive = addressOf(passiveNetworkSpec.ipSettings, 'networkSpec.passiveNetworkSpec.ipSettings')
  const witness = addressOf(witnessNetworkSpec.ipSettings, 'networkSpec.witnessNetworkSpec.ipSettings')
  checkAddresses(call.node.address, [
    ['networkSpec.passiveNetworkSpec.ipSettings', passive], ['networkSpec.witnessNetworkSpec.ipSettings', witness]])
  const failover = failoverOf(passiveNetworkSpec.failoverIpSettings, 'networkSpec.passiveNetworkSpec.failoverIpSettings')
  return begin(call, 'prepare', 'vcha.prepare', { passive, witness, failover }, PREPARE_MS)
}

function prepareNow(run: TaskRun, { passive, witness, failover }: Addresses): void {
  requireState(run.tx, run.node.name, 'notConfigured')
  const vm = ownVm(run)
  prepared(run, vm, secondAddress(run.tx, vm), { passive, witness, failover })
  updateVcha(run.tx, run.node.name, inner => { inner.manual = true })
}

interface Addresses { readonly passive: NodeAddress, readonly witness: NodeAddress, readonly failover?: NodeAddress | undefined }

function prepared(run: TaskRun, vm: Slot, active: NodeAddress, { passive, witness, failover }: Addresses): void {
  const own = nodeFactsOf(run, vm, active)
  createPrepared(run.tx, run.node.name, {
    kind: 'replicated', witness: true, mode: 'enabled', wanted: 'sync',
    nodes: {
      '1': own,
      '2': { name: `${own.name}-peer`, address: passive, ...failover === undefined ? {} : { failover } },
      w: { name: `${own.name}-witness`, address: witness },
    },
  })
}

function deploy(call: Call, { deploymentSpec }: Args<'deployVcha_Task'>): MoRef {
  const { passiveDeploymentSpec, witnessDeploymentSpec, activeVcSpec, activeVcNetworkConfig } = deploymentSpec
  const passive = addressOf(passiveDeploymentSpec.ipSettings, 'deploymentSpec.passiveDeploymentSpec.ipSettings')
  const witness = addressOf(witnessDeploymentSpec.ipSettings, 'deploymentSpec.witnessDeploymentSpec.ipSettings')
  const active = activeVcNetworkConfig === undefined ? undefined
    : addressOf(activeVcNetworkConfig.ipSettings, 'deploymentSpec.activeVcNetworkConfig.ipSettings')
  checkAddresses(call.node.address, [
    ...active === undefined ? [] : [['deploymentSpec.activeVcNetworkConfig.ipSettings', active] as const],
    ['deploymentSpec.passiveDeploymentSpec.ipSettings', passive], ['deploymentSpec.witnessDeploymentSpec.ipSettings', witness],
  ])
  const failover = failoverOf(passiveDeploymentSpec.failoverIpSettings, 'deploymentSpec.passiveDeploymentSpec.failoverIpSettings')
  return begin(call, 'deploy', 'vcha.deploy', {
    ...sourceVm(call, activeVcSpec, 'deploymentSpec.activeVcSpec'), active,
    passive: placeOf(passiveDeploymentSpec, passive, failover), witness: placeOf(witnessDeploymentSpec, witness),
  }, DEPLOY_MS)
}

interface Deployment {
  readonly source: MoRef
  readonly login: boolean
  readonly active?: NodeAddress
  readonly passive: NodePlace
  readonly witness: NodePlace
}

function deployNow(run: TaskRun, { source, login, active, passive, witness }: Deployment): void {
  if (!login) throw fault('InvalidLogin')
  requireState(run.tx, run.node.name, 'notConfigured')
  const own = ownVm(run)
  prepared(run, own, active ?? secondAddress(run.tx, own), { passive: passive.address, witness: witness.address })
  const peer = cloneNode(run, source, passive, '2')
  const voter = cloneNode(run, source, witness, 'w')
  form(run, own, {
    '2': [peer, passive.address, passive.failover], w: [voter, witness.address, undefined],
  })
}

type Others = Readonly<Record<'2' | 'w', readonly [vm: Slot, address: NodeAddress, failover: NodeAddress | undefined]>>

/** Makes a working cluster of three VMs. */
function form(run: TaskRun, own: Slot, others: Others): void {
  const { tx, node } = run
  updateVcha(tx, node.name, inner => {
    for (const key of ['2', 'w'] as const) replaceFacts(run, inner as VchaInner, key, ...others[key])
  })
  configureVcha(tx, node.name, tx.now())
  setAppliance(tx, own, machineId(node.name, '1'))
  for (const key of ['2', 'w'] as const) {
    if (isOn(tx, others[key][0])) setAppliance(tx, others[key][0], machineId(node.name, key))
    else startNode(run, others[key][0], key)
  }
  for (const key of ['1', '2', 'w'] as const) tellJoined(run, key)
  say(tx, node.name, 'cluster.mode.changed', { oldMode: 'disabled', clusterMode: 'enabled' })
  say(tx, node.name, 'cluster.state.healthy')
}

function replaceFacts(
  run: TaskRun, inner: VchaInner, key: NodeKey, vm: Slot, address: NodeAddress, failover: NodeAddress | undefined,
): void {
  const facts: NodeFacts = { ...nodeFactsOf(run, vm, address, failover ?? inner.nodes[key].failover), joined: inner.nodes[key].joined }
  inner.nodes[key] = facts
}

function tellJoined({ tx, node }: TaskRun, key: NodeKey): void {
  const { name, address } = vchaOf(tx, node.name)!.nodes[key]
  say(tx, node.name, 'node.joined', { nodeName: name, nodeIp: address.ip })
}

function isOn(reader: Reader, vm: Slot): boolean {
  return reader.read<VirtualMachineProps>(vm)!.props.runtime.powerState === 'poweredOn'
}

function configure(call: Call, { configSpec }: Args<'configureVcha_Task'>): MoRef {
  const vcha = vchaOf(call.tx, call.node.name)
  // Without preparation there is nothing to compare with: the task says so.
  if (vcha?.state === 'prepared' && configSpec.passiveIp !== vcha.nodes['2'].address.ip) throw invalidArgument('configSpec.passiveIp')
  if (vcha?.state === 'prepared' && configSpec.witnessIp !== vcha.nodes.w.address.ip) throw invalidArgument('configSpec.witnessIp')
  return begin(call, 'configure', 'vcha.configure', {}, CONFIGURE_MS)
}

/** @throws HostNotReachable when no clone answers at the addresses */
function configureNow(run: TaskRun): void {
  const vcha = requireState(run.tx, run.node.name, 'prepared')!
  const own = ownVm(run)
  const [peer, voter] = clonesOf(run, own)
  if (peer === undefined || voter === undefined) throw fault('HostNotReachable')
  form(run, own, {
    '2': [peer, vcha.nodes['2'].address, vcha.nodes['2'].failover], w: [voter, vcha.nodes.w.address, undefined],
  })
}

/**
 * Running clones of the active VM that are no machine of the lab yet, the passive one first: a guest
 * cannot be given an address, so that the clones are told from other VMs by what they copied.
 */
function clonesOf({ tx, node }: TaskRun, own: Slot): Slot[] {
  const { config } = tx.read<VirtualMachineProps>(own)!.props
  return tx.ofType(node.name, 'VirtualMachine').flatMap(slot => {
    const { hostNode, hostMoid } = tx.read<VirtualMachineProps, { hostNode?: string, hostMoid?: string }>(slot)!.inner
    const vm = hostNode === undefined ? undefined : tx.find(hostNode, hostMoid ?? '')
    const record = vm === undefined ? undefined : tx.read<VirtualMachineProps, { appliance?: string }>(vm)
    const same = record?.props.config?.annotation === config?.annotation && record?.props.config?.guestId === config?.guestId
    return vm !== undefined && same && record?.inner.appliance === undefined && isOn(tx, vm) ? [vm] : []
  })
}

function createNode(
  call: Call, spec: NodeDeploymentSpec & { failoverIpSettings?: CustomizationIPSettings },
  source: SourceNodeSpec, role: 'Passive' | 'Witness',
): MoRef {
  const path = `${role.toLowerCase()}DeploymentSpec`
  const address = addressOf(spec.ipSettings, `${path}.ipSettings`)
  const failover = failoverOf(spec.failoverIpSettings, `${path}.failoverIpSettings`)
  checkAddresses(call.node.address, [[`${path}.ipSettings`, address]])
  const nodes = vchaOf(call.tx, call.node.name)?.nodes
  const taken = nodes !== undefined && (['1', '2', 'w'] as const).some(key =>
    nodes[key].joined && nodes[key].address.ip === address.ip)
  if (taken) throw invalidArgument(`${path}.ipSettings`)
  return begin(call, `create${role}Node`, 'vcha.createNode', {
    role, ...sourceVm(call, source, 'sourceVcSpec'), place: placeOf(spec, address, failover),
  }, CREATE_NODE_MS)
}

interface NodeWish {
  readonly role: 'Passive' | 'Witness'
  readonly source: MoRef
  readonly login: boolean
  readonly place: NodePlace
}

/** The new machine joins as any node that is heard again does. */
function createNodeNow(run: TaskRun, { role, source, login, place }: NodeWish): void {
  const { tx, node } = run
  if (!login) throw fault('InvalidLogin')
  const vcha = requireState(tx, node.name, 'configured')!
  const key = role === 'Witness' ? 'w' : otherOf(vcha.active)
  if (vcha.nodes[key].joined) throw fault('InvalidState')
  const vm = cloneNode(run, source, place, key)
  releaseNode(tx, node.name, key)
  updateVcha(tx, node.name, inner => replaceFacts(run, inner as VchaInner, key, vm, place.address, place.failover))
  createMachine(tx, node.name, key, tx.now())
  startNode(run, vm, key)
  tx.emit('network.changed', { why: 'vcha' })
}

function destroy(call: Call): MoRef {
  return begin(call, 'destroy', 'vcha.destroy', {}, DESTROY_MS)
}

function destroyNow({ tx, node }: TaskRun): void {
  const vcha = vchaOf(tx, node.name)
  if (vcha === undefined || !mayDestroy(vcha)) throw fault('InvalidState')
  if (vcha.state === 'configured') say(tx, node.name, 'cluster.state.destroyed')
  destroyVcha(tx, node.name, vcha.active)
}

function disabled({ reader, node }: ReadContext): readonly string[] {
  return running(reader, node.name) ? exclusive : []
}

/** FailoverClusterConfigurator: makes a vCenter HA cluster and ends it. */
export const failoverClusterConfigurator = defineManagedObject(TYPE, {
  methods: {
    prepareVcha_Task: prepare,
    deployVcha_Task: partial(deploy, 'the active VM gets no card for activeVcNetworkConfig; one management vCenter'),
    configureVcha_Task: partial(configure, 'clones are found by what they copied, not by the address of their guest'),
    createPassiveNode_Task: (call, { passiveDeploymentSpec, sourceVcSpec }) =>
      createNode(call, passiveDeploymentSpec, sourceVcSpec, 'Passive'),
    createWitnessNode_Task: (call, { witnessDeploymentSpec, sourceVcSpec }) =>
      createNode(call, witnessDeploymentSpec, sourceVcSpec, 'Witness'),
    getVchaConfig: query((call: Query) => configOf(vchaOf(call.reader, call.node.name), call.node.address)),
    destroyVcha_Task: destroy,
  },
  virtual: { disabledConfigureMethod: disabled },
  jobs: {
    'vcha.prepare': prepareNow, 'vcha.deploy': deployNow, 'vcha.configure': configureNow,
    'vcha.createNode': createNodeNow, 'vcha.destroy': destroyNow,
  },
})
