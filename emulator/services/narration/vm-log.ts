import '../../physics/compute/guest-trouble.js'
import '../../physics/compute/questions.js'
import type { VmFact } from '../../physics/compute/signals.js'
import { vmRecord } from '../../physics/compute/vm.js'
import { operationOf } from '../../physics/logs/operation.js'
import { POWER_ON, writeVmLog, type VmLogEntry } from '../../physics/logs/vm-log.js'
import { writeLog } from '../../physics/logs/write.js'
import { homeOf, volumeOf } from '../../physics/storage/paths.js'
import type { SignalKind, SignalMap } from '../../world/signals.js'
import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'

type VmSignal = { [K in SignalKind]: SignalMap[K] extends VmFact ? K : never }[SignalKind]

/** States of a VM as hostd's lines name them, before and after. */
const transitions: { readonly [K in VmSignal]?: readonly [string, string] } = {
  'vm.starting': ['OFF', 'POWERING_ON'],
  'vm.resuming': ['SUSPENDED', 'RESUMING'],
  'vm.poweredOn': ['POWERING_ON', 'ON'],
  'vm.stopping': ['ON', 'POWERING_OFF'],
  'vm.poweredOff': ['POWERING_OFF', 'OFF'],
  'vm.suspending': ['ON', 'SUSPENDING'],
  'vm.suspended': ['SUSPENDING', 'SUSPENDED'],
  'vm.resetting': ['ON', 'RESETTING'],
  'vm.reset': ['RESETTING', 'ON'],
}

/** What vCenter asks a host's agent for when it causes these. */
const orders: { readonly [K in VmSignal]?: string } = {
  'vm.starting': 'powerOn', 'vm.resuming': 'powerOn', 'vm.stopping': 'powerOff', 'vm.suspending': 'suspend',
  'vm.resetting': 'reset', 'vm.created': 'createVm', 'vm.registered': 'registerVm', 'vm.reconfigured': 'reconfigure',
  'vm.guestShutdown': 'shutdownGuest', 'vm.guestReboot': 'rebootGuest', 'vm.guestStandby': 'standbyGuest',
}

/** What the VM's own process writes (operations.md 3.2 "vmware.log"). The texts are our own. */
const own: { readonly [K in VmSignal]?: VmLogEntry } = {
  'vm.poweredOn': { level: 'info', text: POWER_ON, starts: true },
  'vm.poweredOff': { level: 'info', text: 'PowerOff: the virtual machine process ends' },
  'vm.suspended': { level: 'info', text: 'Suspend: memory is written, the virtual machine process ends' },
  'vm.reset': { level: 'info', text: 'Reset: the virtual machine starts anew' },
  'vm.guestRunning': { level: 'info', text: 'Tools: running status rpc handler: 0 => 1.' },
  'vm.guestShutdown': { level: 'info', text: 'Tools: state change request: the guest is to shut down' },
  'vm.guestReboot': { level: 'info', text: 'Tools: state change request: the guest is to reboot' },
  'vm.guestStandby': { level: 'info', text: 'Tools: state change request: the guest is to stand by' },
  'guest.silent': { level: 'warning', text: 'Tools: [AppStatus] Last heartbeat is too long ago' },
}

/** VMs in hostd's lines, in vpxa's where vCenter is behind it, and in their own vmware.log. */
export function narrateVmLogs(world: World): void {
  const kinds = new Set([...Object.keys(transitions), ...Object.keys(orders), ...Object.keys(own)]) as Set<VmSignal>
  for (const kind of kinds) {
    world.on(kind, (tx, payload) => {
      const fact = payload as VmFact
      const slot = tx.find(fact.node, fact.vm)
      if (slot !== undefined) tell(tx, slot, kind)
    })
  }
  world.on('vm.asked', (tx, { node, vm, text }) => {
    const slot = tx.find(node, vm)
    if (slot !== undefined) writeVmLog(tx, slot, { level: 'info', text: `Msg_Question: ${text}` })
  })
  world.on('vm.answered', (tx, { node, vm, choice }) => {
    const slot = tx.find(node, vm)
    if (slot !== undefined) writeVmLog(tx, slot, { level: 'info', text: `Msg_Question: reply ${choice}` })
  })
  world.on('guest.trouble', (tx, { node, vm, what }) => {
    const slot = tx.find(node, vm)
    if (slot !== undefined && what === 'crash') {
      writeVmLog(tx, slot, { level: 'warning', thread: 'vcpu-0', text: 'CPU reset: the guest has stopped its processor after a failure of its own' })
    }
  })
}

function tell(tx: Transaction, slot: Slot, kind: VmSignal): void {
  const { node, id } = slot.address
  const order = orders[kind]
  const asked = operationOf(tx)?.node
  if (order !== undefined && asked !== undefined && asked !== node) {
    writeLog(tx, node, 'vpxa', { level: 'verbose', sub: 'vpxaInvtVm', text: `vCenter asks for ${order} of virtual machine ${id}` })
  }
  const states = transitions[kind]
  if (states !== undefined) {
    writeLog(tx, node, 'hostd', {
      level: 'info', sub: `Vmsvc.vm:${configPath(tx, slot)}`,
      text: `State Transition (VM_STATE_${states[0]} -> VM_STATE_${states[1]})`,
    })
  }
  const line = own[kind]
  if (line !== undefined) writeVmLog(tx, slot, line)
}

/** `/vmfs/volumes/<uuid>/<folder>/<vm>.vmx`, as hostd names a VM. */
function configPath(tx: Transaction, slot: Slot): string {
  const { props } = vmRecord(tx, slot)
  const home = homeOf(tx, slot.address.node, props)
  if (home === undefined) return props.config?.files.vmPathName ?? ''
  const volume = volumeOf(tx.read<{ summary: { url: string } }>(home.datastore)!.props)
  return `/vmfs/volumes/${volume}/${home.path.folder}/${home.path.file}`
}
