import type { HostConfigInfo, HostSystemProps } from '../../schema/generated/types.js'
import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'

/** A manager of a host, its property, and the part of the host's configuration that it repeats. */
type Row = readonly [
  manager: 'firewallSystem' | 'serviceSystem' | 'advancedOption' | 'networkSystem', property: string,
  part: (config: HostConfigInfo) => unknown,
]

const repeats: readonly Row[] = [
  ['firewallSystem', 'firewallInfo', config => config.firewall],
  ['serviceSystem', 'serviceInfo', config => config.service],
  ['advancedOption', 'setting', config => config.option],
  ['networkSystem', 'networkInfo', config => config.network],
  ['networkSystem', 'dnsConfig', config => config.network?.dnsConfig],
]

/**
 * Managers that repeat a part of their host's configuration follow it, on the host and on its
 * vCenter: whoever changes the host's own `config` needs to know of no other record.
 */
export function followManagers(world: World): void {
  world.follow((tx, written) => {
    for (const slot of written) if (slot.address.type === 'HostSystem') followHost(tx, slot)
  })
}

function followHost(tx: Transaction, slot: Slot): void {
  const props = tx.read<HostSystemProps>(slot)?.props
  const before = (slot.record?.props as HostSystemProps | undefined)?.config
  if (props?.config === undefined || before === undefined) return
  for (const [manager, property, part] of repeats) {
    const value = part(props.config)
    const ref = props.configManager?.[manager]
    if (value === part(before) || ref === undefined) continue
    const target = tx.find(slot.address.node, ref.value)
    const record = target === undefined ? undefined : tx.read(target)
    if (target === undefined || record === undefined || record.props[property] === value) continue
    tx.replace(target, { props: { ...record.props, [property]: value }, inner: record.inner })
  }
}
