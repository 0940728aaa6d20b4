import type { Reader, Slot } from '../../world/records.js'
import { chassis, LAB } from '../hardware/chassis.js'
import { reaches, responds } from '../network/paths.js'
import type { Party } from '../network/rules.js'
import { endsOf, linksOf, machineId, servingNode, type Link, type NodeKey, type VchaInner } from './state.js'

const HA_NETWORK = { network: 'vcha' } as const

interface VmProps { readonly runtime: { readonly powerState: string } }
interface VmInner { readonly appliance?: string }

/**
 * The VM that a node is: where it was seen last if it still runs there, else where it runs now, else
 * where it is registered. Undefined: the node is a machine of its own.
 */
export function vmOfNode(reader: Reader, vcenter: string, vcha: VchaInner, key: NodeKey): Slot | undefined {
  const known = vcha.nodes[key].vm
  if (known === undefined) return undefined
  const machine = machineId(vcenter, key)
  const slot = reader.find(known.host, known.id)
  if (slot !== undefined && isVm(reader, slot, machine) && runs(reader, slot)) return slot
  return findVm(reader, machine)
}

/** Looks on all hosts for the VM that a machine is. */
export function findVm(reader: Reader, machine: string): Slot | undefined {
  const all = reader.ofType(LAB, 'Node').map(slot => slot.address.id)
    .flatMap(host => reader.ofType(host, 'VirtualMachine'))
    .filter(slot => isVm(reader, slot, machine))
  return all.find(slot => runs(reader, slot)) ?? all[0]
}

function isVm(reader: Reader, slot: Slot, machine: string): boolean {
  return reader.read<VmProps, VmInner>(slot)?.inner.appliance === machine
}

function runs(reader: Reader, slot: Slot): boolean {
  return reader.read<VmProps>(slot)?.props.runtime.powerState === 'poweredOn'
}

/** Whose failure is the failure of a node's traffic: itself, its host, and the vCenter that it serves as. */
function partiesOf(reader: Reader, vcenter: string, vcha: VchaInner, key: NodeKey): Party[] {
  const host = vmOfNode(reader, vcenter, vcha, key)?.address.node
  return [
    machineId(vcenter, key),
    ...host === undefined ? [] : [host],
    ...servingNode(vcha) === key ? [vcenter] : [],
  ]
}

/** True while two nodes physically hear each other on the vCenter HA network. */
export function linkWorks(reader: Reader, vcenter: string, vcha: VchaInner, link: Link): boolean {
  const [a, b] = endsOf(link)
  if (!nodeLives(reader, vcenter, vcha, a) || !nodeLives(reader, vcenter, vcha, b)) return false
  const from = partiesOf(reader, vcenter, vcha, a)
  const to = partiesOf(reader, vcenter, vcha, b)
  return from.every(one => to.every(other => one === other || reaches(reader, one, other, HA_NETWORK)))
}

/** True while a node's machine runs, and the host below is not stuck. */
export function nodeLives(reader: Reader, vcenter: string, vcha: VchaInner, key: NodeKey): boolean {
  const machine = machineId(vcenter, key)
  if (chassis(reader, machine)?.power !== 'on' || !responds(reader, machine)) return false
  const host = vmOfNode(reader, vcenter, vcha, key)?.address.node
  return host === undefined || responds(reader, host)
}

/** What each pair physically is now. */
export function physicalLinks(reader: Reader, vcenter: string, vcha: VchaInner): Partial<Record<Link, boolean>> {
  return Object.fromEntries(linksOf(vcha).map(link => [link, linkWorks(reader, vcenter, vcha, link)]))
}
