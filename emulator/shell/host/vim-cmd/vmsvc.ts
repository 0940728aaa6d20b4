import type {
  DatastoreSummary, VirtualMachineProps, VirtualMachineSnapshotTree, VirtualMachineTicket,
} from '../../../schema/generated/types.js'
import type { MoRef } from '../../../schema/model.js'
import type { Steps } from '../../run/steps.js'
import { columnsOf } from '../../programs/table.js'
import { reference } from './dump.js'
import type { VimCall, VimCommand, VimCommands } from './model.js'
import { isTemplate, vmOf, vmsOf } from './vms.js'

const power = { poweredOn: 'Powered on', poweredOff: 'Powered off', suspended: 'Suspended' } as const

/** A command about one VM: its number comes first. */
function ofVm(help: string, run: (call: VimCall, vm: MoRef, props: VirtualMachineProps) => Steps<number | void>): VimCommand {
  return {
    help, needs: 1,
    * run(call) {
      const { ref, props } = vmOf(call.api, call.args[0]!)
      return yield * run(call, ref, props)
    },
  }
}

/** A command that has a task done. */
function task(help: string, text: string, method: string, args: (call: VimCall, ref: MoRef) => object = () => ({})): VimCommand {
  return ofVm(help, function * (call, ref) {
    if (text !== '') call.say(text)
    yield * call.api.task(ref, method, args(call, ref))
  })
}

/** A command that prints one property. */
function shows(help: string, title: string, type: string, of: (props: VirtualMachineProps) => object | undefined): VimCommand {
  // eslint-disable-next-line require-yield
  return ofVm(help, function * (call, _ref, props) {
    const value = of(props)
    call.say(title, '', value === undefined ? '<unset>' : call.dump.object(value, type))
  })
}

/** `vmsvc/`: the VMs of the host (operations.md 2.2). */
export const vmCommands: VimCommands = {
  'vmsvc/getallvms': { help: 'Retrieve list of all VMs', run: getAll },
  // eslint-disable-next-line require-yield
  'vmsvc/power.getstate': ofVm('Power state', function * (call, _ref, props) {
    call.say('Retrieved runtime info', power[props.runtime.powerState])
  }),
  'vmsvc/power.on': task('Power on', 'Powering on VM:', 'PowerOnVM_Task'),
  'vmsvc/power.off': task('Power off', 'Powering off VM:', 'PowerOffVM_Task'),
  'vmsvc/power.reset': task('Reset', 'Reset VM:', 'ResetVM_Task'),
  'vmsvc/power.suspend': task('Suspend', 'Suspending VM:', 'SuspendVM_Task'),
  'vmsvc/power.shutdown': ofVm('Shut the guest down', function * (call, ref) { yield * call.api.call(ref, 'ShutdownGuest') }),
  'vmsvc/power.reboot': ofVm('Reboot the guest', function * (call, ref) { yield * call.api.call(ref, 'RebootGuest') }),
  'vmsvc/power.hibernate': ofVm('Let the guest stand by', function * (call, ref) { yield * call.api.call(ref, 'StandbyGuest') }),
  'vmsvc/get.summary': shows('Summary', 'Listsummary:', 'VirtualMachineSummary', props => props.summary),
  'vmsvc/get.config': shows('Configuration', 'Configuration:', 'VirtualMachineConfigInfo', props => props.config),
  'vmsvc/get.runtime': shows('Runtime information', 'Runtime information', 'VirtualMachineRuntimeInfo', props => props.runtime),
  'vmsvc/get.guest': shows('Guest information', 'Guest information:', 'GuestInfo', props => props.guest),
  'vmsvc/get.filelayout': shows('File layout', 'File layout:', 'VirtualMachineFileLayoutEx', props => props.layoutEx),
  'vmsvc/get.snapshotinfo': shows('Snapshots', 'Snapshot info:', 'VirtualMachineSnapshotInfo', props => props.snapshot),
  'vmsvc/device.getdevices': shows('Virtual hardware', 'Devices:', 'VirtualHardware', props => props.config?.hardware),
  'vmsvc/get.datastores': ofVm('Datastores', datastores),
  'vmsvc/get.networks': ofVm('Networks', networks),
  'vmsvc/get.tasklist': ofVm('Tasks', taskList),
  'vmsvc/snapshot.get': ofVm('Tree of snapshots', snapshots),
  'vmsvc/snapshot.create': {
    ...task('Create a snapshot: VM NAME [DESCRIPTION [MEMORY [QUIESCE]]]', 'Create Snapshot:', 'CreateSnapshot_Task', ({ args }) => ({
      name: args[1] ?? '', description: args[2] ?? '', memory: isTrue(args[3]), quiesce: isTrue(args[4]),
    })),
    needs: 2,
  },
  'vmsvc/snapshot.removeall': task('Remove all snapshots', 'Remove All Snapshots:', 'RemoveAllSnapshots_Task'),
  'vmsvc/snapshot.revert': task('Go back to the current snapshot', 'Revert Snapshot:', 'RevertToCurrentSnapshot_Task'),
  'vmsvc/destroy': task('Unregister a VM and delete its files', '', 'Destroy_Task'),
  'vmsvc/unregister': ofVm('Take a VM off the inventory', function * (call, ref) { yield * call.api.call(ref, 'UnregisterVM') }),
  'vmsvc/reload': ofVm('Read the configuration again', function * (call, ref) { yield * call.api.call(ref, 'Reload') }),
  'vmsvc/tools.install': ofVm('Mount the installer of the tools', function * (call, ref) {
    yield * call.api.call(ref, 'MountToolsInstaller')
  }),
  'vmsvc/message': ofVm('Question of a VM, and its answer: VM [QUESTION CHOICE]', message),
  'vmsvc/acquireticket': { ...ofVm('A ticket for a console: VM KIND', acquireTicket), needs: 2 },
}

