import { parseDatastorePath } from '../../../physics/storage/paths.js'
import type {
  DatastoreProps, HostSystemProps, LicenseManagerLicenseInfo, Permission, TaskInfo,
} from '../../../schema/generated/types.js'
import type { MoRef } from '../../../schema/model.js'
import { wellKnownRef } from '../../../services/well-known.js'
import { absolute } from '../../files/paths.js'
import type { Steps } from '../../run/steps.js'
import { reference } from './dump.js'
import { host, type VimCall, type VimCommands } from './model.js'

/** The rest: registering VMs, tasks, permissions, licences (operations.md 2.2). */
export const otherCommands: VimCommands = {
  'solo/registervm': { help: 'Register a VM: PATH [NAME [POOL]]', needs: 1, run: registerVm },
  'solo/querycfgopt': { help: 'What hardware VMs may have', run: queryConfigOption },
  'vimsvc/task_list': { help: 'Recent tasks', run: taskList },
  'vimsvc/task_info': { help: 'A task: KEY', needs: 1, run: taskInfo },
  'vimsvc/license': { help: 'Licences: --show', run: licences },
  'vimsvc/auth/permissions': { help: 'All permissions', run: permissions },
  'vimsvc/auth/entity_permissions': { help: 'Permissions on an object: vim.TYPE:ID', needs: 1, run: entityPermissions },
  'vimsvc/auth/roles': { help: 'Roles', run: roles },
  'vimsvc/auth/role_add': { help: 'Add a role: NAME PRIVILEGE…', needs: 1, run: addRole },
  'internalsvc/refresh_services': { help: 'Read the state of the services again', run: refreshServices },
}

/** `/vmfs/volumes/NAME/vm/vm.vmx` as `[NAME] vm/vm.vmx`; another path as it is. */
function datastorePath({ api, context }: VimCall, path: string): string {
  if (parseDatastorePath(path) !== undefined) return path
  const full = absolute(context.state.folder, path)
  const match = /^\/vmfs\/volumes\/([^/]+)\/(.+)$/.exec(full)
  if (match === null) return path
  const store = (api.props<HostSystemProps>(host)!.datastore ?? []).map(ref => api.props<DatastoreProps>(ref)!)
    .find(each => each.name === match[1] || each.summary.url.includes(`/${match[1]!}`))
  return store === undefined ? path : `[${store.name}] ${match[2]!}`
}

function * registerVm(call: VimCall): Steps<void> {
  const { api, args: [path, name] } = call
  const folder = { type: 'Folder', value: 'ha-folder-vm' }
  const compute = api.props<HostSystemProps & { parent: MoRef }>(host)!.parent
  const pool = api.props<{ resourcePool: MoRef }>(compute)!.resourcePool
  const info = yield * api.task(folder, 'RegisterVM_Task', {
    path: datastorePath(call, path!), asTemplate: false, pool, ...name === undefined ? {} : { name },
  })
  call.say((info.result as MoRef).value)
}

function * queryConfigOption(call: VimCall): Steps<void> {
  const compute = call.api.props<{ parent: MoRef }>(host)!.parent
  const browser = call.api.props<{ environmentBrowser: MoRef }>(compute)!.environmentBrowser
  call.say(call.dump.object((yield * call.api.call(browser, 'QueryConfigOption', {})) as object, 'VirtualMachineConfigOption'))
}

function recentTasks({ api }: VimCall): readonly MoRef[] {
  return api.props<{ recentTask?: readonly MoRef[] }>(wellKnownRef('taskManager', 'esxi')!)?.recentTask ?? []
}

// eslint-disable-next-line require-yield
function * taskList(call: VimCall): Steps<void> {
  const tasks = recentTasks(call)
  call.say('(ManagedObject) [', ...tasks.length === 0 ? [] : [tasks.map(ref => `   ${reference(ref)}`).join(', \n')], ']')
}

// eslint-disable-next-line require-yield
function * taskInfo(call: VimCall): Steps<number | void> {
  const key = call.args[0]!.replace(/^'?vim\.Task:/, '').replace(/'$/, '')
  const info = call.api.props<{ info: TaskInfo }>({ type: 'Task', value: key })?.info
  if (info === undefined) {
    call.context.err.write(`Unable to find task with id "${key}"\n`)
    return 1
  }
  call.say(call.dump.object(info, 'TaskInfo'))
}

// eslint-disable-next-line require-yield
function * licences(call: VimCall): Steps<void> {
  const held = call.api.props<{ licenses?: readonly LicenseManagerLicenseInfo[] }>(wellKnownRef('licenseManager', 'esxi')!)?.licenses ?? []
  for (const licence of held) call.say(`[${licence.licenseKey}]`, call.dump.object(licence, 'LicenseManagerLicenseInfo'))
}

const authorization = wellKnownRef('authorizationManager', 'esxi')!

function * permissions(call: VimCall): Steps<void> {
  call.say(call.dump.objects((yield * call.api.call(authorization, 'RetrieveAllPermissions')) as Permission[], 'Permission'))
}

function * entityPermissions(call: VimCall): Steps<void> {
  const [type, value] = call.args[0]!.replace(/^'?vim\./, '').replace(/'$/, '').split(':') as [string, string | undefined]
  const entity = value === undefined ? { type: 'VirtualMachine', value: type } : { type, value }
  const found = yield * call.api.call(authorization, 'RetrieveEntityPermissions', { entity, inherited: true })
  call.say(call.dump.objects(found as Permission[], 'Permission'))
}

// eslint-disable-next-line require-yield
function * roles(call: VimCall): Steps<void> {
  call.say(call.dump.objects(call.api.props<{ roleList?: readonly object[] }>(authorization)?.roleList ?? [], 'AuthorizationRole'))
}

function * addRole(call: VimCall): Steps<void> {
  const [name, ...privIds] = call.args
  call.say(String(yield * call.api.call(authorization, 'AddAuthorizationRole', { name, privIds })))
}

function * refreshServices(call: VimCall): Steps<void> {
  const managers = call.api.props<{ configManager: { serviceSystem: MoRef } }>(host)!.configManager
  yield * call.api.call(managers.serviceSystem, 'RefreshServices')
}

