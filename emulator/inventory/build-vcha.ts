import { createVcha } from '../physics/vcha/build.js'
import { findVm } from '../physics/vcha/links.js'
import { machineId, type NodeFacts, type NodeKey } from '../physics/vcha/state.js'
import type { Build } from './build-state.js'
import type { VcenterPlan } from './plan-model.js'

/** Makes the vCenter HA cluster of a vCenter, where the lab file has one; its VMs are there already. */
export function buildVcha(build: Build, { name, source }: VcenterPlan): void {
  const { vcha } = source
  if (vcha === undefined) return
  const { ips } = vcha
  const active = source.appliance?.vm ?? name
  createVcha(build.tx, name, {
    kind: vcha.kind, witness: vcha.witness, mode: vcha.mode, wanted: vcha.db,
    nodes: {
      '1': nodeFacts(build, name, '1', active, ips.active, ips.mask),
      '2': {
        ...nodeFacts(build, name, '2', vcha.passive?.vm ?? `${active}-peer`, ips.passive, ips.mask),
        ...ips.failover === undefined ? {} : { failover: { ip: ips.failover, mask: ips.mask } },
      },
      w: nodeFacts(build, name, 'w', vcha.witnessNode?.vm ?? `${active}-witness`, ips.witness, ips.mask),
    },
  })
}

function nodeFacts(
  build: Build, vcenter: string, key: NodeKey, name: string, ip: string, mask: string,
): Omit<NodeFacts, 'joined' | 'publicUp'> {
  const slot = findVm(build.tx, machineId(vcenter, key))
  const uuid = slot === undefined ? undefined
    : build.tx.read<{ config?: { uuid: string } }>(slot)!.props.config?.uuid
  return {
    name, address: { ip, mask },
    biosUuid: uuid ?? build.identities.uuid(`vcha/${vcenter}`, '12w'.indexOf(key), '42'),
    ...slot === undefined ? {} : { vm: { host: slot.address.node, id: slot.address.id } },
  }
}
