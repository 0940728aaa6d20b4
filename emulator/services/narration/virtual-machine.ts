import { chassis } from '../../physics/hardware/chassis.js'
import '../../physics/compute/questions.js'
import type { VmFact } from '../../physics/compute/signals.js'
import { mirrored } from '../../physics/management/link.js'
import { mirrorOf } from '../../physics/management/mirror.js'
import type { EventName } from '../../schema/generated/types.js'
import type { SignalKind, SignalMap } from '../../world/signals.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { VCENTER_USER } from '../accounts.js'
import { postEvent } from '../events.js'

/** Signals about a VM that stays there, with what becomes of them. */
type VmSignal = { [K in SignalKind]: SignalMap[K] extends VmFact ? K : never }[SignalKind]

interface Row<K extends VmSignal> {
  readonly type: EventName
  readonly fields?: (payload: SignalMap[K]) => Record<string, unknown>
  /** Absent: on the host and on its vCenter. */
  readonly only?: 'vcenter'
}

/** Signal to vSphere event (operations.md 4.1 "Family to emit"). */
const rows: { readonly [K in VmSignal]?: Row<K> } = {
  'vm.starting': { type: 'VmStartingEvent' },
  'vm.resuming': { type: 'VmResumingEvent' },
  'vm.poweredOn': { type: 'VmPoweredOnEvent' },
  'vm.stopping': { type: 'VmStoppingEvent' },
  'vm.poweredOff': { type: 'VmPoweredOffEvent' },
  'vm.suspending': { type: 'VmSuspendingEvent' },
  'vm.suspended': { type: 'VmSuspendedEvent' },
  'vm.resetting': { type: 'VmResettingEvent' },
  'vm.guestShutdown': { type: 'VmGuestShutdownEvent' },
  'vm.guestReboot': { type: 'VmGuestRebootEvent' },
  'vm.guestStandby': { type: 'VmGuestStandbyEvent' },
  'vm.asked': {
    type: 'VmMessageEvent',
    fields: ({ text, messageInfo }) => ({ message: text, messageInfo }),
  },
  'vm.creating': { type: 'VmBeingCreatedEvent', fields: ({ spec }) => ({ configSpec: spec }) },
  'vm.created': { type: 'VmCreatedEvent' },
  'vm.registered': { type: 'VmRegisteredEvent' },
  'vm.renamed': {
    type: 'VmRenamedEvent',
    fields: ({ oldName, newName }) => ({ oldName, newName }),
  },
  'vm.reconfigured': {
    type: 'VmReconfiguredEvent',
    fields: ({ spec }) => ({ configSpec: spec }),
  },
  'vm.macAssigned': { type: 'VmMacAssignedEvent', fields: ({ adapter, mac }) => ({ adapter, mac }) },
  'vm.uuidAssigned': { type: 'VmUuidAssignedEvent', fields: ({ uuid }) => ({ uuid }) },
  'vm.instanceUuidAssigned': {
    type: 'VmInstanceUuidAssignedEvent',
    fields: ({ instanceUuid }) => ({ instanceUuid }),
    only: 'vcenter',
  },
}

/**
 * VM signals become vSphere events on the host that has the VM and, while the management link is
 * up, on its vCenter.
 */
export function narrateVms(world: World): void {
  for (const kind of Object.keys(rows) as VmSignal[]) {
    const row = rows[kind] as Row<VmSignal>
    world.on(kind, (tx, payload) => {
      const vm = payload as VmFact
      const fields = row.fields?.(payload as never)
      if (row.only === undefined) postOnOwnHost(tx, vm, row.type, fields)
      postOnVcenter(tx, vm, row.type, fields)
    })
  }
}

/** Posts that a VM goes; before its records are removed, for the event names them. */
export function narrateRemoval(tx: Transaction, vm: VmFact): void {
  tellOfVm(tx, 'VmRemovedEvent', vm)
}

/** Posts an event about a VM where it is seen, without saying that anything happens now. */
export function tellOfVm(tx: Transaction, type: EventName, vm: VmFact, fields?: Record<string, unknown>): void {
  postOnOwnHost(tx, vm, type, fields)
  postOnVcenter(tx, vm, type, fields)
}

function postOnOwnHost(
  tx: Transaction, fact: VmFact, type: EventName, fields: Record<string, unknown> | undefined,
): void {
  const slot = tx.find(fact.node, fact.vm)
  if (slot === undefined) return
  const own = fact.by?.node === fact.node
  postEvent(tx, fact.node, {
    type,
    vm: slot,
    userName: fact.by === undefined ? '' : own ? fact.by.userName : VCENTER_USER,
    ...(own ? { chainId: fact.by?.chainId } : {}),
    ...(fields === undefined ? {} : { fields }),
  })
}

function postOnVcenter(
  tx: Transaction, fact: VmFact, type: EventName, fields: Record<string, unknown> | undefined,
): void {
  const vcenter = chassis(tx, fact.node)?.managedBy
  if (vcenter === undefined || !mirrored(tx, vcenter, fact.node)) return
  const slot = mirrorOf(tx, vcenter, fact.node, fact.vm)
  if (slot === undefined) return
  postEvent(tx, vcenter, {
    type,
    vm: slot,
    userName: fact.by?.userName ?? '',
    ...(fact.by?.node === vcenter ? { chainId: fact.by.chainId } : {}),
    ...(fields === undefined ? {} : { fields }),
  })
}
