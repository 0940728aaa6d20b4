import { admit, hostLoad, shapeOf } from '../../physics/compute/admission.js'
import { enteringOf } from '../../physics/compute/maintenance.js'
import { vmRecord, type VmProps } from '../../physics/compute/vm.js'
import { demandOf } from '../../physics/ha/capacity.js'
import { clusterOfHost } from '../../physics/ha/config.js'
import { mirrored } from '../../physics/management/link.js'
import { findTruth, hostNodeOf, refOnHost } from '../../physics/management/truth.js'
import { fullPlace, planFiles } from '../../physics/migration/files.js'
import { attached } from '../../physics/network/paths.js'
import { lostVolume } from '../../physics/storage/access.js'
import { datastoreByName, parseDatastorePath, volumeOf } from '../../physics/storage/paths.js'
import type {
  DatastoreProps, HostSystemProps, VirtualDevice,
} from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import { fault, type MethodFault } from '../../services/method-fault.js'
import { refOf } from '../../services/refs.js'
import type { Slot } from '../../world/records.js'
import { refusalOnHost } from '../cluster-compute-resource/admission.js'
import { slotOf, unreachable } from '../truth.js'
import { filesGoal, type MovePlan, type PlanContext } from './move-plan.js'
import { powerFault, questionPending } from './power.js'

/** CheckTestType of the API. */
export type MoveTest = 'sourceTests' | 'hostTests' | 'resourcePoolTests' | 'datastoreTests' | 'networkTests'

/** Something that keeps a VM from moving, or only deserves a word. */
export interface Finding {
  readonly test: MoveTest
  readonly fault: MethodFault
  readonly warning?: boolean
}

interface Checking {
  readonly at: PlanContext
  readonly vm: Slot
  readonly props: VmProps
  readonly plan: MovePlan
  readonly target: Slot
  readonly targetNode: string
  readonly sourceNode: string
  readonly hostChanges: boolean
  readonly on: boolean
}

/**
 * Everything that is to be said about a move, in the order of the product's checks: source, host,
 * datastores, networks and devices (operations.md 11.6).
 */
export function checkMove(at: PlanContext, vm: Slot, plan: MovePlan): Finding[] {
  const { tx } = at
  const { props } = vmRecord(tx, vm)
  const target = slotOf(at, plan.host)
  const check: Checking = {
    at, vm, props, plan, target,
    targetNode: hostNodeOf(tx, target), sourceNode: hostNodeOf(tx, vm),
    hostChanges: props.runtime.host?.value !== plan.host.value,
    on: props.runtime.powerState === 'poweredOn',
  }
  const source = sourceTests(check)
  if (source.length > 0) return source
  const host = hostTests(check)
  if (host.length > 0) return host
  return [...vmotionTests(check), ...datastoreTests(check), ...deviceTests(check)]
}

/** The first finding that forbids the move. */
export function firstError(findings: readonly Finding[]): MethodFault | undefined {
  return findings.find(finding => finding.warning !== true)?.fault
}

function sourceTests({ at: { tx }, vm, props }: Checking): Finding[] {
  const { question } = props.runtime
  if (findTruth(tx, vm) !== undefined) {
    return question === undefined ? [] : [{ test: 'sourceTests', fault: questionPending(question.text) }]
  }
  if (props.runtime.connectionState === 'inaccessible') return [{ test: 'sourceTests', fault: fault('InvalidState') }]
  return [{ test: 'sourceTests', fault: unreachable(tx, vm) }]
}

function hostTests({ at: { tx, node }, target, targetNode, hostChanges, on, props, vm }: Checking): Finding[] {
  const test = 'hostTests'
  const { runtime } = tx.read<HostSystemProps>(target)!.props
  if (!mirrored(tx, node.name, targetNode)) return [{ test, fault: unreachable(tx, target) }]
  if (!hostChanges) return []
  if (runtime.inMaintenanceMode || enteringOf(tx, targetNode) !== undefined) {
    const text = 'The operation is not allowed in the current state of the host.'
    return [{ test, fault: fault('InvalidHostState', { host: refOf(target) }, text) }]
  }
  if (!on) return []
  const own = tx.get<HostSystemProps>(targetNode, 'ha-host')?.props
  const refusal = own === undefined ? undefined : admit(own, hostLoad(tx, targetNode), props)
  if (refusal !== undefined) return [{ test: 'resourcePoolTests', fault: powerFault(tx, vm, 'powerOn', refusal) }]
  const from = clusterOfHost(tx, node.name, props.runtime.host!.value)
  const failover = refusalOnHost({ tx, node }, target.address.id, demandOf(shapeOf(props)), from)
  return failover === undefined ? [] : [{ test: 'resourcePoolTests', fault: failover }]
}

