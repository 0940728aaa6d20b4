import type {
  DistributedVirtualPortgroupProps, DistributedVirtualSwitchHostMember, DVPortgroupConfigInfo, DVSCapability,
  DVSNetworkResourcePool, VMwareDVSConfigInfo, VMwareDVSFeatureCapability, VMwareDVSPortgroupPolicy,
  VMwareDVSPortSetting, VmwareDistributedVirtualSwitchProps, VmwareDistributedVirtualSwitchVlanSpec,
} from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'
import { emptyList } from '../physics/frozen.js'
import { deepFreeze } from '../world/freeze.js'
import { networkProps, type NetworkRefs } from './network.js'
import { noEntityFacts } from './virtual-machine.js'

/** A distributed switch, every name and port number given. */
export interface SwitchSpec {
  readonly self: MoRef
  readonly parent: MoRef
  readonly name: string
  readonly uuid: string
  readonly version: string
  readonly mtu: number
  readonly uplinkNames: readonly string[]
  readonly uplinkPortgroup: MoRef
  readonly portgroups: MoRef[]
  readonly portgroupNames: readonly string[]
  readonly numPorts: number
  readonly createTime: string
  readonly members: ReadonlyArray<{
    readonly host: MoRef, readonly pnics: readonly string[], readonly uplinkPortKeys: readonly string[]
  }>
  readonly vm: MoRef[]
}

const product = (version: string) => deepFreeze({
  name: 'DVS', vendor: 'VMware, Inc.', version, build: '24022515', forwardingClass: 'etherswitch',
})

const off = deepFreeze({ inherited: false, value: false })
const on = deepFreeze({ inherited: false, value: true })
const text = (value: string) => deepFreeze({ inherited: false, value })
const number = (value: number) => deepFreeze({ inherited: false, value })

const shaping = deepFreeze({
  inherited: false, enabled: off, averageBandwidth: number(100000000), peakBandwidth: number(100000000),
  burstSize: number(104857600),
})

/** A VLAN id as a port setting; `trunk` for uplinks. */
export function vlanSpec(vlan: number | 'trunk'): VmwareDistributedVirtualSwitchVlanSpec {
  const spec: Record<string, unknown> = vlan === 'trunk'
    ? { _typeName: 'VmwareDistributedVirtualSwitchTrunkVlanSpec', inherited: false, vlanId: [{ start: 0, end: 4094 }] }
    : { _typeName: 'VmwareDistributedVirtualSwitchVlanIdSpec', inherited: false, vlanId: vlan }
  return deepFreeze(spec as unknown as VmwareDistributedVirtualSwitchVlanSpec)
}

/** The settings of a port before anyone changes them. */
export function portSetting(vlan: number | 'trunk', uplinkNames: readonly string[]): VMwareDVSPortSetting {
  return deepFreeze({
    _typeName: 'VMwareDVSPortSetting',
    blocked: off,
    vmDirectPathGen2Allowed: off,
    inShapingPolicy: shaping,
    outShapingPolicy: shaping,
    vendorSpecificConfig: { inherited: false, keyValue: emptyList },
    networkResourcePoolKey: text('-1'),
    filterPolicy: { inherited: false, filterConfig: emptyList },
    vlan: vlanSpec(vlan),
    qosTag: number(-1),
    uplinkTeamingPolicy: {
      inherited: false,
      policy: text('loadbalance_srcid'),
      reversePolicy: on,
      notifySwitches: on,
      rollingOrder: off,
      failureCriteria: {
        inherited: false, checkSpeed: text('minimum'), speed: number(10), checkDuplex: off, fullDuplex: off,
        checkErrorPercent: off, percentage: number(0), checkBeacon: off,
      },
      uplinkPortOrder: { inherited: false, activeUplinkPort: [...uplinkNames], standbyUplinkPort: [] },
    },
    securityPolicy: { inherited: false, allowPromiscuous: off, macChanges: off, forgedTransmits: off },
    ipfixEnabled: off,
    txUplink: off,
    lacpPolicy: { inherited: false, enable: off, mode: text('passive') },
    macManagementPolicy: {
      inherited: false, allowPromiscuous: false, macChanges: false, forgedTransmits: false,
      macLearningPolicy: { inherited: false, enabled: false, allowUnicastFlooding: true, limit: 4096, limitPolicy: 'DROP' },
    },
  } satisfies VMwareDVSPortSetting)
}

/** Which settings a port may override. */
export const portgroupPolicy: VMwareDVSPortgroupPolicy = deepFreeze({
  _typeName: 'VMwareDVSPortgroupPolicy',
  blockOverrideAllowed: true,
  shapingOverrideAllowed: false,
  vendorConfigOverrideAllowed: false,
  livePortMovingAllowed: false,
  portConfigResetAtDisconnect: true,
  networkResourcePoolOverrideAllowed: false,
  trafficFilterOverrideAllowed: false,
  vlanOverrideAllowed: false,
  uplinkTeamingOverrideAllowed: false,
  securityPolicyOverrideAllowed: false,
  ipfixOverrideAllowed: false,
  macManagementOverrideAllowed: false,
})

