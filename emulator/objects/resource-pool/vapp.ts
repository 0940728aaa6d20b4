import { virtualAppProps } from '../../inventory/compute.js'
import { vcenterId } from '../../physics/management/ids.js'
import { addChild, addPool } from '../../physics/management/tree.js'
import type { ResourcePoolMethods, ResourcePoolProps, VirtualAppProps } from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import type { Call } from '../../services/call.js'
import { refOf } from '../../services/refs.js'
import { above } from '../../services/events/arguments.js'
import { fault, notEmulated } from '../../services/method-fault.js'
import { toDateTime } from '../../world/clock.js'
import { uuid } from '../../world/ids.js'
import { requireFreeName, storedName } from '../entity-names.js'
import { slotOf } from '../truth.js'
import { capacityOfCompute } from './capacity.js'
import { listChildren } from './children.js'
import { allocation } from './config.js'

const taken = new Set(['_typeName', 'annotation', 'instanceUuid'])

/** CreateVApp: an empty vApp in this pool, shown in a folder of VMs. Returns it. */
export function createVApp(
  call: Call, { name, resSpec, configSpec, vmFolder }: ResourcePoolMethods['CreateVApp']['args'],
): MoRef {
  const { tx, node, self } = call
  if (node.kind !== 'vcenter') throw fault('NotSupported')
  for (const [field, value] of Object.entries(configSpec)) {
    if (!taken.has(field) && value !== undefined && !(Array.isArray(value) && value.length === 0)) {
      throw notEmulated(`configSpec.${field}`)
    }
  }
  const stored = storedName(name)
  requireFreeName(tx, self, stored)
  const folder = vmFolder === undefined ? defaultFolder(call) : refOf(slotOf(call, vmFolder))
  const id = vcenterId(tx, node.name, 'resgroup-v')
  const ref = { type: 'VirtualApp', value: id }
  const { owner } = tx.read<ResourcePoolProps>(self)!.props
  const props = virtualAppProps(
    stored, { self: ref, parent: refOf(self), owner, pools: [], vm: [] },
    {
      folder, datastore: [], network: [], started: false,
      uuid: configSpec.instanceUuid ?? uuid(tx.world.random, 'vapp/uuid'),
    },
    {
      cpu: allocation(undefined, resSpec.cpuAllocation, 'cpuAllocation', 'resSpec'),
      memory: allocation(undefined, resSpec.memoryAllocation, 'memoryAllocation', 'resSpec'),
    },
    capacityOfCompute(tx, node.name, owner), toDateTime(tx.now()))
  const annotation = configSpec.annotation ?? ''
  const slot = tx.create<VirtualAppProps, object>({ node: node.name, type: 'VirtualApp', id }, {
    props: { ...props, vAppConfig: { ...props.vAppConfig!, annotation } }, inner: {},
  })
  addChild(tx, slotOf(call, folder), slot)
  addPool(tx, self, slot)
  listChildren(tx, self)
  return ref
}

function defaultFolder(call: Call): MoRef {
  const { owner } = call.tx.read<ResourcePoolProps>(call.self)!.props
  const datacenter = above(call.tx, call.tx.find(call.node.name, owner.value), 'Datacenter')
  const folder = datacenter === undefined
    ? undefined
    : call.tx.read<{ vmFolder?: MoRef }>(datacenter)!.props.vmFolder
  if (folder === undefined) throw fault('InvalidState')
  return folder
}
