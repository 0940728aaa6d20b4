import { LAB as LAB_NODE, type NodeInfo } from '../services/nodes.js'
import { createAccounts } from '../services/accounts/default-accounts.js'
import { createAppliance } from '../physics/appliance/build.js'
import type { NodeInner } from '../physics/hardware/chassis.js'
import { toDateTime } from '../world/clock.js'
import type { Transaction } from '../world/transaction.js'
import { buildHost, hostBootTime, volumeSpec } from './build-hosts.js'
import { buildPermissions } from './build-permissions.js'
import { put, type Build, type BuildOptions, type VolumeState } from './build-state.js'
import { planHostStates, planVcenterStates } from './build-tree.js'
import { buildVcenter } from './build-vcenter.js'
import { buildVcha } from './build-vcha.js'
import { buildVms } from './build-vms.js'
import { ref } from './host-spec.js'
import { identities } from './identity.js'
import { planLab } from './lab-plan.js'
import type { LabPlan } from './plan-model.js'
import type { LabFile } from './lab-schema.js'
import { productOf } from './products.js'
import { buildVsan } from './vsan.js'

export type { BuildOptions } from './build-state.js'

const DAY_MS = 86400000

/** Password of `administrator@vsphere.local` and of root unless something else is given. */
export const DEFAULT_PASSWORD = 'VMware1!'

/**
 * Builds the records of a whole lab: machines and volumes on the pseudo node `lab`, the inventory
 * of each host, and of each vCenter with the mirrors of its hosts (protocols.md 2.4). Runs inside
 * `world.genesis`, before anything follows or reacts.
 * @throws LabFileError when the lab names things that it does not have
 */
export function buildLab(tx: Transaction, lab: LabFile, options: BuildOptions): void {
  const plan = planLab(lab, options.firstHost)
  const build: Build = {
    tx, plan, options, identities: identities(tx),
    now: toDateTime(Math.floor(tx.now() / 1000) * 1000),
    created: toDateTime(Math.floor((tx.now() - 60 * DAY_MS) / 1000) * 1000),
    nodes: new Map(), hosts: new Map(), volumes: new Map(), vcenters: new Map(),
    next: { address: 0, mac: 0, vm: 0, disk: 0 },
  }
  makeNodes(build)
  for (const volume of plan.volumes) build.volumes.set(volume, volumeState(build, volume))
  planVcenterStates(build)
  planHostStates(build)
  buildVms(build)
  for (const host of build.hosts.values()) buildHost(build, host)
  for (const vcenter of build.vcenters.values()) buildVcenter(build, vcenter)
  for (const volume of build.volumes.values()) buildVolume(build, volume)
  for (const vcenter of plan.vcenters) buildVcha(build, vcenter)
  makeAccounts(build)
  buildPermissions(build)
}

/** Node records first, in the order vCenters, hosts: `allNodes` shows them so. */
function makeNodes(build: Build): void {
  const { lab } = build.plan
  const addresses = addressMaker(build.plan)
  for (const { name, source } of build.plan.vcenters) {
    makeNode(build, {
      name, kind: 'vcenter', hostName: source.hostName ?? `${name}.${lab.domain}`, address: source.address ?? addresses(),
      product: productOf(source.product ?? lab.product, 'vcenter'),
      uuid: build.identities.uuid('vcenter', build.nodes.size),
    }, { power: 'on', bootTime: hostBootTime(build, 100000 + build.nodes.size), cable: 'up', management: 'connected' })
  }
  for (const { name, index, source, vcenter } of build.plan.hosts) {
    const single = (source.count ?? 1) === 1
    makeNode(build, {
      name, kind: 'esxi', hostName: single ? source.hostName ?? name : name,
      address: single ? source.address ?? addresses() : addresses(),
      product: productOf(source.product ?? lab.product, 'esxi'),
      uuid: build.identities.uuid('hardware', index, '4c4c4544'),
    }, {
      power: 'on', bootTime: hostBootTime(build, index), cable: 'up', management: 'connected',
      ...(vcenter === undefined ? {} : { managedBy: vcenter.name }),
    })
  }
}

function makeNode(build: Build, info: NodeInfo, inner: NodeInner): void {
  build.nodes.set(info.name, info)
  put(build, LAB_NODE, ref('Node', info.name), info, inner)
  if (info.kind === 'vcenter') createAppliance(build.tx, info.name)
}

/** Addresses of nodes that the file gives none: 127.0.1.1 and on (contract.md, ports). */
function addressMaker(plan: LabPlan): () => string {
  const taken = new Set([...plan.vcenters, ...plan.hosts].map(node => node.source.address))
  let next = 0
  return () => {
    for (;;) {
      const address = `127.0.${1 + Math.floor(next / 250)}.${1 + next % 250}`
      next += 1
      if (!taken.has(address)) return address
    }
  }
}

function volumeState(build: Build, plan: VolumeState['plan']): VolumeState {
  return { plan, spec: volumeSpec(build, plan), usedBytes: plan.source.used ?? 0, vm: new Map(), mirrors: new Map() }
}

function buildVolume(build: Build, volume: VolumeState): void {
  const { uuid, name, type, capacityBytes, url, local } = volume.spec
  const { vsan } = volume.plan
  const facts = { name, type, capacityBytes, url, ...(local ? { local } : {}), ...(vsan === undefined ? {} : { votes: true }) }
  put(build, LAB_NODE, ref('Volume', uuid), facts, { usedBytes: volume.usedBytes })
  put(build, LAB_NODE, ref('VolumeFolder', `${uuid}/`), { files: {} })
  if (vsan !== undefined) buildVsan(build, volume, vsan)
}

function makeAccounts(build: Build): void {
  const { lab } = build.plan
  const password = build.options.password ?? DEFAULT_PASSWORD
  for (const node of build.nodes.values()) {
    const users = lab.users.filter(user => user.node === node.name)
      .map(({ name, password: secret, groups, fullName }) =>
        ({ name, password: secret, groups, ...(fullName === undefined ? {} : { fullName }) }))
    createAccounts(build.tx, node, { password, users })
  }
}