const features: VMwareDVSFeatureCapability = deepFreeze({
  _typeName: 'VMwareDVSFeatureCapability',
  networkResourceManagementSupported: true,
  vmDirectPathGen2Supported: false,
  nicTeamingPolicy: [
    'loadbalance_ip', 'loadbalance_srcmac', 'loadbalance_srcid', 'failover_explicit', 'loadbalance_loadbased',
  ],
  networkResourcePoolHighShareValue: 100,
  networkResourceManagementCapability: {
    networkResourceManagementSupported: true, networkResourcePoolHighShareValue: 100, qosSupported: true,
    userDefinedNetworkResourcePoolsSupported: true, networkResourceControlVersion3Supported: true,
    userDefinedInfraTrafficPoolSupported: false,
  },
  healthCheckCapability: Object.assign(
    { _typeName: 'VMwareDVSHealthCheckCapability' },
    { vlanMtuSupported: true, teamingSupported: true }),
  rollbackCapability: { rollbackSupported: true },
  backupRestoreCapability: { backupRestoreSupported: true },
  networkFilterSupported: true,
  macLearningSupported: true,
  vspanSupported: true,
  lldpSupported: true,
  ipfixSupported: true,
  ipfixCapability: { ipfixSupported: true, ipv6ForIpfixSupported: true, observationDomainIdSupported: true },
  multicastSnoopingSupported: true,
  vspanCapability: {
    mixedDestSupported: false, dvportSupported: true, remoteSourceSupported: true, remoteDestSupported: true,
    encapRemoteSourceSupported: true, erspanProtocolSupported: true, mirrorNetstackSupported: true,
  },
  lacpCapability: { lacpSupported: true, multiLacpGroupSupported: true, lacpFastModeSupported: true },
  nsxSupported: true,
})

const capabilities = new Map<string, DVSCapability>()

function capabilityOf(version: string): DVSCapability {
  let capability = capabilities.get(version)
  if (capability === undefined) {
    const line = (name: string, id: string) =>
      ({ productLineId: 'embeddedEsx', version: id, ...(name === '' ? {} : { name }) })
    capability = deepFreeze({
      dvsOperationSupported: true,
      dvPortGroupOperationSupported: true,
      dvPortOperationSupported: true,
      compatibleHostComponentProductInfo: [line('', `${version.split('.').slice(0, 2).join('.')}+`)],
      featuresSupported: features,
    })
    capabilities.set(version, capability)
  }
  return capability
}

const traffic: ReadonlyArray<readonly [string, string, number]> = [
  ['management', 'Management Traffic', 50], ['faultTolerance', 'Fault Tolerance (FT) Traffic', 50],
  ['vmotion', 'vMotion Traffic', 50], ['virtualMachine', 'Virtual Machine Traffic', 100],
  ['iSCSI', 'iSCSI Traffic', 50], ['nfs', 'NFS Traffic', 50], ['hbr', 'vSphere Replication (VR) Traffic', 50],
  ['vsan', 'vSAN Traffic', 50], ['vdp', 'vSphere Data Protection Backup Traffic', 50],
]

const resourcePools: DVSNetworkResourcePool[] = deepFreeze(traffic.map(([key, name, shares]) => ({
  key, name, description: name, configVersion: '0',
  allocationInfo: { limit: -1, shares: { shares, level: shares === 100 ? 'high' as const : 'normal' as const }, priorityTag: 0 },
})))

function memberOf(member: SwitchSpec['members'][number]): DistributedVirtualSwitchHostMember {
  const backing: Record<string, unknown> = {
    _typeName: 'DistributedVirtualSwitchHostMemberPnicBacking',
    pnicSpec: member.pnics.map((pnicDevice, index) => ({
      pnicDevice, ...(member.uplinkPortKeys[index] === undefined ? {} : { uplinkPortKey: member.uplinkPortKeys[index] }),
    })),
  }
  return {
    runtimeState: { currentMaxProxySwitchPorts: 512 },
    config: {
      host: member.host, maxProxySwitchPorts: 512, vendorSpecificConfig: emptyList, backing,
      nsxSwitch: false, ensEnabled: false, ensInterruptEnabled: false, networkOffloadingEnabled: false,
    },
    uplinkPortKey: [...member.uplinkPortKeys],
    status: 'up',
    statusDetail: '',
  }
}

