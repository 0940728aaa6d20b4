import type { AuthorizationRole } from '../../schema/generated/types.js'
import { deepFreeze } from '../../world/freeze.js'
import type { NodeKind } from '../nodes.js'
import { privilegeCatalog, systemPrivileges } from './privileges.js'

/** Ids of the system roles (network-security.md 11.2). */
export const systemRole = {
  admin: -1, readOnly: -2, view: -3, anonymous: -4, noAccess: -5, noCryptoAdmin: -6,
  trustedAdmin: -7, noTrustedAdmin: -8,
} as const

/** Roles that exist for the system's own use: no permission may name them (11.2). */
export const ungrantable: ReadonlySet<number> = new Set([systemRole.view, systemRole.anonymous])

interface RoleSource {
  readonly id: number
  readonly name: string
  readonly label: string
  readonly summary: string
  /** Chooses from the catalog: ids, and prefixes that end in a dot. */
  readonly privileges: readonly string[]
  /** Left out of the choice, in the same form. */
  readonly except?: readonly string[]
}

const trusted = ['TrustedAdmin.', 'Host.Tpm.']

const systemRoles: readonly RoleSource[] = [
  {
    id: -1, name: 'Admin', label: 'Administrator', summary: 'All privileges', privileges: ['*'],
  },
  {
    id: -2, name: 'ReadOnly', label: 'Read-only', summary: 'Sees objects, changes nothing',
    privileges: systemPrivileges,
  },
  {
    id: -3, name: 'View', label: 'View', summary: 'Sees that objects exist; cannot be granted',
    privileges: ['System.Anonymous', 'System.View'],
  },
  {
    id: -4, name: 'Anonymous', label: 'Anonymous', summary: 'Before login; cannot be granted',
    privileges: ['System.Anonymous'],
  },
  {
    id: -5, name: 'NoAccess', label: 'No access', summary: 'Takes access away', privileges: [],
  },
  {
    id: -6, name: 'NoCryptoAdmin', label: 'No cryptography administrator',
    summary: 'All privileges but those of cryptography and trusted infrastructure',
    privileges: ['*'],
    except: [
      'Cryptographer.', ...trusted, 'Global.Diagnostics', 'Host.Inventory.AddHostToCluster',
      'Host.Inventory.AddStandaloneHost', 'Host.Local.ManageUserGroups',
      'VirtualMachine.Interact.GuestControl',
    ],
  },
  {
    id: -7, name: 'TrustedAdmin', label: 'Trusted Infrastructure administrator',
    summary: 'Sets up trusted infrastructure', privileges: [...systemPrivileges, ...trusted],
  },
  {
    id: -8, name: 'NoTrustedAdmin', label: 'No Trusted Infrastructure administrator',
    summary: 'All privileges but those of trusted infrastructure', privileges: ['*'],
    except: trusted,
  },
]

const interact = [
  'AnswerQuestion', 'ConsoleInteract', 'DeviceConnection', 'PowerOff', 'PowerOn', 'Reset',
  'SetCDMedia', 'SetFloppyMedia', 'Suspend', 'ToolsInstall',
].map(name => `VirtualMachine.Interact.${name}`)

const config = [
  'AddExistingDisk', 'AddNewDisk', 'AddRemoveDevice', 'AdvancedConfig', 'CPUCount', 'DiskLease',
  'EditDevice', 'HostUSBDevice', 'Memory', 'QueryUnownedFiles', 'RemoveDisk', 'Rename',
  'ResetGuestInfo', 'Resource', 'Settings', 'UpgradeVirtualHardware',
].map(name => `VirtualMachine.Config.${name}`)

const user = ['Global.CancelTask', 'ScheduledTask.', ...interact]

/** Names and ids to 7 as stated; ids from 8 and the sets are unsure (network-security.md 11.2). */
const sampleRoles: readonly RoleSource[] = [
  sample(4, 'VirtualMachinePowerUser', 'Virtual machine power user (sample)',
    [...user, 'Datastore.Browse', ...config, 'VirtualMachine.State.']),
  sample(5, 'VirtualMachineUser', 'Virtual machine user (sample)', user),
  sample(6, 'ResourcePoolAdministrator', 'Resource pool administrator (sample)', [
    ...user, 'Alarm.Create', 'Alarm.Delete', 'Alarm.Edit', 'Authorization.ModifyPermissions',
    'Datastore.Browse', 'Folder.Create', 'Folder.Delete', 'Folder.Move', 'Folder.Rename',
    'Global.LogEvent', 'Global.SetCustomField', 'Resource.', 'VirtualMachine.Config.',
    'VirtualMachine.Inventory.', 'VirtualMachine.Provisioning.', 'VirtualMachine.State.',
  ]),
  sample(7, 'VMwareConsolidatedBackupUser', 'VMware Consolidated Backup user (sample)', [
    'VirtualMachine.Config.DiskLease', 'VirtualMachine.Provisioning.DiskRandomRead',
    'VirtualMachine.Provisioning.GetVmFiles', 'VirtualMachine.State.CreateSnapshot',
    'VirtualMachine.State.RemoveSnapshot',
  ]),
  sample(8, 'DatastoreConsumer', 'Datastore consumer (sample)', ['Datastore.AllocateSpace']),
  sample(9, 'NetworkConsumer', 'Network administrator (sample)', ['Network.Assign']),
  sample(10, 'VirtualMachineConsoleUser', 'Virtual machine console user', [
    'VirtualMachine.Interact.ConsoleInteract',
  ]),
  sample(11, 'InventoryService.Tagging.TaggingAdmin', 'Tagging Admin',
    ['InventoryService.Tagging.']),
  sample(12, 'com.vmware.Content.Admin', 'Content library administrator (sample)',
    ['ContentLibrary.', 'Datastore.Browse']),
]

function sample(
  id: number,
  name: string,
  label: string,
  privileges: readonly string[],
): RoleSource {
  return { id, name, label, summary: label, privileges: [...systemPrivileges, ...privileges] }
}

const lists = new Map<string, readonly AuthorizationRole[]>()

/** The roles a node is born with, shared by all nodes of its kind and version (11.2). */
export function defaultRoles(kind: NodeKind, version: string): readonly AuthorizationRole[] {
  const catalog = privilegeCatalog(version)
  const key = `${kind}/${catalog.ids.length}`
  let list = lists.get(key)
  if (list === undefined) {
    const system = systemRoles.map(source => role(source, true, catalog.ids))
    const samples = sampleRoles.map(source => role(source, false, catalog.ids))
    list = deepFreeze(kind === 'vcenter' ? [...system, ...samples] : system)
    lists.set(key, list)
  }
  return list
}

function role(source: RoleSource, system: boolean, ids: readonly string[]): AuthorizationRole {
  const granted = matcher(source.privileges)
  const excepted = matcher(source.except ?? [])
  return {
    roleId: source.id,
    system,
    name: source.name,
    info: { label: source.label, summary: source.summary },
    privilege: ids.filter(id => granted(id) && !excepted(id)),
  }
}

/** Patterns are `*`, a privilege id, or a group with its dot. */
function matcher(patterns: readonly string[]): (id: string) => boolean {
  if (patterns.includes('*')) return () => true
  const exact = new Set(patterns.filter(pattern => !pattern.endsWith('.')))
  const groups = patterns.filter(pattern => pattern.endsWith('.'))
  return id => exact.has(id) || groups.some(group => id.startsWith(group))
}