/** A running VM needs a VMkernel interface for vMotion on both hosts, and a way between them. */
function vmotionTests({ at: { tx, node }, props, target, sourceNode, targetNode, hostChanges, on }: Checking): Finding[] {
  if (!on || !hostChanges) return []
  const source = tx.find(node.name, props.runtime.host!.value)!
  const findings: Finding[] = []
  for (const [host, own, atSourceHost] of [[source, sourceNode, true], [target, targetNode, false]] as const) {
    const { name, config } = tx.read<HostSystemProps>(host)!.props
    const test = atSourceHost ? 'sourceTests' : 'hostTests'
    const fields = { atSourceHost, failedHost: name, failedHostEntity: refOf(host) }
    const vmotion = config?.virtualNicManagerInfo?.netConfig?.find(item => item.nicType === 'vmotion')
    if ((vmotion?.selectedVnic?.length ?? 0) === 0) {
      findings.push({ test, fault: fault('VMotionNotConfigured', fields,
        `The vMotion interface of the ${atSourceHost ? 'Source' : 'Destination'} host '${name}' is not configured.`) })
    } else if (!attached(tx, own, 'vmotion')) {
      findings.push({ test, fault: fault('VMotionLinkDown', { ...fields, network: 'vMotion' },
        `The network of the vMotion interface of host '${name}' has no link.`) })
    }
  }
  return findings
}

function datastoreTests(check: Checking): Finding[] {
  const { at, plan, props } = check
  const { tx } = at
  const findings: Finding[] = []
  const asked = [...(plan.datastore === undefined ? [] : [plan.datastore]), ...plan.disks.map(disk => disk.datastore)]
  for (const datastore of asked) {
    if (usableOn(check, datastore)) continue
    const { name } = tx.read<DatastoreProps>(slotOf(at, datastore))!.props
    findings.push({ test: 'datastoreTests', fault: notWritable(check, datastore, name) })
  }
  if (findings.length > 0) return findings
  const disks = (props.config?.hardware.device ?? []).filter(device => device._typeName === 'VirtualDisk')
  for (const device of disks) {
    const path = fileOf(device)
    const name = path === undefined ? undefined : parseDatastorePath(path)?.datastore
    const moves = plan.datastore !== undefined || plan.disks.some(disk => disk.key === device.key)
    if (path === undefined || name === undefined || moves) continue
    const ref = datastoreNamed(check, name)
    if (ref === undefined || usableOn(check, ref)) continue
    findings.push({ test: 'datastoreTests', fault: fault('CannotAccessVmDisk', {
      device: device.deviceInfo?.label ?? '', backing: path, connected: true,
      fault: notWritable(check, ref, name).localized,
    }, `Unable to access the virtual machine disk '${path}' from host '${nameOf(check)}'.`) })
  }
  findings.push(...homeTest(check))
  return findings.length > 0 ? findings : spaceTest(check)
}

function homeTest(check: Checking): Finding[] {
  const { plan, props } = check
  const name = parseDatastorePath(props.config?.files.vmPathName ?? '')?.datastore
  const ref = name === undefined || plan.datastore !== undefined ? undefined : datastoreNamed(check, name)
  if (ref === undefined || usableOn(check, ref)) return []
  const reason = notWritable(check, ref, name!).localized
  return [{ test: 'datastoreTests', fault: fault('CannotAccessVmConfig', { reason },
    `Unable to access the virtual machine configuration: ${reason.localizedMessage}`) }]
}

function spaceTest({ at, vm, plan }: Checking): Finding[] {
  const truth = findTruth(at.tx, vm)
  if (truth === undefined) return []
  const full = fullPlace(at.tx, planFiles(at.tx, truth, filesGoal(at, plan)))
  if (full === undefined) return []
  const file = vmRecord(at.tx, vm).props.config?.files.vmPathName ?? ''
  return [{ test: 'datastoreTests', fault: fault('NoDiskSpace', { file, datastore: full.name },
    `Insufficient disk space on datastore '${full.name}'.`) }]
}

