import { vcenterId } from '../physics/management/ids.js'
import { addChild } from '../physics/management/tree.js'
import type { MirrorInner } from '../physics/management/truth.js'
import { volumeOf } from '../physics/storage/paths.js'
import type {
  DatacenterProps, DatastoreProps, FolderProps, HostSystemProps, NetworkProps,
} from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'
import { refOf } from '../services/refs.js'
import type { Slot } from '../world/records.js'
import type { Transaction } from '../world/transaction.js'
import { datastoreBrowserProps } from './datastore.js'
import { hostManagers, hostReflectors, vcenterConfigManager } from './host-managers.js'
import { mirroredHostProps } from './host-system.js'
import { networkProps } from './network.js'

/** What a vCenter makes of a host that it adds: where, and under which name. */
export interface Attachment {
  readonly vcenter: string
  /** The host's node. */
  readonly host: string
  readonly datacenter: Slot
  readonly compute: Slot
  /** Name of the HostSystem: as the client called it. */
  readonly name: string
}

/**
 * Makes vCenter's records of a host that it adds: the HostSystem with its managers, and the
 * datastores and networks that the datacenter does not have yet. VMs follow when vCenter hears the
 * host (the mirror). Lists of the compute resource are for the caller.
 */
export function attachHost(tx: Transaction, what: Attachment): Slot {
  const { vcenter, host, compute, name } = what
  const id = vcenterId(tx, vcenter, 'host')
  const number = id.slice('host-'.length)
  const own = tx.get<HostSystemProps>(host, 'ha-host')!.props
  const self: MoRef = { type: 'HostSystem', value: id }
  const browser: MoRef = { type: 'HostDatastoreBrowser', value: `datastoreBrowser-${id}` }
  const datastore = own.datastore?.map(ref => datastoreFor(tx, what, self, ref)) ?? []
  const network = (own.network ?? []).flatMap(ref => networkFor(tx, what, self, ref) ?? [])
  const props = mirroredHostProps(own, {
    self, parent: refOf(compute), configManager: vcenterConfigManager(number), browser, vm: [], datastore, network,
  }, { ...own.config!, host: self })
  const slot = tx.create({ node: vcenter, type: self.type, id }, {
    props: {
      ...props, name, summary: { ...props.summary, config: { ...props.summary.config, name } },
      recentTask: [], permission: [], triggeredAlarmState: [], declaredAlarmState: [],
    },
    inner: { mirrors: [`${host}/ha-host`], hostNode: host, hostMoid: 'ha-host' },
  })
  tx.create({ node: vcenter, type: browser.type, id: browser.value }, {
    props: datastoreBrowserProps(datastore), inner: { mirrors: [`${host}/ha-hostdatastorebrowser`] },
  })
  for (const [field, type, hostId, prefix] of hostManagers) {
    const record = prefix === '' ? undefined : tx.get(host, hostId)
    if (record === undefined) continue
    const shared = field === 'datastoreSystem' ? { ...record.props, datastore } : record.props
    tx.create({ node: vcenter, type, id: `${prefix}-${number}` }, { props: shared, inner: { mirrors: [`${host}/${hostId}`] } })
  }
  for (const [type, hostId, prefix] of hostReflectors) {
    tx.create({ node: vcenter, type, id: `${prefix}-${number}` }, { props: {}, inner: { mirrors: [`${host}/${hostId}`] } })
  }
  return slot
}

