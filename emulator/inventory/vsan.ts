import type { ClusterConfigInfoEx, VsanHostConfigInfo } from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'
import { LAB } from '../physics/hardware/chassis.js'
import { VSAN, vsanId, type VsanCluster } from '../physics/vsan/state.js'
import { deepFreeze } from '../world/freeze.js'
import { put, type Build, type ComputeState, type VolumeState } from './build-state.js'
import { ref, type HostSpec, type HostVsanSpec } from './host-spec.js'
import type { HostPlan, VsanPlan } from './plan-model.js'

/** The part of a host in the vSAN of its cluster, or of the one that it is the witness of. */
export function hostVsan(build: Build, host: HostPlan): HostVsanSpec | undefined {
  const volume = build.plan.vsans.find(({ vsan, hosts }) => vsan?.witness === host || hosts.includes(host))
  if (volume === undefined) return undefined
  const { source, domains } = volume.vsan!
  const domain = source.faultDomains.length === 0 ? undefined : domains.find(each => each.hosts.includes(host))?.name
  return {
    uuid: vsanUuid(build, volume.number), nodeUuid: nodeUuid(build, host), ...(domain === undefined ? {} : { domain }),
  }
}

/** UUID of the vSAN of the lab's volume of that number. */
export function vsanUuid(build: Build, volume: number): string {
  return build.identities.uuid('vsan', volume, '52')
}

function nodeUuid(build: Build, host: HostPlan): string {
  return build.identities.uuid('vsan-node', host.index)
}

/** The physical record of a vSAN: which hosts hold its objects. */
export function buildVsan(build: Build, { plan, spec }: VolumeState, vsan: VsanPlan): void {
  const { witness, domains, preferred, source } = vsan
  const hosts = [...domains.flatMap(domain => domain.hosts), ...witness === undefined ? [] : [witness]]
  const props: VsanCluster = {
    volume: spec.uuid, uuid: vsanUuid(build, plan.number), endsGhosts: source.autoTerminateGhostVm,
    domains: domains.map(domain => ({ name: domain.name, hosts: domain.hosts.map(host => host.name) })),
    nodes: Object.fromEntries(hosts.map(host => [host.name, nodeUuid(build, host)])),
    ...(witness === undefined ? {} : { witness: witness.name }),
    ...(preferred === undefined ? {} : { preferred }),
  }
  put(build, LAB, ref('VsanCluster', vsanId(spec.uuid)), deepFreeze(props))
  if (build.tx.find(LAB, VSAN) === undefined) put(build, LAB, ref('Vsan', VSAN), {})
}

const OFF: VsanHostConfigInfo = deepFreeze({
  enabled: false, clusterInfo: { uuid: '00000000-0000-0000-0000-000000000000', nodeUuid: '00000000-0000-0000-0000-000000000000' },
  storageInfo: { autoClaimStorage: false, checksumEnabled: false },
  vsanEsaEnabled: false,
})

/** `config` of a host's vSAN system. */
export function vsanHostConfig({ vsan }: HostSpec, host: MoRef): VsanHostConfigInfo {
  if (vsan === undefined) return OFF
  const { uuid, nodeUuid: node, domain } = vsan
  return deepFreeze({
    enabled: true, hostSystem: host, clusterInfo: { uuid, nodeUuid: node },
    storageInfo: { autoClaimStorage: false, checksumEnabled: true },
    networkInfo: { port: [{ device: 'vmk0' }] },
    ...(domain === undefined ? {} : { faultDomainInfo: { name: domain } }),
    vsanEsaEnabled: false,
  })
}

/** What a cluster's configuration says of its vSAN; empty: it has none. */
export function vsanClusterConfig(compute: ComputeState): Partial<ClusterConfigInfoEx> {
  const vsan = 'cluster' in compute.plan ? undefined : compute.plan.vsan
  const uuid = compute.hosts[0]?.spec.vsan?.uuid
  if (vsan === undefined || uuid === undefined) return {}
  return {
    vsanConfigInfo: {
      enabled: true, defaultConfig: { uuid, autoClaimStorage: false, checksumEnabled: true }, vsanEsaEnabled: false,
    },
    vsanHostConfig: compute.hosts.map(host => vsanHostConfig(host.spec, host.mirror!.ref)),
  }
}
