import type {
  AuthorizationDescription, AuthorizationPrivilege, ElementDescription,
} from '../../schema/generated/types.js'
import { deepFreeze } from '../../world/freeze.js'
import { privilegeNames } from './privilege-names.js'

/** The three privileges that every role a user makes contains (network-security.md 11.1). */
export const systemPrivileges: readonly string[] = [
  'System.Anonymous', 'System.Read', 'System.View',
]

/** Groups that a 7.0 or older vCenter does not have (network-security.md 11.3, unsure). */
const newIn8 = new Set([
  'Infraprofile', 'Observability', 'FoundationLoadBalancers', 'VmCam', 'DirectPathProfileManager',
  'Zone', 'VirtualMachineClasses', 'CertificateManagementSubscriptions',
])

/** Checked on the object and on its parent: removal from the inventory (11.3, list unsure). */
const onParent = new Set([
  'DVPortgroup.Delete', 'DVSwitch.Delete', 'Datacenter.Delete', 'Datastore.Delete', 'Folder.Delete',
  'Host.Inventory.DeleteCluster', 'Network.Delete', 'Resource.DeletePool', 'VApp.Delete',
  'VirtualMachine.Inventory.Delete',
])

/** The privileges of one product version, shared by all its nodes. */
export interface PrivilegeCatalog {
  /** Sorted ids. */
  readonly ids: readonly string[]
  readonly list: readonly AuthorizationPrivilege[]
  readonly description: AuthorizationDescription
}

const catalogs = new Map<boolean, PrivilegeCatalog>()

/** The privilege list of a product version such as `8.0.3` (network-security.md 11.3). */
export function privilegeCatalog(version: string): PrivilegeCatalog {
  const recent = Number(version.split('.')[0]) >= 8
  let catalog = catalogs.get(recent)
  if (catalog === undefined) {
    catalog = buildCatalog(recent)
    catalogs.set(recent, catalog)
  }
  return catalog
}

function buildCatalog(recent: boolean): PrivilegeCatalog {
  const groups = Object.entries(privilegeNames)
    .filter(([group]) => recent || !newIn8.has(group.split('.')[0]!))
  const list = groups.flatMap(([group, names]) => names.split(' ').map(name => {
    const privId = `${group}.${name}`
    return { privId, onParent: onParent.has(privId), name, privGroupName: group }
  })).sort((a, b) => a.privId < b.privId ? -1 : 1)
  const description = {
    privilege: list.map(item => element(item.privId, item.name)),
    privilegeGroup: groups.map(([group]) => element(group, group.split('.').at(-1)!)),
  }
  return deepFreeze({ ids: list.map(item => item.privId), list, description })
}

/** Labels are made from the names: the product's own texts are not carried over. */
function element(key: string, name: string): ElementDescription {
  const label = words(name)
  return { key, label, summary: label }
}

function words(name: string): string {
  const spaced = name.split('.').at(-1)!
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
  const [first = '', ...rest] = spaced.split(' ')
  const lower = rest.map(word => word === word.toUpperCase() ? word : word.toLowerCase())
  return [first.charAt(0).toUpperCase() + first.slice(1), ...lower].join(' ')
}
