import type { HostSystemProps } from '../../schema/generated/types.js'
import type { Reader } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { LAB } from '../hardware/chassis.js'
import { mirrorOf } from '../management/mirror.js'
import { vchaOf, type NodeAddress } from './state.js'

const SETTINGS = 'VpxSettings'
const MANAGED_IP = 'VirtualCenter.ManagedIP'

/**
 * The address at which clients find a vCenter now: that of the active node, which has one of its own
 * where the cluster was given one (`failoverIp`; availability.md 2.5), else the vCenter's.
 */
export function publicAddress(reader: Reader, vcenter: string): NodeAddress {
  const vcha = vchaOf(reader, vcenter)
  const failover = vcha?.state === 'configured' ? vcha.nodes[vcha.active].failover : undefined
  return failover ?? { ip: ownAddress(reader, vcenter) }
}

function ownAddress(reader: Reader, vcenter: string): string {
  return reader.get<{ address: string }>(LAB, vcenter)!.props.address
}

/** vCenter's setting and its hosts name the address that it has since a failover. */
export function reactToPublicAddress(world: World): void {
  world.on('vcha.raised', (tx, { vcenter }) => {
    const { ip } = publicAddress(tx, vcenter)
    const setting = tx.get<{ setting: ReadonlyArray<{ key: string, value: unknown }> }>(vcenter, SETTINGS)?.props.setting
    if (setting?.find(({ key }) => key === MANAGED_IP)?.value === ip) return
    tx.update<{ setting: Array<{ key: string, value: unknown }> }>({ node: vcenter, id: SETTINGS }, ({ props }) => {
      const option = props.setting.find(({ key }) => key === MANAGED_IP)
      if (option !== undefined) option.value = ip
    })
  })
  // vCenter tells a host its address when it connects to it.
  world.on('management.hostBack', (tx, { vcenter, host }) => tellHost(tx, vcenter, host))
}

function tellHost(tx: Transaction, vcenter: string, host: string): void {
  if (vchaOf(tx, vcenter) === undefined) return
  const { ip } = publicAddress(tx, vcenter)
  for (const slot of [tx.find(host, 'ha-host'), mirrorOf(tx, vcenter, host, 'ha-host')]) {
    if (slot === undefined || tx.read<HostSystemProps>(slot)!.props.summary.managementServerIp === ip) continue
    tx.update<HostSystemProps>(slot, ({ props }) => { props.summary.managementServerIp = ip })
  }
}
