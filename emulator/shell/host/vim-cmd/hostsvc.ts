import type {
  DatastoreSummary, HostConfigInfo, HostHardwareInfo, HostListSummary, HostRuntimeInfo, HostSystemProps, OptionDef, OptionValue,
  ResourcePoolProps,
} from '../../../schema/generated/types.js'
import type { MoRef } from '../../../schema/model.js'
import { fault } from '../../../services/method-fault.js'
import type { Steps } from '../../run/steps.js'
import { Usage, host, manager, type VimCall, type VimCommand, type VimCommands } from './model.js'

type Part = HostListSummary | HostConfigInfo | HostHardwareInfo | HostRuntimeInfo | object

function shows(help: string, type: string, of: (props: HostSystemProps) => Part | undefined): VimCommand {
  return {
    help,
    // eslint-disable-next-line require-yield
    * run({ api, dump, say }) {
      const value = of(api.props<HostSystemProps>(host)!)
      say(value === undefined ? '<unset>' : Array.isArray(value) ? dump.objects(value, type) : dump.object(value, type))
    },
  }
}

/** Start, stop and policy of a service: silent, as the product's (operations.md 2.2). */
function service(help: string, id: string, how: 'start' | 'stop' | 'enable' | 'disable'): VimCommand {
  return {
    help,
    * run({ api }) {
      const self = manager(api, 'serviceSystem')
      if (how === 'enable' || how === 'disable') {
        yield * api.call(self, 'UpdateServicePolicy', { id, policy: how === 'enable' ? 'on' : 'off' })
        return
      }
      const known = api.props<HostSystemProps>(host)!.config?.service?.service?.find(each => each.key === id)
      // What is so already is no fault here.
      if (known?.running === (how === 'start')) return
      yield * api.call(self, how === 'start' ? 'StartService' : 'StopService', { id })
    },
  }
}

function ruleset(help: string, method: 'EnableRuleset' | 'DisableRuleset'): VimCommand {
  return { help, needs: 1, * run({ api, args: [id] }) { yield * api.call(manager(api, 'firewallSystem'), method, { id }) } }
}

/** `hostsvc/`: the host itself (operations.md 2.2). */
export const hostCommands: VimCommands = {
  'hostsvc/hostsummary': shows('Summary of the host', 'HostListSummary', props => props.summary),
  'hostsvc/hosthardware': shows('Hardware', 'HostHardwareInfo', props => props.hardware),
  'hostsvc/hostconfig': shows('Configuration', 'HostConfigInfo', props => props.config),
  'hostsvc/runtimeinfo': shows('State', 'HostRuntimeInfo', props => props.runtime),
  'hostsvc/net/info': shows('Network', 'HostNetworkInfo', props => props.config?.network),
  'hostsvc/net/vswitch_info': shows('Standard switches', 'HostVirtualSwitch', props => props.config?.network?.vswitch),
  'hostsvc/net/portgroup_info': shows('Port groups', 'HostPortGroup', props => props.config?.network?.portgroup),
  'hostsvc/net/pnic_info': shows('Physical cards', 'PhysicalNic', props => props.config?.network?.pnic),
  'hostsvc/net/vnic_info': shows('VMkernel adapters', 'HostVirtualNic', props => props.config?.network?.vnic),
  'hostsvc/firewall_info': shows('Firewall', 'HostFirewallInfo', props => props.config?.firewall),
  'hostsvc/service/list': shows('Services', 'HostService', props => props.config?.service?.service),
  'hostsvc/storage/fs_info': shows('Volumes', 'HostFileSystemVolumeInfo', props => props.config?.fileSystemVolume),
  'hostsvc/datastore/listsummary': { help: 'Datastores', run: storeSummaries },
  'hostsvc/advopt/view': { help: 'Value of an option: KEY', needs: 1, run: viewOption },
  'hostsvc/advopt/options': { help: 'All options', run: listOptions },
  'hostsvc/advopt/update': { help: 'Change an option: KEY TYPE VALUE', needs: 3, run: updateOption },
  'hostsvc/maintenance_mode_enter': { help: 'Enter maintenance mode', run: enterMaintenance },
  'hostsvc/maintenance_mode_exit': { help: 'Exit maintenance mode', run: exitMaintenance },
  'hostsvc/enable_ssh': service('SSH starts with the host', 'TSM-SSH', 'enable'),
  'hostsvc/disable_ssh': service('SSH does not start with the host', 'TSM-SSH', 'disable'),
  'hostsvc/start_ssh': service('Start SSH', 'TSM-SSH', 'start'),
  'hostsvc/stop_ssh': service('Stop SSH', 'TSM-SSH', 'stop'),
  'hostsvc/ssh_start': service('The same as start_ssh', 'TSM-SSH', 'start'),
  'hostsvc/ssh_stop': service('The same as stop_ssh', 'TSM-SSH', 'stop'),
  'hostsvc/enable_esx_shell': service('The ESXi Shell starts with the host', 'TSM', 'enable'),
  'hostsvc/disable_esx_shell': service('The ESXi Shell does not start with the host', 'TSM', 'disable'),
  'hostsvc/start_esx_shell': service('Start the ESXi Shell', 'TSM', 'start'),
  'hostsvc/stop_esx_shell': service('Stop the ESXi Shell', 'TSM', 'stop'),
  'hostsvc/firewall_enable_ruleset': ruleset('Open a ruleset: KEY', 'EnableRuleset'),
  'hostsvc/firewall_disable_ruleset': ruleset('Close a ruleset: KEY', 'DisableRuleset'),
  'hostsvc/rsrc/create': { help: 'Create a resource pool: PARENT NAME', needs: 2, run: createPool },
  'hostsvc/rsrc/destroy': { help: 'Remove a resource pool: POOL', needs: 1, run: destroyPool },
  'hostsvc/rsrc/rename': { help: 'Rename a resource pool: POOL NAME', needs: 2, run: renamePool },
  'hostsvc/rsrc/pool_config_get': { help: 'Settings of a resource pool: POOL', needs: 1, run: poolConfig },
}

