import type { MethodInfo } from '../../schema/model.js'
import { levelWritten } from '../../physics/logs/levels.js'
import type { LineLevel } from '../../physics/logs/line.js'
import { setOperation } from '../../physics/logs/operation.js'
import { writeLog } from '../../physics/logs/write.js'
import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import type { Services } from '../call.js'
import type { MethodFault } from '../method-fault.js'
import type { NodeInfo } from '../nodes.js'
import type { Session } from '../sessions.js'

/** A call as its lines need it. */
export interface LoggedCall {
  readonly services: Services
  readonly node: NodeInfo
  readonly session: Session | undefined
  readonly self: Slot
  readonly method: MethodInfo
  readonly opId: string
}

/**
 * Runs a call that may change something, between its lines (operations.md 3.2 "vpxd LRO"). A call
 * that starts a task has none of its own: the task has.
 */
export function runLogged(tx: Transaction, call: LoggedCall, run: () => unknown): unknown {
  setOperation(tx, {
    node: call.node.name, opId: call.opId, user: call.session?.principal.name ?? '', session: call.session?.key,
  })
  if (call.method.isTask) return run()
  const end = begin(tx, call, 'info')
  const value = run()
  end()
  return value
}

/** Lines of a call that was refused after it began; what it had done is undone. */
export function logRefused(world: World, call: LoggedCall, error: MethodFault, cause: Cause): void {
  const level = call.node.kind === 'vcenter' ? 'error' : 'info'
  if (!levelWritten(world, call.node.name, programOf(call), level, subOf(call))) return
  world.transact(cause, tx => {
    setOperation(tx, { node: call.node.name, opId: call.opId, user: call.session?.principal.name ?? '' })
    begin(tx, call, 'info')(error)
  })
}

/** Lines of a call that only reads: only where the node's level asks for so much. */
export function logQuery(world: World, call: LoggedCall, cause: Cause): void {
  if (!levelWritten(world, call.node.name, programOf(call), 'verbose', subOf(call))) return
  world.transact(cause, tx => {
    setOperation(tx, { node: call.node.name, opId: call.opId, user: call.session?.principal.name ?? '' })
    begin(tx, call, 'verbose')()
  })
}

type Cause = Parameters<World['transact']>[0]

/** Writes the line that a call begins; what is returned writes the one that it ended. */
function begin(tx: Transaction, call: LoggedCall, level: LineLevel): (error?: MethodFault) => void {
  const { node, services, method, self, session } = call
  const name = `${vmodlType(services, method.owner)}.${method.vmodlName}`
  if (node.kind === 'esxi') return error => hostLine(tx, call, name, error)
  const id = `lro-${tx.count(`lro/${node.name}`)}`
  const what = `${self.address.id} -- ${name}`
  const line = (text: string, at: LineLevel): void =>
    writeLog(tx, node.name, 'vpxd', { level: at, sub: 'vpxLro', text: `[VpxLRO] -- ${text}` })
  line(`BEGIN ${id} -- ${what} -- ${sessionText(session?.key)}`, level)
  return error => {
    if (error === undefined) line(`FINISH ${id}`, level)
    else line(`ERROR ${id} -- ${what}: ${faultText(services, error)}`, 'error')
  }
}

/** A host writes one line: which call it was, and what it was refused with. */
function hostLine(tx: Transaction, call: LoggedCall, name: string, error: MethodFault | undefined): void {
  const ended = error === undefined ? 'done' : `refused with ${faultText(call.services, error)}`
  writeLog(tx, call.node.name, 'hostd', {
    level: error === undefined ? 'verbose' : 'info', sub: subOf(call),
    text: `Call of ${name} on ${call.self.address.id}: ${ended}`,
  })
}

/** `52…(52…)`: a session as lines of calls and tasks name it. */
function sessionText(key: string | undefined): string {
  return key === undefined ? '' : `${key}(${key})`
}

/** `vim.fault.InvalidPowerState`, and the text of the fault. */
export function faultText(services: Services, error: { readonly type: string, readonly message: string }): string {
  const space = services.schema.isA(error.type, 'VimFault') ? 'vim' : 'vmodl'
  return `${space}.fault.${error.type}: ${error.message}`
}

/** `vim.VirtualMachine` of `VirtualMachine`. */
export function vmodlType(services: Services, type: string): string {
  return services.schema.managed(type)?.vmodlName ?? `vim.${type}`
}

function programOf(call: LoggedCall): 'vpxd' | 'hostd' {
  return call.node.kind === 'vcenter' ? 'vpxd' : 'hostd'
}

function subOf(call: LoggedCall): string {
  return call.node.kind === 'vcenter' ? 'vpxLro' : 'Vimsvc'
}
