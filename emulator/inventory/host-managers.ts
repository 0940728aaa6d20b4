import type { HostConfigInfo, HostConfigManager, HostSystemProps, Props } from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'
import { hostOptionDefs, hostOptions } from './data/host-options.js'
import { emptyList } from '../physics/frozen.js'
import { deepFreeze } from '../world/freeze.js'
import {
  authenticationInfo, datastoreCapabilities, dateTimeInfo, graphicsConfig, powerCapability, powerInfo,
} from './host-config.js'
import type { HostSpec } from './host-spec.js'
import { healthRuntime } from './host-system.js'
import { vsanHostConfig } from './vsan.js'

/** A manager of a host: field of configManager, type, id on the host, prefix of the id on vCenter. */
type Row = readonly [field: keyof HostConfigManager, type: string, hostId: string, vcenterPrefix: string]

/**
 * In the order of HostConfigManager. Ids of a host are of a capture (protocols.md 2.4); those on
 * vCenter are the prefix and the number of the host, `networkSystem-16`.
 */
export const hostManagers: readonly Row[] = [
  ['cpuScheduler', 'HostCpuSchedulerSystem', 'cpuSchedulerSystem', 'cpuScheduler'],
  ['datastoreSystem', 'HostDatastoreSystem', 'ha-datastoresystem', 'datastoreSystem'],
  ['memoryManager', 'HostMemorySystem', 'memoryManagerSystem', 'memoryManager'],
  ['storageSystem', 'HostStorageSystem', 'storageSystem', 'storageSystem'],
  ['networkSystem', 'HostNetworkSystem', 'networkSystem', 'networkSystem'],
  ['vmotionSystem', 'HostVMotionSystem', 'ha-vmotion-system', 'vmotionSystem'],
  ['virtualNicManager', 'HostVirtualNicManager', 'ha-vnic-mgr', 'virtualNicManager'],
  ['serviceSystem', 'HostServiceSystem', 'serviceSystem', 'serviceSystem'],
  ['firewallSystem', 'HostFirewallSystem', 'firewallSystem', 'firewallSystem'],
  ['advancedOption', 'OptionManager', 'ha-adv-options', 'EsxHostAdvSettings'],
  ['diagnosticSystem', 'HostDiagnosticSystem', 'diagnosticsystem', 'diagnosticSystem'],
  ['autoStartManager', 'HostAutoStartManager', 'ha-autostart-mgr', 'autoStartManager'],
  ['snmpSystem', 'HostSnmpSystem', 'ha-snmp-agent', 'snmpSystem'],
  ['dateTimeSystem', 'HostDateTimeSystem', 'dateTimeSystem', 'dateTimeSystem'],
  ['patchManager', 'HostPatchManager', 'ha-host-patch-manager', 'patchManager'],
  ['imageConfigManager', 'HostImageConfigManager', 'ha-image-config-manager', 'imageConfigManager'],
  ['bootDeviceSystem', 'HostBootDeviceSystem', 'ha-boot-device-system', 'bootDeviceSystem'],
  ['firmwareSystem', 'HostFirmwareSystem', 'ha-firmwareSystem', 'firmwareSystem'],
  ['healthStatusSystem', 'HostHealthStatusSystem', 'healthStatusSystem', 'healthStatusSystem'],
  ['pciPassthruSystem', 'HostPciPassthruSystem', 'ha-pcipassthrusystem', 'pciPassthruSystem'],
  ['licenseManager', 'LicenseManager', 'ha-license-manager', ''],
  ['kernelModuleSystem', 'HostKernelModuleSystem', 'kernelModuleSystem', 'kernelModuleSystem'],
  ['authenticationManager', 'HostAuthenticationManager', 'ha-auth-manager', 'authenticationManager'],
  ['powerSystem', 'HostPowerSystem', 'ha-power-system', 'powerSystem'],
  ['cacheConfigurationManager', 'HostCacheConfigurationManager', 'ha-cache-configuration-manager', 'cacheConfigManager'],
  ['esxAgentHostManager', 'HostEsxAgentHostManager', 'ha-esx-agent-host-manager', 'esxAgentHostManager'],
  ['iscsiManager', 'IscsiManager', 'iscsiManager', 'iscsiManager'],
  ['vFlashManager', 'HostVFlashManager', 'ha-vflash-manager', 'vFlashManager'],
  ['vsanSystem', 'HostVsanSystem', 'vsanSystem', 'vsanSystem'],
  ['messageBusProxy', 'MessageBusProxy', 'messageBusProxy', 'messageBusProxy'],
  ['userDirectory', 'UserDirectory', 'ha-user-directory', ''],
  ['accountManager', 'HostLocalAccountManager', 'ha-localacctmgr', 'accountManager'],
  ['hostAccessManager', 'HostAccessManager', 'ha-host-access-manager', 'hostAccessManager'],
  ['graphicsManager', 'HostGraphicsManager', 'ha-graphics-manager', 'graphicsManager'],
  ['vsanInternalSystem', 'HostVsanInternalSystem', 'ha-vsan-internal-system', 'vsanInternalSystem'],
  ['certificateManager', 'HostCertificateManager', 'ha-certificate-manager', 'certificateManager'],
  ['cryptoManager', 'CryptoManagerHost', 'ha-crypto-manager', 'cryptoManager'],
  ['nvdimmSystem', 'HostNvdimmSystem', 'ha-nvdimm-system', 'nvdimmSystem'],
  ['assignableHardwareManager', 'HostAssignableHardwareManager', 'ha-assignable-hardware-manager', 'assignableHardwareManager'],
]

