import { describe, expect, it } from 'vitest'
import type {
  Events, Faults, MethodArgs, MethodResult, Props, TaskResult,
} from '../../emulator/schema/generated/types.js'

/** What follows is checked by the compiler; the expectations only keep the values in use. */
describe('generated types', () => {
  it('type the arguments and results of a method, inherited ones too', () => {
    const host = { type: 'HostSystem', value: 'host-1' }
    const args: MethodArgs<'VirtualMachine', 'PowerOnVM_Task'> = { host }
    const rename: MethodArgs<'VirtualMachine', 'Rename_Task'> = { newName: 'web-1' }
    const result: MethodResult<'VirtualMachine', 'CloneVM_Task'> = { type: 'Task', value: 'task-1' }
    const task: TaskResult<'VirtualMachine', 'CloneVM_Task'> = host
    expect([args, rename, result, task]).toHaveLength(4)
  })

  it('refuse a misspelt method and a misspelt argument', () => {
    // @ts-expect-error the method is PowerOnVM_Task
    const misspelt: MethodArgs<'VirtualMachine', 'PowerOn_Task'> = {}
    const wrong: MethodArgs<'VirtualMachine', 'PowerOnVM_Task'> = {
      // @ts-expect-error the argument is host
      hots: { type: 'HostSystem', value: 'host-1' },
    }
    expect([misspelt, wrong]).toHaveLength(2)
  })

  it('type properties, MethodFaults and events', () => {
    const name: Props<'VirtualMachine'>['name'] = 'web-1'
    const fault: Faults['InvalidPowerState'] = {
      requestedState: 'poweredOff', existingState: 'poweredOn',
    }
    const template: Events['VmPoweredOnEvent']['template'] = false
    expect([name, fault, template]).toHaveLength(3)
  })
})
