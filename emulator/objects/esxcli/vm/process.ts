import type { MoRef } from '../../../schema/model.js'
import { vmxPathOnVolume } from './vmx-path.js'
import { virtualMachine } from '../../virtual-machine/index.js'
import { action, cliFault, namespace, need, rows } from '../define.js'
import { through } from '../host-call.js'
import { Wait, type Namespace, type Seat } from '../model.js'
import { runningVms, vmOfWorld, type RunningVm } from './running.js'

/** esxcli vm process (operations.md 2.1 and 2.4): the VMs that run. */
export const vmProcess: readonly Namespace[] = [
  namespace('vm.process', 'Processes of running virtual machines.', {
    list: rows('VirtualMachine', {
      'World ID': 'long', 'Process ID': 'long', 'VMX Cartel ID': 'long', UUID: 'string', 'Display Name': 'string', 'Config File': 'string',
    }, {
      help: 'Show the virtual machines that run.', table: false, hints: { 'header:VirtualMachine': '%Display Name%' },
      run: seat => runningVms(seat).map(vm => processRow(seat, vm)),
    }),
    kill: action({
      help: 'End a virtual machine that runs: soft as a power off, hard and force by ending its process.',
      params: {
        type: need.text('-t', 'soft, hard or force.', { among: ['soft', 'hard', 'force'] }),
        'world-id': need.number('-w', 'World of the virtual machine, as the list shows it.'),
      },
      run: (seat, { type, 'world-id': id }) => {
        const vm = vmOfWorld(seat, id)
        if (vm === undefined) throw cliFault(`Unable to find a virtual machine with the world ID ${id}.`)
        const { id: moid } = vm.slot.address
        if (type !== 'soft') {
          through(seat, virtualMachine, moid, 'VirtualMachine', 'TerminateVM', {})
          return undefined
        }
        const task = through(seat, virtualMachine, moid, 'VirtualMachine', 'PowerOffVM_Task', {}) as MoRef
        return new Wait(task.value, true)
      },
    }),
  }),
]

function processRow(seat: Seat, { record, worldId }: RunningVm) {
  const { name, config } = record.props
  return {
    'World ID': worldId, 'Process ID': 0, 'VMX Cartel ID': worldId - 1, UUID: uuidText(config?.uuid ?? ''),
    'Display Name': name, 'Config File': vmxPathOnVolume(seat, config?.files.vmPathName ?? ''),
  }
}

/** `56 4d 00 11 22 33 44 55-66 77 88 99 aa bb cc dd`: how a VM's configuration file writes its UUID. */
function uuidText(uuid: string): string {
  const bytes = uuid.replaceAll('-', '').match(/../g) ?? []
  return `${bytes.slice(0, 8).join(' ')}-${bytes.slice(8).join(' ')}`
}