/** All managed properties of a distributed switch. */
export function distributedSwitchProps(spec: SwitchSpec): VmwareDistributedVirtualSwitchProps {
  const productInfo = product(spec.version)
  const hosts = spec.members.map(member => member.host)
  const policy: Record<string, unknown> = {
    _typeName: 'DVSNameArrayUplinkPortPolicy', uplinkPortName: [...spec.uplinkNames],
  }
  const config: VMwareDVSConfigInfo = {
    _typeName: 'VMwareDVSConfigInfo',
    uuid: spec.uuid,
    name: spec.name,
    numStandalonePorts: 0,
    numPorts: spec.numPorts,
    maxPorts: 2147483647,
    uplinkPortPolicy: policy,
    uplinkPortgroup: [spec.uplinkPortgroup],
    defaultPortConfig: portSetting(0, spec.uplinkNames),
    host: spec.members.map(memberOf),
    productInfo,
    extensionKey: '',
    vendorSpecificConfig: emptyList,
    policy: { autoPreInstallAllowed: false, autoUpgradeAllowed: true, partialUpgradeAllowed: false },
    description: '',
    configVersion: '1',
    contact: {},
    createTime: spec.createTime,
    networkResourceManagementEnabled: true,
    defaultProxySwitchMaxNumPorts: 512,
    healthCheckConfig: healthChecks,
    infrastructureTrafficResourceConfig: emptyList,
    networkResourceControlVersion: 'version3',
    vmVnicNetworkResourcePool: emptyList,
    pnicCapacityRatioForReservation: 75,
    vspanSession: emptyList,
    pvlanConfig: emptyList,
    maxMtu: spec.mtu,
    linkDiscoveryProtocolConfig: { protocol: 'cdp', operation: 'listen' },
    ipfixConfig: { activeFlowTimeout: 60, idleFlowTimeout: 15, samplingRate: 4096, internalFlowsOnly: false, collectorPort: 0 },
    lacpGroupConfig: emptyList,
    lacpApiVersion: 'multipleLag',
    multicastFilteringMode: 'legacyFiltering',
  }
  return deepFreeze({
    ...noEntityFacts,
    parent: spec.parent,
    name: spec.name,
    uuid: spec.uuid,
    capability: capabilityOf(spec.version),
    summary: {
      name: spec.name, uuid: spec.uuid, numPorts: spec.numPorts, productInfo, hostMember: hosts, vm: spec.vm,
      host: hosts, portgroupName: [...spec.portgroupNames], description: '', contact: {}, numHosts: hosts.length,
    },
    config,
    networkResourcePool: resourcePools,
    portgroup: spec.portgroups,
    runtime: { hostMemberRuntime: spec.members.map(({ host }) => ({ host, status: 'up' })) },
  } satisfies VmwareDistributedVirtualSwitchProps)
}

const healthChecks = deepFreeze([
  { _typeName: 'VMwareDVSVlanMtuHealthCheckConfig', enable: false, interval: 1 },
  { _typeName: 'VMwareDVSTeamingHealthCheckConfig', enable: false, interval: 1 },
])

/** A port group of a distributed switch. */
export interface PortgroupSpec extends NetworkRefs {
  readonly name: string
  readonly switch: MoRef | undefined
  readonly vlan: number | 'trunk'
  readonly uplink: boolean
  readonly nsx: boolean
  readonly segmentId?: string | undefined
  readonly uplinkNames: readonly string[]
  readonly portKeys: readonly string[]
}

/** All managed properties of a port group of a distributed switch. */
export function portgroupProps(spec: PortgroupSpec): DistributedVirtualPortgroupProps {
  const config: DVPortgroupConfigInfo = {
    key: spec.self.value,
    name: spec.name,
    numPorts: spec.portKeys.length,
    defaultPortConfig: portSetting(spec.vlan, spec.uplinkNames),
    description: '',
    type: 'earlyBinding',
    backingType: spec.nsx ? 'nsx' : 'standard',
    policy: portgroupPolicy,
    scope: emptyList,
    vendorSpecificConfig: emptyList,
    configVersion: '0',
    autoExpand: !spec.uplink,
    vmVnicNetworkResourcePoolKey: '-1',
    uplink: spec.uplink,
  }
  if (spec.switch !== undefined) config.distributedVirtualSwitch = spec.switch
  if (spec.nsx && spec.segmentId !== undefined) {
    config.segmentId = spec.segmentId
    config.logicalSwitchUuid = spec.segmentId
  }
  return Object.freeze({
    ...networkProps(spec.name, spec),
    ...(spec.uplink ? { tag: uplinkTag } : {}),
    key: spec.self.value,
    config: Object.freeze(config),
    portKeys: deepFreeze([...spec.portKeys]),
  } satisfies DistributedVirtualPortgroupProps)
}

const uplinkTag = deepFreeze([{ key: 'SYSTEM/DVS.UPLINKPG' }])
