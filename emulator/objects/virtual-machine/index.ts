import { deriveVirtualMachine } from '../../inventory/virtual-machine-derive.js'
import { partial, defineManagedObject, type Definition } from '../define.js'
import { answerVm, rebootGuest, shutdownGuest, standbyGuest, terminateVm } from './guest.js'
import { unregisterVm } from './lifecycle.js'
import { powerJobs, startPowerOff, startPowerOn, startReset, startSuspend } from './power.js'
import { reconfigureVm, startReconfigure } from './reconfigure.js'
import { markAsTemplate, markAsVirtualMachine } from './template.js'
import { refreshStorageInfo } from './storage-info.js'

export const virtualMachine: Definition = defineManagedObject('VirtualMachine', {
  methods: {
    PowerOnVM_Task: partial(startPowerOn, 'host other than the present one'),
    PowerOffVM_Task: startPowerOff,
    ResetVM_Task: startReset,
    SuspendVM_Task: startSuspend,
    ShutdownGuest: shutdownGuest,
    RebootGuest: rebootGuest,
    StandbyGuest: standbyGuest,
    TerminateVM: terminateVm,
    AnswerVM: partial(answerVm, 'virtual machines never ask a question yet'),
    ReconfigVM_Task: partial(startReconfigure,
      'see objects/virtual-machine/fields.ts for the fields, devices/kinds.ts for the devices'),
    UnregisterVM: unregisterVm,
    MarkAsTemplate: markAsTemplate,
    MarkAsVirtualMachine: markAsVirtualMachine,
    RefreshStorageInfo: refreshStorageInfo,
  },
  jobs: {
    ...powerJobs,
    'vm.reconfigure': reconfigureVm,
  },
  derive: deriveVirtualMachine,
})
