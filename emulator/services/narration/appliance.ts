import { isWatched } from '../../physics/appliance/partitions.js'
import { vpxdServing } from '../../physics/appliance/services.js'
import type { PartitionState } from '../../physics/appliance/state.js'
import { chassis } from '../../physics/hardware/chassis.js'
import { mirrorOf } from '../../physics/management/mirror.js'
import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { postEvent } from '../events.js'
import { EVALUATION_KEY } from '../licences.js'
import { nodeInfo } from '../nodes.js'

/** Colours of a component's health in HealthStatusChangedEvent (operations.md 6.2). */
const colours: Readonly<Record<PartitionState, string>> = { ok: 'green', warning: 'yellow', critical: 'red' }

/**
 * What a vCenter says about itself: its start, its database's space, licences and certificates
 * (availability.md 3.3 and 5). It can say it only while vpxd runs.
 */
export function narrateAppliance(world: World): void {
  world.on('appliance.vpxd', (tx, { vcenter, serving }) => {
    if (serving) postEvent(tx, vcenter, { type: 'ServerStartedSessionEvent' })
  })
  world.on('appliance.partition', (tx, { vcenter, mount, from, to }) => {
    if (isWatched(mount) && vpxdServing(tx, vcenter)) sayHealth(tx, vcenter, colours[from], colours[to])
  })
  world.on('node.licence', (tx, { node, expired }) => {
    if (expired) sayLicence(tx, node)
    else sayAssigned(tx, node)
  })
  world.on('node.certificate', (tx, { node, certificate, expired }) => {
    if (expired) sayCertificate(tx, node, certificate)
    else if (certificate === 'machine') sayRenewed(tx, node)
  })
}

function sayHealth(tx: Transaction, vcenter: string, oldStatus: string, newStatus: string): void {
  postEvent(tx, vcenter, {
    type: 'HealthStatusChangedEvent',
    fields: { componentId: 'vcdb', componentName: 'VirtualCenter Database', oldStatus, newStatus },
  })
  extended(tx, vcenter, 'com.vmware.vc.VCHealthStateChangedEvent', newStatus === 'green' ? 'info' : 'warning', {
    oldState: oldStatus, newState: newStatus,
  })
}

function sayLicence(tx: Transaction, node: string): void {
  const info = nodeInfo(tx, node)
  if (info?.kind === 'vcenter') {
    if (!vpxdServing(tx, node)) return
    postEvent(tx, node, { type: 'ServerLicenseExpiredEvent', fields: { product: 'VMware vCenter Server' } })
    extended(tx, node, 'com.vmware.license.VcLicenseExpiredEvent', 'error')
    return
  }
  hostEvent(tx, node, (vcenter, host) => {
    postEvent(tx, vcenter, { type: 'HostLicenseExpiredEvent', host })
    extended(tx, vcenter, 'com.vmware.license.HostLicenseExpiredEvent', 'error', {}, host)
  })
}

/** A valid licence was given: the alarms of the one that ended go green. */
function sayAssigned(tx: Transaction, node: string): void {
  const id = 'com.vmware.license.AssignLicenseEvent'
  const info = nodeInfo(tx, node)!
  const words = { licenseKey: EVALUATION_KEY, entityName: info.hostName }
  if (info.kind === 'esxi') hostEvent(tx, node, (vcenter, host) => extended(tx, vcenter, id, 'info', words, host))
  else if (vpxdServing(tx, node)) extended(tx, node, id, 'info', words)
}

function sayCertificate(tx: Transaction, node: string, certificate: 'machine' | 'sts'): void {
  const isVcenter = nodeInfo(tx, node)?.kind === 'vcenter'
  if (certificate === 'sts') {
    if (vpxdServing(tx, node)) extended(tx, node, 'com.vmware.sso.STSCertExpiry', 'error')
  } else if (!isVcenter) {
    hostEvent(tx, node, (vcenter, host) =>
      extended(tx, vcenter, 'com.vmware.vc.certmgr.HostCertExpirationImminentEvent', 'warning', {}, host))
  }
}

/** The alarm of the certificate that ended goes green. */
function sayRenewed(tx: Transaction, node: string): void {
  if (nodeInfo(tx, node)?.kind === 'vcenter') return
  hostEvent(tx, node, (vcenter, host) => extended(tx, vcenter, 'com.vmware.vc.certmgr.HostCertUpdatedEvent', 'info', {}, host))
}

/** Says something of a host where its vCenter hears it. */
function hostEvent(tx: Transaction, node: string, say: (vcenter: string, host: Slot) => void): void {
  const vcenter = chassis(tx, node)?.managedBy
  const host = vcenter === undefined ? undefined : mirrorOf(tx, vcenter, node, 'ha-host')
  if (vcenter !== undefined && host !== undefined && vpxdServing(tx, vcenter)) say(vcenter, host)
}

function extended(
  tx: Transaction, node: string, eventTypeId: string, severity: 'info' | 'warning' | 'error',
  words: Readonly<Record<string, string>> = {}, host?: Slot,
): void {
  postEvent(tx, node, {
    type: 'EventEx', host,
    fields: {
      eventTypeId, severity, arguments: Object.entries(words).map(([key, value]) => ({ key, value })),
    },
  })
}