/**
 * What a host has beside its managers for methods that no WSDL shows: type, id on the host, prefix of the
 * id on vCenter (`ManagedMethodExecuter-16`). HostSystem gives them away; no property names them.
 */
export const hostReflectors: readonly (readonly [type: string, hostId: string, vcenterPrefix: string])[] = [
  ['ReflectManagedMethodExecuter', 'ha-managed-method-executer', 'ManagedMethodExecuter'],
  ['InternalDynamicTypeManager', 'ha-dynamic-type-manager', 'DynamicTypeManager'],
]

/** The reflector of a type that belongs to a HostSystem of either kind of node. */
export function reflectorOf(host: string, type: string): MoRef {
  const [, hostId, prefix] = hostReflectors.find(([known]) => known === type)!
  return { type, value: host === 'ha-host' ? hostId : `${prefix}-${host.slice('host-'.length)}` }
}

/** The id of the HostSystem that a reflector belongs to. */
export function hostOfReflector(reflector: string): string {
  const number = /-(\d+)$/.exec(reflector)?.[1]
  return number === undefined ? 'ha-host' : `host-${number}`
}

/** `configManager` of a host on its own node. */
export const hostConfigManager: HostConfigManager = deepFreeze(Object.fromEntries(
  hostManagers.map(([field, type, value]) => [field, { type, value }])))

/** `configManager` of the HostSystem `host-<number>` on vCenter; two managers are the host's only. */
export function vcenterConfigManager(number: string): HostConfigManager {
  const manager: Record<string, MoRef> = {}
  for (const [field, type, , prefix] of hostManagers) {
    if (prefix !== '') manager[field] = Object.freeze({ type, value: `${prefix}-${number}` })
  }
  return Object.freeze(manager) as HostConfigManager
}

/** Properties of a manager that repeat parts of the host; the objects are those of the host. */
export function hostManagerProps(field: keyof HostConfigManager, spec: HostSpec, host: HostSystemProps): object {
  const make = makers[field]
  return make === undefined ? nothing : Object.freeze(make(host.config!, host, spec))
}

const nothing = deepFreeze({})
const extensible = deepFreeze({ value: emptyList, availableField: emptyList })

type Maker = (config: HostConfigInfo, host: HostSystemProps, spec: HostSpec) => object

const certificateInfo = (spec: HostSpec): Props<'HostCertificateManager'>['certificateInfo'] => deepFreeze({
  kind: 'Machine',
  issuer: 'O=vc-01,C=US,DC=local,DC=vsphere,CN=CA',
  notBefore: '2026-01-01T00:00:00Z',
  notAfter: '2031-01-01T00:00:00Z',
  subject: `OU=VMware Engineering,O=VMware,L=Palo Alto,ST=California,C=US,CN=${spec.hostName}`,
  status: 'good',
})

const snmp: Props<'HostSnmpSystem'> = deepFreeze({
  configuration: { enabled: false, port: 161, readOnlyCommunities: [], trapTargets: [], option: [] },
  limits: {
    maxReadOnlyCommunities: 10, maxTrapDestinations: 3, maxCommunityLength: 64, maxBufferSize: 1472,
    capability: 'COMPLETE',
  },
})

