import type { VirtualMachineMessage, VirtualMachineQuestionInfo } from '../../schema/generated/types.js'
import type { JobKind, JobMap } from '../../world/signals.js'
import type { Reader, Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { toolsRunning } from './guest.js'
import { isStuck } from './guest-trouble.js'
import type { Actor, VmFact } from './signals.js'
import { HEARTBEAT_RED_MS, HEARTBEAT_YELLOW_MS } from './timing.js'
import { setVmProps, vmRecord, type FrozenVm, type VmInner, type VmProps } from './vm.js'

/** The disk's volume has no block left (availability.md 3.1). */
export const OUT_OF_SPACE = 'msg.hbacommon.outofspace'
/** The lock on its files is somebody else's now (availability.md 1.7). */
export const LOCK_LOST = 'msg.hbacommon.locklost'

/** What a VM asks its administrator; it stands still until the answer. */
export interface Question {
  /** Id of the message, such as `msg.hbacommon.outofspace`. */
  readonly message: string
  /** The message's text, without the id. */
  readonly text: string
  /** Values in the text, in the message's own order. */
  readonly arguments?: readonly string[]
  /** Labels of the answers; their keys are their positions, as strings. */
  readonly choices: readonly string[]
  /** Position of the answer that is offered first. */
  readonly defaultIndex: number
}

declare module '../../world/signals.js' {
  interface SignalMap {
    /** A VM stands still at a question, which is in its `runtime.question`. */
    'vm.asked': VmFact & {
      readonly message: string
      readonly text: string
      readonly messageInfo: readonly VirtualMachineMessage[]
    }
    /** It was answered and is gone; whoever asked acts on the choice. */
    'vm.answered': VmFact & { readonly message: string, readonly choice: string }
  }
  interface JobMap {
    /** The heartbeat of a guest that stands still is missed. */
    'vm.heartbeatLate': { readonly node: string, readonly vm: string, readonly status: 'yellow' | 'red' }
  }
}

/** The question that a VM has open: the id of its message and its own id; undefined: none. */
export function openQuestion(
  reader: Reader, vm: Slot,
): { readonly message: string, readonly id: string } | undefined {
  const { props, inner } = vmRecord(reader, vm)
  const { question } = props.runtime
  return question === undefined ? undefined : { message: inner.frozen?.message ?? '', id: question.id }
}

/**
 * A running VM asks a question and stands still: its guest computes and writes nothing. A VM that
 * asks the same already goes on waiting; one question at a time, the newer takes the other's place.
 * Gives the question's id (`_vmx1`, counted for each VM).
 */
export function ask(tx: Transaction, vm: Slot, question: Question): string {
  const open = openQuestion(tx, vm)
  if (open !== undefined && open.message === question.message) return open.id
  const { node, id } = vm.address
  const number = (vmRecord(tx, vm).inner.questions ?? 0) + 1
  if (open === undefined) freeze(tx, vm, question.message)
  tx.update<VmProps, VmInner>(vm, ({ inner }) => {
    inner.questions = number
    inner.frozen = { ...inner.frozen, message: question.message }
  })
  const info = questionInfo(`_vmx${number}`, question)
  setVmProps(tx, vm, { runtime: { ...vmRecord(tx, vm).props.runtime, question: info } })
  tx.emit('vm.asked', {
    node, vm: id, message: question.message, text: info.text, messageInfo: info.message ?? [],
  })
  return info.id
}

/**
 * Answers the open question with one of its keys; nothing happens when none is open. The VM goes
 * on, and `vm.answered` tells the one that asked what to do.
 */
export function answer(tx: Transaction, vm: Slot, choice: string, by?: Actor): void {
  const open = openQuestion(tx, vm)
  if (open === undefined) return
  dropQuestion(tx, vm)
  const { node, id } = vm.address
  tx.emit('vm.answered', {
    node, vm: id, message: open.message, choice, ...(by === undefined ? {} : { by }),
  })
}

/** Takes a question away without an answer: its reason is gone, or the VM ends. */
export function dropQuestion(tx: Transaction, vm: Slot): void {
  if (openQuestion(tx, vm) === undefined) return
  const { question: _question, ...runtime } = vmRecord(tx, vm).props.runtime
  setVmProps(tx, vm, { runtime })
  thaw(tx, vm)
}

/** True if a VM has asked a question of that id which is not open any more. */
export function wasAnswered(reader: Reader, vm: Slot, id: string): boolean {
  const number = /^_vmx([1-9]\d*)$/.exec(id)?.[1]
  return number !== undefined && Number(number) <= (vmRecord(reader, vm).inner.questions ?? 0)
    && openQuestion(reader, vm)?.id !== id
}

/** The heartbeats of guests that stand still. */
export function reactToQuestions(world: World): void {
  world.onJob('vm.heartbeatLate', (tx, { node, vm, status }) => {
    const slot = tx.find(node, vm)
    if (slot === undefined || openQuestion(tx, slot) === undefined) return
    if (status === 'yellow') heartbeatLate(tx, slot, 'red', HEARTBEAT_RED_MS)
    if (hasHeartbeat(vmRecord(tx, slot).props)) setVmProps(tx, slot, { guestHeartbeatStatus: status })
  })
}

function questionInfo(id: string, question: Question): VirtualMachineQuestionInfo {
  const { message, text, choices, defaultIndex } = question
  return {
    id,
    text: `${message}:${text}`,
    choice: {
      valueIsReadonly: false,
      choiceInfo: choices.map((label, key) => ({
        _typeName: 'ElementDescription', label, summary: label, key: String(key),
      })),
      defaultIndex,
    },
    message: [{
      id: message, text,
      ...(question.arguments === undefined ? {} : { argument: [...question.arguments] }),
    }],
  }
}

/** What the guest was at waits; its heartbeats stop coming. */
function freeze(tx: Transaction, vm: Slot, message: string): void {
  const { guestJob } = vmRecord(tx, vm).inner
  const job = guestJob === undefined ? undefined : tx.world.agenda.get(guestJob)
  if (guestJob !== undefined) tx.cancel(guestJob)
  const frozen: FrozenVm = {
    message,
    ...(job === undefined ? {} : { guestJob: { kind: job.kind, payload: job.payload, ms: job.due - tx.now() } }),
  }
  tx.update<VmProps, VmInner>(vm, ({ inner }) => {
    inner.frozen = frozen as never
    delete inner.guestJob
  })
  heartbeatLate(tx, vm, 'yellow', HEARTBEAT_YELLOW_MS)
}

function heartbeatLate(tx: Transaction, vm: Slot, status: 'yellow' | 'red', ms: number): void {
  const { node, id } = vm.address
  const heartbeatJob = tx.after(ms, 'vm.heartbeatLate', { node, vm: id, status })
  tx.update<VmProps, VmInner>(vm, ({ inner }) => { inner.frozen = { ...inner.frozen!, heartbeatJob } })
}

function thaw(tx: Transaction, vm: Slot): void {
  const { props, inner: { frozen } } = vmRecord(tx, vm)
  if (frozen === undefined) return
  if (frozen.heartbeatJob !== undefined) tx.cancel(frozen.heartbeatJob)
  const { guestJob } = frozen
  const job = guestJob === undefined
    ? undefined
    : tx.after(guestJob.ms, guestJob.kind as JobKind, guestJob.payload as JobMap[JobKind])
  tx.update<VmProps, VmInner>(vm, ({ inner }) => {
    delete inner.frozen
    if (job !== undefined) inner.guestJob = job
  })
  if (hasHeartbeat(props) && !isStuck(tx, vm)) setVmProps(tx, vm, { guestHeartbeatStatus: 'green' })
}

/** True while VMware Tools report for the guest: it has a heartbeat that can be missed. */
function hasHeartbeat(vm: VmProps): boolean {
  return vm.runtime.powerState === 'poweredOn' && toolsRunning(vm)
}
