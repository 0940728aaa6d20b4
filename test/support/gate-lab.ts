import { checkLab } from '../../emulator/inventory/check-lab.js'
import { loadLab } from '../../emulator/inventory/lab-file.js'
import type { LabFileInput } from '../../emulator/inventory/lab-schema.js'
import { Lab } from '../../emulator/lab.js'
import type { TaskInfo } from '../../emulator/schema/generated/types.js'
import type { MoRef } from '../../emulator/schema/model.js'
import type { Behaviour } from '../../emulator/services/call.js'
import { testLog } from './test-log.js'

export interface GateLabOptions {
  readonly lab?: string | LabFileInput
  readonly durations?: Behaviour['durations']
}

/** A lab without doors on the manual clock, called through the gate as the administrator. */
export class GateLab {
  readonly lab: Lab

  constructor({ lab = 'small', durations = 'instant' }: GateLabOptions = {}) {
    this.lab = new Lab({
      lab: typeof lab === 'string' ? loadLab(lab) : checkLab(lab, 'test'),
      seed: '1', clock: { mode: 'manual' }, behaviour: { durations },
    })
    this.lab.gate.onDefect = error => { throw error }
    this.lab.world.onDefect = error => { throw error }
    this.lab.gate.onCall = testLog()
    for (const node of this.lab.nodes) this.lab.openSession(node)
  }

  /** Calls a method; a MethodFault is thrown. */
  call(node: string, self: MoRef, method: string, args: object = {}, user?: string): unknown {
    const { lab } = this
    const info = lab.nodes.find(item => item.name === node)!
    const found = lab.schema.method(self.type, method)
    if (found === undefined) throw new Error(`no method ${method} of ${self.type}`)
    const outcome = lab.gate.invoke(info, {
      self, method: found, args: args as Record<string, unknown>,
      version: lab.schema.versions.newest(), cookie: lab.openSession(info, user), opId: 'op',
      client: { address: '127.0.0.1', userAgent: 'test' },
    })
    if (outcome.kind === 'fault') throw outcome.fault
    if (outcome.kind === 'later') throw new Error(`${method} waits`)
    return outcome.value
  }

  /** Calls a `_Task` method of an instant lab; gives the finished task's info. */
  task(node: string, self: MoRef, method: string, args: object = {}, user?: string): TaskInfo {
    const ref = this.call(node, self, method, args, user) as MoRef
    this.lab.world.runDue()
    return this.info(node, ref)
  }

  /** Like `task`, for one that must succeed: gives its result. */
  done(node: string, self: MoRef, method: string, args: object = {}): unknown {
    const info = this.task(node, self, method, args)
    if (info.state !== 'success') throw new Error(`${method}: ${info.state} ${JSON.stringify(info.error)}`)
    return info.result
  }

  /** Name of the fault that a task ended with; undefined: it succeeded. */
  failed(node: string, self: MoRef, method: string, args: object = {}): string | undefined {
    const { error } = this.task(node, self, method, args)
    return (error?.fault as { _typeName?: string } | undefined)?._typeName
  }

  info(node: string, task: MoRef): TaskInfo {
    return this.props<{ info: TaskInfo }>(node, task).info
  }

  props<P extends object>(node: string, ref: MoRef): P {
    const record = this.lab.world.get<P>(node, ref.value)
    if (record === undefined) throw new Error(`no ${ref.type} ${ref.value} on ${node}`)
    return record.props as P
  }

  /** Reference of the only object of a type with a name. */
  named(node: string, type: string, name: string): MoRef {
    const slot = this.lab.world.ofType(node, type)
      .find(item => this.lab.world.read<{ name?: string }>(item)?.props.name === name)
    if (slot === undefined) throw new Error(`no ${type} ${name} on ${node}`)
    return { type, value: slot.address.id }
  }

  /** True if an object is there. */
  lives(node: string, ref: MoRef): boolean {
    return this.lab.world.find(node, ref.value) !== undefined
  }

  /** Types of the events of a node, oldest first, from a position on. */
  events(node: string, since = 0): string[] {
    return [...this.lab.world.log(`events/${node}`).since(since + 1)]
      .map(item => (item.value as { _typeName: string })._typeName)
  }

  /** Position of the newest event of a node. */
  eventCount(node: string): number {
    return this.lab.world.log(`events/${node}`).last
  }
}

/** Type of the MethodFault that a call throws. */
export function faultOf(run: () => unknown): string | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    return (error as { type?: string }).type ?? String(error)
  }
}