/** vCenter's datastore of a host's: the one of the same volume in the datacenter, or a new one. */
function datastoreFor(tx: Transaction, what: Attachment, host: MoRef, ref: MoRef): MoRef {
  const { vcenter, datacenter } = what
  const own = tx.get<DatastoreProps>(what.host, ref.value)!.props
  const volume = volumeOf(own)
  const { props } = tx.read<DatacenterProps>(datacenter)!
  const siblings = (props.datastore ?? []).map(item => tx.find(vcenter, item.value)!)
  const known = siblings.find(slot => volumeOf(tx.read<DatastoreProps>(slot)!.props) === volume)
  const mount = { key: host, mountInfo: own.host![0]!.mountInfo }
  if (known !== undefined) {
    addMirror(tx, known, what.host, ref.value)
    tx.update<DatastoreProps>(known, draft => {
      const mounts = [...draft.props.host ?? [], mount]
      draft.props.host = mounts as never
      draft.props.summary.multipleHostAccess = mounts.length > 1
    })
    return refOf(known)
  }
  const self: MoRef = { type: 'Datastore', value: vcenterId(tx, vcenter, 'datastore') }
  const browser: MoRef = { type: 'HostDatastoreBrowser', value: `datastoreBrowser-${self.value}` }
  const name = freeName(tx, siblings, own.name)
  const slot = tx.create({ node: vcenter, type: 'Datastore', id: self.value }, {
    props: {
      ...own, name, parent: props.datastoreFolder, host: [mount], vm: [], browser,
      summary: { ...own.summary, name, datastore: self, multipleHostAccess: false }, info: { ...own.info, name },
    },
    inner: { mirrors: [`${what.host}/${ref.value}`] },
  })
  tx.create({ node: vcenter, type: browser.type, id: browser.value }, { props: datastoreBrowserProps([self]), inner: {} })
  addChild(tx, tx.find(vcenter, props.datastoreFolder.value)!, slot)
  tx.update<DatacenterProps>(datacenter, draft => { draft.props.datastore = [...draft.props.datastore ?? [], self] })
  return self
}

/** vCenter's network of a host's: by name; a port group of somebody's distributed switch is left out. */
function networkFor(tx: Transaction, what: Attachment, host: MoRef, ref: MoRef): MoRef | undefined {
  if (ref.type !== 'Network') return undefined
  const { vcenter, datacenter } = what
  const { name } = tx.get<NetworkProps>(what.host, ref.value)!.props
  const { props } = tx.read<DatacenterProps>(datacenter)!
  const known = (props.network ?? []).find(item =>
    item.type === 'Network' && tx.get<NetworkProps>(vcenter, item.value)?.props.name === name)
  const slot = known === undefined ? undefined : tx.find(vcenter, known.value)
  if (slot !== undefined) {
    addMirror(tx, slot, what.host, ref.value)
    tx.update<NetworkProps>(slot, draft => { draft.props.host = [...draft.props.host ?? [], host] })
    return refOf(slot)
  }
  const self: MoRef = { type: 'Network', value: vcenterId(tx, vcenter, 'network') }
  const made = tx.create({ node: vcenter, type: 'Network', id: self.value }, {
    props: networkProps(name, { self, parent: props.networkFolder, host: [host], vm: [] }),
    inner: { mirrors: [`${what.host}/${ref.value}`] },
  })
  addChild(tx, tx.find(vcenter, props.networkFolder.value)!, made)
  tx.update<DatacenterProps>(datacenter, draft => { draft.props.network = [...draft.props.network ?? [], self] })
  return self
}

function addMirror(tx: Transaction, slot: Slot, host: string, id: string): void {
  tx.update<object, MirrorInner>(slot, draft => {
    draft.inner.mirrors = [...draft.inner.mirrors ?? [], `${host}/${id}`]
  })
}

/** A datastore of another volume with the name keeps it: this one is called `name (1)`, as the product does. */
function freeName(tx: Transaction, siblings: readonly Slot[], name: string): string {
  const taken = new Set(siblings.map(slot => tx.read<DatastoreProps>(slot)!.props.name))
  let free = name
  for (let n = 1; taken.has(free); n += 1) free = `${name} (${n})`
  return free
}

/** True for a folder that may hold stand-alone hosts. */
export function isHostFolder(tx: Transaction, folder: Slot): boolean {
  return (tx.read<FolderProps>(folder)!.props.childType ?? []).includes('ComputeResource')
}
