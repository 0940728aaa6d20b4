import { deriveVirtualMachine } from '../../inventory/virtual-machine-derive.js'
import { disabledMethods } from '../../physics/compute/disabled-methods.js'
import type { VirtualMachineProps } from '../../schema/generated/types.js'
import type { Reader, Slot, StoredRecord } from '../../world/records.js'
import { partial, defineManagedObject, query, type Definition } from '../define.js'
import { cloneVm, startClone } from './clone.js'
import { acquireMksTicket, acquireTicket, dropConnections, queryConnections } from './console.js'

import { rebootGuest, shutdownGuest, standbyGuest, terminateVm } from './guest.js'
import { unregisterVm } from './lifecycle.js'
import { moveJobs, startMigrate, startRelocate } from './migrate.js'
import { powerJobs, startPowerOff, startPowerOn, startReset, startSuspend } from './power.js'
import { answerVm } from './question.js'
import { reconfigureVm, startReconfigure } from './reconfigure.js'
import { startUpgrade, upgradeVm } from './upgrade.js'
import { markAsTemplate, markAsVirtualMachine } from './template.js'
import { putUsbScanCodes, screenshotJobs, setScreenResolution, startScreenshot } from './screen.js'
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
    AnswerVM: answerVm,
    AcquireTicket: query(acquireTicket, 'guest operations, devices and integrity: their tickets open nothing'),
    AcquireMksTicket: query(acquireMksTicket),
    QueryConnections: query(queryConnections),
    DropConnections: query(dropConnections),
    PutUsbScanCodes: putUsbScanCodes,
    SetScreenResolution: setScreenResolution,
    CreateScreenshot_Task: startScreenshot,
    ReconfigVM_Task: partial(startReconfigure,
      'see objects/virtual-machine/fields.ts for the fields, devices/kinds.ts for the devices'),
    UnregisterVM: unregisterVm,
    CloneVM_Task: partial(startClone,
      'linked clones, customization, per-disk locators, instant copies of memory, deviceChange but for network cards'),
    MigrateVM_Task: startMigrate,
    RelocateVM_Task: partial(startRelocate,
      'other vCenters, deviceChange but for network cards, profiles, encryption, disk formats; moves run without a limit of their number'),
    MarkAsTemplate: markAsTemplate,
    MarkAsVirtualMachine: markAsVirtualMachine,
    RefreshStorageInfo: refreshStorageInfo,
    UpgradeVM_Task: startUpgrade,
  },
  jobs: {
    ...powerJobs,
    ...moveJobs,
    ...screenshotJobs,
    'vm.clone': cloneVm,
    'vm.reconfigure': reconfigureVm,
    'vm.upgrade': upgradeVm,
  },
  derive,
})

/** `summary`, and the methods that the VM's state rules out. */
function derive(record: StoredRecord, slot: Slot, reader: Reader): StoredRecord {
  const derived = deriveVirtualMachine(record, slot, reader)
  const props = derived.props as unknown as VirtualMachineProps
  const disabledMethod = disabledMethods(props.config?.template === true, props.runtime.powerState)
  if (props.disabledMethod === disabledMethod) return derived
  return { props: { ...derived.props, disabledMethod }, inner: derived.inner }
}