function isTrue(text: string | undefined): boolean {
  return text !== undefined && /^(1|true|yes|on)$/i.test(text)
}

// eslint-disable-next-line require-yield
function * getAll(call: VimCall): Steps<void> {
  const rows = [['Vmid', 'Name', 'File', 'Guest OS', 'Version', 'Annotation']]
  for (const { ref, props } of vmsOf(call.api)) {
    const { config } = props
    if (config === undefined || isTemplate(props)) continue
    rows.push([ref.value, props.name, config.files.vmPathName ?? '', config.guestId, config.version, config.annotation ?? ''])
  }
  call.say(...columnsOf(rows, { gap: 3 }))
}

// eslint-disable-next-line require-yield
function * datastores(call: VimCall, _ref: MoRef, props: VirtualMachineProps): Steps<void> {
  for (const store of props.datastore ?? []) {
    const summary = call.api.props<{ summary: DatastoreSummary }>(store)?.summary
    if (summary === undefined) continue
    call.say(
      `name                 ${summary.name}`, `url                  ${summary.url.replace(/^ds:\/\//, '').replace(/\/$/, '')}`,
      `capacity             ${summary.capacity}`, `freeSpace            ${summary.freeSpace}`,
      `accessible           ${summary.accessible ? '1' : '0'}`, `type                 ${summary.type}`, '',
    )
  }
}

// eslint-disable-next-line require-yield
function * networks(call: VimCall, _ref: MoRef, props: VirtualMachineProps): Steps<void> {
  call.say('Networks:', '')
  for (const network of props.network ?? []) {
    const found = call.api.props<{ summary: object }>(network)
    if (found !== undefined) call.say(call.dump.object(found.summary, 'NetworkSummary'))
  }
}

// eslint-disable-next-line require-yield
function * taskList(call: VimCall, ref: MoRef): Steps<void> {
  const tasks = call.api.props<{ recentTask?: readonly MoRef[] }>(ref)?.recentTask ?? []
  call.say('(ManagedObject) [', tasks.map(each => `   ${reference(each)}`).join(', \n'), ']')
}

// eslint-disable-next-line require-yield
function * snapshots(call: VimCall, _ref: MoRef, props: VirtualMachineProps): Steps<void> {
  call.say('Get Snapshot:')
  const show = (tree: VirtualMachineSnapshotTree, depth: number): void => {
    const pad = '--'.repeat(depth)
    call.say(
      `|${pad}${depth === 0 ? '-ROOT' : '-CHILD'}`,
      `${pad}--Snapshot Name        : ${tree.name}`, `${pad}--Snapshot Id        : ${tree.id}`,
      `${pad}--Snapshot Desciption  : ${tree.description}`, `${pad}--Snapshot Created On  : ${tree.createTime}`,
      `${pad}--Snapshot State       : ${tree.state}`,
    )
    for (const child of tree.childSnapshotList ?? []) show(child, depth + 1)
  }
  for (const tree of props.snapshot?.rootSnapshotList ?? []) show(tree as VirtualMachineSnapshotTree, 0)
}

function * message(call: VimCall, ref: MoRef, props: VirtualMachineProps): Steps<void> {
  const { question } = props.runtime
  const [, asked, choice] = call.args
  if (asked !== undefined && choice !== undefined) {
    yield * call.api.call(ref, 'AnswerVM', { questionId: asked, answerChoice: choice })
    return
  }
  if (question === undefined) call.say('No message.')
  else {
    const { choiceInfo, defaultIndex } = question.choice
    call.say(`Virtual machine message ${question.id}:`, question.text, ...choiceInfo.map((each, index) =>
      `   ${each.key}. ${'label' in each ? String(each.label) : ''}${index === defaultIndex ? ' [default]' : ''}`))
  }
}

function * acquireTicket(call: VimCall, ref: MoRef): Steps<void> {
  const ticket = (yield * call.api.call(ref, 'AcquireTicket', { ticketType: call.args[1] })) as VirtualMachineTicket
  call.say(call.dump.object(ticket, 'VirtualMachineTicket'))
}

