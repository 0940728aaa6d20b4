import type { VirtualMachinePowerState } from '../../schema/generated/types.js'

/** Methods that no VM without Fault Tolerance can be asked. */
const never = ['MakePrimaryVM_Task', 'TerminateFaultTolerantVM_Task', 'DisableSecondaryVM_Task', 'EnableSecondaryVM_Task']

/** What the state of a VM rules out: its power, and being a template. */
const byState: Readonly<Record<string, readonly string[]>> = {
  poweredOn: ['PowerOnVM_Task', 'MarkAsTemplate', 'MarkAsVirtualMachine', 'UnregisterVM', 'Destroy_Task', 'UpgradeVM_Task'],
  poweredOff: [
    'PowerOffVM_Task', 'SuspendVM_Task', 'ResetVM_Task', 'ShutdownGuest', 'RebootGuest', 'StandbyGuest',
    'MarkAsVirtualMachine', 'AnswerVM', 'TerminateVM', 'AcquireMksTicket', 'CreateScreenshot_Task', 'SendNMI',
  ],
  suspended: [
    'SuspendVM_Task', 'ResetVM_Task', 'ShutdownGuest', 'RebootGuest', 'StandbyGuest', 'MarkAsTemplate',
    'MarkAsVirtualMachine', 'UnregisterVM', 'Destroy_Task', 'AnswerVM', 'TerminateVM', 'UpgradeVM_Task',
  ],
  template: [
    'PowerOnVM_Task', 'PowerOffVM_Task', 'SuspendVM_Task', 'ResetVM_Task', 'ShutdownGuest', 'RebootGuest',
    'StandbyGuest', 'MarkAsTemplate', 'AnswerVM', 'TerminateVM', 'CreateSnapshot_Task', 'AcquireMksTicket',
    'MigrateVM_Task', 'ExportVm',
  ],
}

const lists = new Map(Object.entries(byState).map(([state, methods]) =>
  [state, Object.freeze([...methods, ...never]) as string[]]))

/**
 * `disabledMethod` of a VM: one frozen list per state, shared by all VMs. Which methods the product
 * lists is not documented; these are the ones that would end in InvalidPowerState or NotSupported.
 */
export function disabledMethods(template: boolean, powerState: VirtualMachinePowerState): string[] {
  return lists.get(template ? 'template' : powerState)!
}