const makers: Partial<Record<keyof HostConfigManager, Maker>> = {
  cpuScheduler: (config): Props<'HostCpuSchedulerSystem'> => ({ ...extensible, hyperthreadInfo: config.hyperThread! }),
  datastoreSystem: (_, host): Props<'HostDatastoreSystem'> =>
    ({ datastore: host.datastore!, capabilities: datastoreCapabilities }),
  memoryManager: (): Props<'HostMemorySystem'> => extensible,
  storageSystem: (config): Props<'HostStorageSystem'> => ({
    ...extensible, storageDeviceInfo: config.storageDevice!, fileSystemVolumeInfo: config.fileSystemVolume!,
    systemFile: emptyList, multipathStateInfo: config.multipathState!,
  }),
  networkSystem: (config): Props<'HostNetworkSystem'> => ({
    ...extensible, capabilities: config.capabilities!, networkInfo: config.network!,
    offloadCapabilities: config.offloadCapabilities!, networkConfig: networkConfig(config),
    dnsConfig: config.network!.dnsConfig!, ipRouteConfig: config.network!.ipRouteConfig!,
  }),
  vmotionSystem: (config): Props<'HostVMotionSystem'> =>
    ({ ...extensible, netConfig: config.vmotion!.netConfig!, ipConfig: config.vmotion!.ipConfig! }),
  virtualNicManager: (config): Props<'HostVirtualNicManager'> => ({ ...extensible, info: config.virtualNicManagerInfo! }),
  serviceSystem: (config): Props<'HostServiceSystem'> => ({ ...extensible, serviceInfo: config.service! }),
  firewallSystem: (config): Props<'HostFirewallSystem'> => ({ ...extensible, firewallInfo: config.firewall! }),
  advancedOption: (): Props<'OptionManager'> => ({ supportedOption: hostOptionDefs, setting: hostOptions }),
  diagnosticSystem: (config): Props<'HostDiagnosticSystem'> => config.activeDiagnosticPartition === undefined
    ? {}
    : { activePartition: config.activeDiagnosticPartition },
  autoStartManager: (config): Props<'HostAutoStartManager'> => ({ config: config.autoStart! }),
  snmpSystem: () => snmp,
  dateTimeSystem: (): Props<'HostDateTimeSystem'> => ({ dateTimeInfo }),
  healthStatusSystem: (_, host): Props<'HostHealthStatusSystem'> =>
    ({ runtime: host.runtime.healthSystemRuntime ?? healthRuntime(host.runtime.bootTime!) }),
  pciPassthruSystem: (): Props<'HostPciPassthruSystem'> =>
    ({ ...extensible, pciPassthruInfo: emptyList, sriovDevicePoolInfo: emptyList }),
  authenticationManager: (): Props<'HostAuthenticationManager'> =>
    ({ info: authenticationInfo, supportedStore: emptyList }),
  powerSystem: (): Props<'HostPowerSystem'> => ({ capability: powerCapability, info: powerInfo }),
  cacheConfigurationManager: (): Props<'HostCacheConfigurationManager'> => ({ cacheConfigurationInfo: emptyList }),
  esxAgentHostManager: (): Props<'HostEsxAgentHostManager'> => ({ configInfo: nothing }),
  vFlashManager: (): Props<'HostVFlashManager'> => ({}),
  vsanSystem: (config, _host, spec): Props<'HostVsanSystem'> => ({ config: vsanHostConfig(spec, config.host) }),
  hostAccessManager: (): Props<'HostAccessManager'> => ({ lockdownMode: 'lockdownDisabled' }),
  graphicsManager: (): Props<'HostGraphicsManager'> => ({
    ...extensible, graphicsInfo: emptyList, graphicsConfig, sharedPassthruGpuTypes: emptyList,
    sharedGpuCapabilities: emptyList,
  }),
  certificateManager: (_config, _host, spec): Props<'HostCertificateManager'> =>
    ({ certificateInfo: certificateInfo(spec) }),
  cryptoManager: (): Props<'CryptoManagerHost'> => ({ enabled: false }),
  nvdimmSystem: (): Props<'HostNvdimmSystem'> => ({ nvdimmSystemInfo: nothing }),
  assignableHardwareManager: (): Props<'HostAssignableHardwareManager'> => ({ binding: emptyList, config: nothing }),
}

/** `networkConfig` of the network system: the specifications behind what it shows. */
function networkConfig(config: HostConfigInfo): NonNullable<Props<'HostNetworkSystem'>['networkConfig']> {
  const network = config.network!
  return deepFreeze({
    vswitch: (network.vswitch ?? []).map(item => ({ name: item.name, spec: item.spec })),
    proxySwitch: (network.proxySwitch ?? []).map(item => ({ uuid: item.dvsUuid, spec: item.spec })),
    portgroup: (network.portgroup ?? []).map(item => ({ spec: item.spec })),
    pnic: (network.pnic ?? []).map(item => ({ device: item.device, spec: item.spec })),
    vnic: (network.vnic ?? []).map(item => ({ device: item.device, portgroup: item.portgroup, spec: item.spec })),
    dnsConfig: network.dnsConfig!,
    ipRouteConfig: network.ipRouteConfig!,
    ipV6Enabled: true,
  })
}