/** Network cards and CD-ROM drives: connected ones forbid what unconnected ones only warn of. */
function deviceTests(check: Checking): Finding[] {
  const { props, hostChanges } = check
  if (!hostChanges) return []
  const findings: Finding[] = []
  for (const device of props.config?.hardware.device ?? []) {
    const connected = device.connectable?.connected === true || (!check.on && device.connectable?.startConnected === true)
    const found = networkTest(check, device, connected) ?? mediaTest(check, device, connected)
    if (found !== undefined) findings.push({ ...found, warning: !connected })
  }
  return findings
}

function networkTest(check: Checking, device: VirtualDevice, connected: boolean): Finding | undefined {
  if (!('macAddress' in device)) return undefined
  const { at: { tx, node }, targetNode, plan } = check
  const changed = plan.cards?.find(item => item.device.key === device.key)?.device
  const backing = (changed ?? device).backing as { network?: MoRef, deviceName?: string, port?: { portgroupKey?: string } } | undefined
  const key = backing?.port?.portgroupKey
  const network = backing?.network ?? (key === undefined ? undefined : { type: 'DistributedVirtualPortgroup', value: key })
  if (network === undefined || refOnHost(tx, node.name, network, targetNode) !== undefined) return undefined
  const name = tx.get<{ name: string }>(node.name, network.value)?.props.name ?? backing?.deviceName ?? ''
  return { test: 'networkTests', fault: fault('CannotAccessNetwork', {
    device: device.deviceInfo?.label ?? '', backing: name, connected, network,
  }, `Currently connected network interface '${device.deviceInfo?.label ?? ''}' uses network '${name}', which is not accessible.`) }
}

function mediaTest(check: Checking, device: VirtualDevice, connected: boolean): Finding | undefined {
  if (device._typeName !== 'VirtualCdrom' && device._typeName !== 'VirtualFloppy') return undefined
  const label = device.deviceInfo?.label ?? ''
  const path = fileOf(device)
  if (path === undefined) {
    const own = /(Atapi|Passthrough|FloppyDevice)BackingInfo$/.test((device.backing as { _typeName?: string })?._typeName ?? '')
    if (!own || !connected) return undefined
    return { test: 'hostTests', fault: fault('CannotAccessVmDevice', {
      device: label, backing: (device.backing as { deviceName?: string }).deviceName ?? '', connected,
    }, `Currently connected device '${label}' uses a device of the host, which is not accessible.`) }
  }
  const name = parseDatastorePath(path)?.datastore ?? ''
  const ref = datastoreNamed(check, name)
  if (ref === undefined || usableOn(check, ref)) return undefined
  return { test: 'datastoreTests', fault: fault('CannotAccessVmDevice', { device: label, backing: path, connected },
    `Device '${label}' uses backing '${path}', which is not accessible.`) }
}

function fileOf(device: VirtualDevice): string | undefined {
  const path = (device.backing as { fileName?: string } | undefined)?.fileName
  return path === undefined || path === '' ? undefined : path
}

/** vCenter's datastore that the VM's host calls by a name. */
function datastoreNamed({ at: { tx, node }, sourceNode, props }: Checking, name: string): MoRef | undefined {
  const own = datastoreByName(tx, sourceNode, name)
  if (own === undefined) return undefined
  const id = own.address.id
  const known = props.datastore ?? []
  const found = known.find(ref => refOnHost(tx, node.name, ref, sourceNode)?.value === id)
  if (found !== undefined) return found
  const host = tx.get<HostSystemProps>(node.name, props.runtime.host!.value)?.props
  return host?.datastore?.find(ref => refOnHost(tx, node.name, ref, sourceNode)?.value === id)
}

/** True if the target host has a datastore's volume and can use it. */
function usableOn({ at: { tx, node }, targetNode }: Checking, datastore: MoRef): boolean {
  const slot = tx.find(node.name, datastore.value)
  if (slot === undefined) return false
  const volume = volumeOf(tx.read<DatastoreProps>(slot)!.props)
  const has = tx.ofType(targetNode, 'Datastore').some(own => volumeOf(tx.read<DatastoreProps>(own)!.props) === volume)
  return has && lostVolume(tx, targetNode, volume) === undefined
}

function notWritable(check: Checking, datastore: MoRef, name: string): MethodFault {
  return fault('DatastoreNotWritableOnHost', { datastore, name, host: refOf(check.target) },
    `The datastore '${name}' is not writable on host '${nameOf(check)}'.`)
}

function nameOf({ at: { tx }, target }: Checking): string {
  return tx.read<HostSystemProps>(target)!.props.name
}
