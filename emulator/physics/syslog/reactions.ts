import type { HostSystemProps } from '../../schema/generated/types.js'
import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import type { ApplianceInner } from '../appliance/state.js'
import { LAB } from '../hardware/chassis.js'
import { HOST_OPTIONS } from '../options.js'
import { logHostUrl } from './log-hosts.js'
import { wishOf } from './settings.js'
import './signals.js'
import { forwardingNodes, forwardingOf, setForwarding, type ForwardTarget } from './state.js'
import { lookAgain, retry } from './streams.js'

/**
 * Keeps where each node's messages go as its settings say, and whether they get there as the
 * machine room says. Follows the records on which either depends; a node without targets costs a
 * look at the type of each record that is written.
 */
export function reactToSyslog(world: World): void {
  world.follow((tx, written) => {
    for (const slot of written) follow(tx, slot)
  })
  world.onJob('syslog.retry', (tx, { node, url }) => retry(tx, node, url))
}

function follow(tx: Transaction, slot: Slot): void {
  const { node, type, id } = slot.address
  if (type === 'OptionManager') {
    if (id === HOST_OPTIONS) configure(tx, node)
  } else if (type === 'HostSystem') {
    if (id === 'ha-host' && configChanged(tx, slot)) lookAgain(tx, node)
  } else if (node === LAB) {
    followLab(tx, slot)
  }
}

function followLab(tx: Transaction, slot: Slot): void {
  const { type, id } = slot.address
  if (type === 'Node') {
    lookAgain(tx, id)
  } else if (type === 'Appliance') {
    const vcenter = id.slice('appliance/'.length)
    const before = slot.record?.inner as ApplianceInner | undefined
    const after = tx.read<object, ApplianceInner>(slot)?.inner
    if (after !== undefined && before?.settings.logForwarding !== after.settings.logForwarding) configure(tx, vcenter)
    else if (before?.services !== after?.services) lookAgain(tx, vcenter)
  } else if (type === 'NetRule' || type === 'LogHostDown') {
    for (const each of forwardingNodes(tx)) lookAgain(tx, each)
  }
}

/** True if the rulesets or the services of a host were written. */
function configChanged(tx: Transaction, slot: Slot): boolean {
  const before = (slot.record?.props as HostSystemProps | undefined)?.config
  const after = tx.read<HostSystemProps>(slot)?.props.config
  return before?.firewall !== after?.firewall || before?.service !== after?.service
}

/** Takes over what the settings say; targets that stay as they were keep their connection. */
function configure(tx: Transaction, node: string): void {
  const { hosts, settings } = wishOf(tx, node)
  const before = forwardingOf(tx, node)
  if (before === undefined && hosts.length === 0) return
  const same = before !== undefined && equal(before.settings, settings)
  if (same && equal(before.targets.map(({ to }) => to), hosts)) return
  // A stream begins anew with other settings; a datagram has nothing to begin.
  const known = new Map((before?.targets ?? [])
    .filter(({ to }) => same || to.protocol === 'udp')
    .map(target => [target.url, target]))
  const targets = hosts.map(to => known.get(logHostUrl(to)) ?? freshTarget(to, tx.now()))
  for (const gone of before?.targets ?? []) {
    if (gone.retryJob !== undefined && !targets.includes(gone)) tx.cancel(gone.retryJob)
  }
  setForwarding(tx, node, { settings: same ? before.settings : settings, targets })
  lookAgain(tx, node)
}

function freshTarget(to: ForwardTarget['to'], since: number): ForwardTarget {
  return { to, url: logHostUrl(to), state: 'silent', since, droppedOfWaiting: 0, dropped: 0 }
}

function equal(one: object, other: object): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