// eslint-disable-next-line require-yield
function * storeSummaries({ api, dump, say }: VimCall): Steps<void> {
  const stores = api.props<HostSystemProps>(host)!.datastore ?? []
  say(dump.objects(stores.map(ref => api.props<{ summary: DatastoreSummary }>(ref)!.summary), 'DatastoreSummary'))
}

function optionsRef(): MoRef {
  return { type: 'OptionManager', value: 'ha-adv-options' }
}

function * viewOption({ api, dump, say, args: [key] }: VimCall): Steps<void> {
  const found = (yield * api.call(optionsRef(), 'QueryOptions', { name: key })) as OptionValue[]
  say(dump.objects(found, 'OptionValue'))
}

function * listOptions({ api, dump, say }: VimCall): Steps<void> {
  say(dump.objects((yield * api.call(optionsRef(), 'QueryOptions', {})) as OptionValue[], 'OptionValue'))
}

/** The type that the command line names is that of the value: `int`, `long`, `string`, `bool`. */
function * updateOption({ api, args: [key, type, text] }: VimCall): Steps<void> {
  const def = api.props<{ supportedOption?: readonly OptionDef[] }>(optionsRef())?.supportedOption?.find(each => each.key === key)
  if (def === undefined) throw fault('InvalidName', { name: key })
  const number = Number(text)
  if ((type === 'int' || type === 'long') && !Number.isInteger(number)) throw new Usage(`${text!} is no number`)
  const value = type === 'int' || type === 'long' ? { _typeName: type, _value: number }
    : type === 'bool' ? text === 'true' || text === '1' : text!
  yield * api.call(optionsRef(), 'UpdateOptions', { changedValue: [{ key, value }] })
}

function * enterMaintenance({ api, say }: VimCall): Steps<void> {
  const { key } = yield * api.task(host, 'EnterMaintenanceMode_Task', { timeout: 0 })
  say(`'vim.Task:${key}'`)
}

function * exitMaintenance({ api, say }: VimCall): Steps<void> {
  const { key } = yield * api.task(host, 'ExitMaintenanceMode_Task', { timeout: 0 })
  say(`'vim.Task:${key}'`)
}

/** A pool by its id, or by its name. */
function poolOf({ api }: VimCall, name: string): MoRef {
  const { world, node } = api.machine
  const slot = world.ofType(node.name, 'ResourcePool')
    .find(each => each.address.id === name || world.read<ResourcePoolProps>(each)!.props.name === name)
  if (slot === undefined) throw fault('NotFound', {}, `Unable to find a resource pool corresponding to "${name}"`)
  return { type: 'ResourcePool', value: slot.address.id }
}

function * createPool(call: VimCall): Steps<void> {
  const allocation = { reservation: 0, expandableReservation: true, limit: -1, shares: { level: 'normal', shares: 4000 } }
  const made = (yield * call.api.call(poolOf(call, call.args[0]!), 'CreateResourcePool', {
    name: call.args[1],
    spec: { cpuAllocation: allocation, memoryAllocation: { ...allocation, shares: { level: 'normal', shares: 163840 } } },
  })) as MoRef
  call.say(`'vim.ResourcePool:${made.value}'`)
}

function * destroyPool(call: VimCall): Steps<void> {
  yield * call.api.task(poolOf(call, call.args[0]!), 'Destroy_Task')
}

function * renamePool(call: VimCall): Steps<void> {
  yield * call.api.task(poolOf(call, call.args[0]!), 'Rename_Task', { newName: call.args[1] })
}

// eslint-disable-next-line require-yield
function * poolConfig(call: VimCall): Steps<void> {
  call.say(call.dump.object(call.api.props<ResourcePoolProps>(poolOf(call, call.args[0]!))!.config, 'ResourceConfigSpec'))
}
