import type { Transaction } from '../../world/transaction.js'
import { powerOff, powerOn } from '../compute/power.js'
import { chassis, LAB } from '../hardware/chassis.js'
import { vmOfNode } from './links.js'
import { machineId, machineOf, vchaOf, type NodeKey } from './state.js'

/** What was switched off, so that the same is switched on again whatever its role is by then. */
interface CutNode { readonly machine: string }

/** Switches a node off under a name: its VM where it is one, else the machine. */
export function cutNode(tx: Transaction, vcenter: string, key: NodeKey, name: string): void {
  const machine = machineId(vcenter, key)
  tx.create({ node: LAB, type: 'CutNode', id: `cut/${name}` }, { props: { machine }, inner: {} })
  const vm = vmOfNode(tx, vcenter, vchaOf(tx, vcenter)!, key)
  if (vm !== undefined) powerOff(tx, vm, { instant: false })
  if (chassis(tx, machine)?.power === 'on' && vm === undefined) tx.emit('hardware.powerLost', { node: machine, cause: 'power' })
}

/** Switches on what was switched off under a name; a VM only if its host lets it. */
export function restoreNode(tx: Transaction, name: string): void {
  const machine = tx.get<CutNode>(LAB, `cut/${name}`)?.props.machine
  tx.remove({ node: LAB, id: `cut/${name}` })
  const at = machine === undefined ? undefined : machineOf(machine)
  const vcha = at === undefined ? undefined : vchaOf(tx, at.vcenter)
  if (at === undefined || vcha === undefined) return
  const vm = vmOfNode(tx, at.vcenter, vcha, at.key)
  if (vm !== undefined) powerOn(tx, vm, { instant: false })
  else tx.emit('hardware.powerRestored', { node: machine! })
}
