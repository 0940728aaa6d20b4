import type { GuestInfo } from '../../schema/generated/types.js'
import type { Reader, Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { guestUp, hasTools, toolsRunning } from './guest.js'
import type { VmFact } from './signals.js'
import { APPLICATION_RED_MS, HEARTBEAT_RED_MS, HEARTBEAT_YELLOW_MS } from './timing.js'
import { setVmProps, vmRecord, type VmInner } from './vm.js'

/**
 * What can be wrong inside a guest. `hang`: it computes nothing any more; `crash`: its kernel gave
 * up and says so; `tools`: only VMware Tools ended, the rest works.
 */
export type GuestTrouble = 'hang' | 'crash' | 'tools'

/** Inner fact `trouble` of a host's VM record. */
export interface Troubled {
  readonly what: GuestTrouble
  /** Lab time in milliseconds. */
  readonly since: number
  /** It comes again with every boot of the guest. */
  readonly again?: boolean
}

interface TroubledInner extends VmInner {
  trouble?: Troubled
}

declare module '../../world/signals.js' {
  interface SignalMap {
    /** Something goes wrong in a guest. */
    'guest.trouble': VmFact & { readonly what: GuestTrouble, readonly again: boolean }
    /** It is put right, without a restart of the guest. */
    'guest.well': VmFact
    /** No heartbeats of VMware Tools come from a running VM any more. */
    'guest.silent': VmFact
    /** An application in a guest that had enabled its heartbeats sends none, asks for a reset, or is well. */
    'guest.application': VmFact & { readonly state: 'silent' | 'needsReset' | 'well' }
  }
  interface JobMap {
    'guest.late': { readonly node: string, readonly vm: string, readonly since: number, readonly status: 'yellow' | 'red' }
    'guest.applicationLate': { readonly node: string, readonly vm: string, readonly bootTime: string | undefined }
  }
}

/** What is wrong in a VM's guest; undefined: nothing. */
export function troubleOf(reader: Reader, vm: Slot): Troubled | undefined {
  const trouble = reader.read<object, TroubledInner>(vm)?.inner.trouble
  return trouble === undefined || trouble.since < 0 ? undefined : trouble
}

/** True while a guest computes nothing: it writes nothing and does nothing that it is asked for. */
export function isStuck(reader: Reader, vm: Slot): boolean {
  const what = troubleOf(reader, vm)?.what
  return what === 'hang' || what === 'crash'
}

/** Guests in trouble: a restart helps, unless the trouble comes again. */
export function reactToGuestTrouble(world: World): void {
  world.on('guest.trouble', (tx, { node, vm, what, again }) => {
    const slot = tx.find(node, vm)
    if (slot === undefined) return
    const runs = vmRecord(tx, slot).props.runtime.powerState === 'poweredOn'
    if (runs) begin(tx, slot, { what, since: tx.now(), ...(again ? { again } : {}) })
    else if (again) setTrouble(tx, slot, { what, since: -1, again })
  })
  world.on('guest.well', (tx, { node, vm }) => {
    const slot = tx.find(node, vm)
    if (slot === undefined) return
    const had = troubleOf(tx, slot)
    setTrouble(tx, slot, undefined)
    const { props } = vmRecord(tx, slot)
    if (had !== undefined && props.runtime.powerState === 'poweredOn' && hasTools(props)) guestUp(tx, slot)
  })
  for (const kind of ['vm.reset', 'vm.poweredOff', 'vm.poweredOn'] as const) {
    world.on(kind, (tx, { node, vm }) => restarted(tx, tx.find(node, vm)))
  }
  world.on('vm.guestRunning', (tx, { node, vm }) => {
    const slot = tx.find(node, vm)
    const trouble = slot === undefined ? undefined : tx.read<object, TroubledInner>(slot)!.inner.trouble
    if (slot !== undefined && trouble?.again === true) begin(tx, slot, { ...trouble, since: tx.now() })
  })
  world.on('vm.left', (tx, { to, as }) => {
    const slot = tx.find(to, as)
    const trouble = slot === undefined ? undefined : troubleOf(tx, slot)
    if (slot !== undefined && trouble !== undefined) begin(tx, slot, trouble)
  })
  world.onJob('guest.late', (tx, { node, vm, since, status }) => {
    const slot = tx.find(node, vm)
    if (slot !== undefined && troubleOf(tx, slot)?.since === since) late(tx, slot, status)
  })
  reactToApplications(world)
}

function restarted(tx: Transaction, vm: Slot | undefined): void {
  const trouble = vm === undefined ? undefined : tx.read<object, TroubledInner>(vm)!.inner.trouble
  if (vm === undefined || trouble === undefined) return
  // A guest that was up already in this very step has begun anew.
  if (trouble.again === true && trouble.since === tx.now()) return
  setTrouble(tx, vm, trouble.again === true ? { ...trouble, since: -1 } : undefined)
}

function begin(tx: Transaction, vm: Slot, trouble: Troubled): void {
  setTrouble(tx, vm, trouble)
  const { props } = vmRecord(tx, vm)
  if (!toolsRunning(props)) return
  const { node, id } = vm.address
  if (trouble.what === 'tools') setVmProps(tx, vm, { guest: withoutTools(props.guest!), guestHeartbeatStatus: 'gray' })
  else {
    if (trouble.what === 'crash') setVmProps(tx, vm, { guest: { ...props.guest!, guestKernelCrashed: true } })
    tx.after(HEARTBEAT_YELLOW_MS, 'guest.late', { node, vm: id, since: trouble.since, status: 'yellow' })
  }
  tx.emit('guest.silent', { node, vm: id })
}

/** Heartbeats are missed, and in the end VMware Tools are held for not running. */
function late(tx: Transaction, vm: Slot, status: 'yellow' | 'red'): void {
  const { node, id } = vm.address
  const { guest } = vmRecord(tx, vm).props
  const { since } = troubleOf(tx, vm)!
  if (status === 'yellow') tx.after(HEARTBEAT_RED_MS, 'guest.late', { node, vm: id, since, status: 'red' })
  const gone = status === 'red' && guest !== undefined ? { guest: withoutTools(guest) } : {}
  setVmProps(tx, vm, { guestHeartbeatStatus: status, ...gone })
}

function withoutTools(guest: GuestInfo): GuestInfo {
  return {
    ...guest, toolsStatus: 'toolsNotRunning', toolsRunningStatus: 'guestToolsNotRunning',
    guestOperationsReady: false, guestStateChangeSupported: false,
  }
}

function setTrouble(tx: Transaction, vm: Slot, trouble: Troubled | undefined): void {
  const { props, inner } = vmRecord(tx, vm)
  const { trouble: _before, ...rest } = inner as TroubledInner
  tx.replace(vm, { props: props as never, inner: (trouble === undefined ? rest : { ...rest, trouble }) as never })
}

/** Heartbeats of applications, which they send through the guest's SDK (GuestInfo.appHeartbeatStatus). */
function reactToApplications(world: World): void {
  world.on('guest.application', (tx, { node, vm, state }) => {
    const slot = tx.find(node, vm)
    const props = slot === undefined ? undefined : vmRecord(tx, slot).props
    if (slot === undefined || props?.guest === undefined || !toolsRunning(props)) return
    if (state === 'needsReset') setVmProps(tx, slot, { guest: { ...props.guest, appState: 'appStateNeedReset' } })
    else {
      setVmProps(tx, slot, { guest: { ...props.guest, appHeartbeatStatus: 'appStatusGreen', appState: 'appStateOk' } })
      if (state === 'silent') {
        tx.after(APPLICATION_RED_MS, 'guest.applicationLate', { node, vm, bootTime: props.runtime.bootTime })
      }
    }
  })
  world.onJob('guest.applicationLate', (tx, { node, vm, bootTime }) => {
    const slot = tx.find(node, vm)
    const props = slot === undefined ? undefined : vmRecord(tx, slot).props
    if (slot === undefined || props?.guest?.appHeartbeatStatus !== 'appStatusGreen' || props.runtime.bootTime !== bootTime) return
    setVmProps(tx, slot, { guest: { ...props.guest, appHeartbeatStatus: 'appStatusRed' } })
  })
}
