import {
  fieldOf, items, numberAt, refAt, textAt, valueAt, type Inventory, type ReadObject,
} from './inventory.js'
import { bounded } from './hosts.js'
import { defined, folderPath, nameOf, nearest } from './paths.js'
import type { Ref, Value } from '../../sdk/soap-xml.js'

type Entry = Record<string, unknown>

/** The distributed `switches` of a datacenter, with their port groups. */
export function switchEntries(inventory: Inventory, datacenter: ReadObject, names: ReadonlyMap<string, string>): Entry[] {
  return switchesIn(inventory, datacenter).map(dvs => {
    const members = items<Value>(valueAt(dvs, 'config.host'))
    const refs = [
      ...members.map(member => fieldOf(member, ['config', 'host']) as Ref | undefined),
      ...items<Ref>(valueAt(dvs, 'summary.hostMember')),
    ]
    const hosts = [...new Set(refs.flatMap(ref => names.get(ref?.value ?? '') ?? []))]
    const uplinks = items(valueAt(dvs, 'config.uplinkPortPolicy.uplinkPortName')).length
    return defined({
      name: nameOf(dvs),
      folder: folderPath(inventory, dvs),
      hosts,
      uplinks: uplinks === 0 ? undefined : bounded(uplinks, 1, 32),
      nics: nicsOf(members[0]),
      mtu: bounded(numberAt(dvs, 'config.maxMtu') || 1500, 1280, 9190),
      portgroups: groupsOf(inventory, dvs).map(group => defined({
        name: nameOf(group), vlan: vlanOf(group), ports: bounded(numberAt(group, 'config.numPorts') ?? 8, 1, 60000),
        nsx: textAt(group, 'config.backingType') === 'nsx' ? true : undefined,
      })),
    })
  })
}

function switchesIn(inventory: Inventory, datacenter: ReadObject): ReadObject[] {
  return inventory.of('DistributedVirtualSwitch', 'VmwareDistributedVirtualSwitch')
    .filter(each => nearest(inventory, each, 'Datacenter') === datacenter)
}

/** Port groups of a switch without that of its uplinks, which comes with it. The peer's simulator marks none. */
export function groupsOf(inventory: Inventory, dvs: ReadObject): ReadObject[] {
  return inventory.of('DistributedVirtualPortgroup').filter(group =>
    refAt(group, 'config.distributedVirtualSwitch')?.value === dvs.self.value && !isUplinks(group))
}

function isUplinks(group: ReadObject): boolean {
  return textAt(group, 'config.uplink') === 'true' || /-DVUplinks-\d+$/.test(nameOf(group))
    || items<Value>(valueAt(group, 'tag')).some(tag => fieldOf(tag, ['key']) === 'SYSTEM/DVS.UPLINKPG')
}

function nicsOf(member: Value | undefined): string[] | undefined {
  const specs = items<Value>(fieldOf(member, ['config', 'backing', 'pnicSpec']))
    .flatMap(spec => fieldOf(spec, ['pnicDevice']) as string | undefined ?? [])
  return specs.length === 0 ? undefined : specs
}

/** The one VLAN of a port group; 0 for none, a trunk or a private one. */
function vlanOf(group: ReadObject): number | undefined {
  const vlan = valueAt(group, 'config.defaultPortConfig.vlan.vlanId')
  return typeof vlan === 'string' && Number(vlan) > 0 && Number(vlan) <= 4094 ? Number(vlan) : undefined
}

/** The opaque networks of a datacenter. */
export function opaqueEntries(inventory: Inventory, datacenter: ReadObject): Entry[] {
  return inventory.of('OpaqueNetwork').filter(each => nearest(inventory, each, 'Datacenter') === datacenter)
    .map(each => defined({ name: nameOf(each), folder: folderPath(inventory, each) }))
}
