import type {
  AboutInfo, HostAuthenticationManagerInfo, HostAutoStartManagerConfig, HostConfigInfo, HostDateTimeInfo,
  HostFeatureCapability, HostPowerPolicy, HostSystemResourceInfo, PowerSystemCapability, PowerSystemInfo,
  ResourceConfigSpec,
} from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'
import type { Product } from '../services/nodes.js'
import { firewallInfo } from './data/firewall.js'
import { hostOptionDefs, hostOptions } from './data/host-options.js'
import { hostServices, unmanagedHostServices } from './data/host-services.js'
import { emptyList } from '../physics/frozen.js'
import { deepFreeze } from '../world/freeze.js'
import { vsanHostConfig } from './vsan.js'
import { hostNetworkInfo, netCapabilities, netOffload, virtualNicManagerInfo } from './host-network.js'
import type { HostSpec, VolumeSpec } from './host-spec.js'
import { fileSystemVolume, multipathState, storageDevice } from './host-storage.js'
import { allocation } from './virtual-machine.js'

const abouts = new Map<string, AboutInfo>()

/** `about` of a product on a host (protocols.md 2.5). */
export function hostAbout(product: Product): AboutInfo {
  let about = abouts.get(product.build)
  if (about === undefined) {
    about = deepFreeze({
      name: 'VMware ESXi',
      fullName: `VMware ESXi ${product.version} build-${product.build}`,
      vendor: 'VMware, Inc.',
      version: product.version,
      patchLevel: product.patchLevel,
      build: product.build,
      localeVersion: 'INTL',
      localeBuild: '000',
      osType: 'vmnix-x86',
      productLineId: 'embeddedEsx',
      apiType: 'HostAgent',
      apiVersion: product.apiVersion,
      licenseProductName: 'VMware ESX Server',
      licenseProductVersion: `${product.version.split('.')[0]!}.0`,
    })
    abouts.set(product.build, about)
  }
  return about
}

/** Power policies of a host. */
const policies: HostPowerPolicy[] = deepFreeze([
  { key: 1, name: 'PowerPolicy.static.name', shortName: 'static', description: 'PowerPolicy.static.description' },
  { key: 2, name: 'PowerPolicy.dynamic.name', shortName: 'dynamic', description: 'PowerPolicy.dynamic.description' },
  { key: 3, name: 'PowerPolicy.low.name', shortName: 'low', description: 'PowerPolicy.low.description' },
  { key: 4, name: 'PowerPolicy.custom.name', shortName: 'custom', description: 'PowerPolicy.custom.description' },
])

export const powerCapability: PowerSystemCapability = deepFreeze({ availablePolicy: policies })
export const powerInfo: PowerSystemInfo = deepFreeze({ currentPolicy: policies[1]! })

/** VMs start and stop with the host only when told so. */
export const autoStart: HostAutoStartManagerConfig = deepFreeze({
  defaults: { enabled: false, startDelay: 120, stopDelay: 120, waitForHeartbeat: false, stopAction: 'PowerOff' },
})

/** UTC, synchronized by NTP. */
export const dateTimeInfo: HostDateTimeInfo = deepFreeze({
  timeZone: { key: 'UTC', name: 'UTC', description: 'UTC', gmtOffset: 0 },
  systemClockProtocol: 'ntp',
  ntpConfig: {
    server: ['ntp.lab.test'],
    configFile: ['server ntp.lab.test', 'driftfile /etc/ntp.drift', 'restrict default nomodify notrap nopeer noquery'],
  },
  enabled: true,
  disableEvents: false,
  disableFallback: true,
  inFallbackState: false,
  serviceSync: true,
})

/** Local accounts only: the host has joined no domain. */
export const authenticationInfo: HostAuthenticationManagerInfo = deepFreeze({
  authConfig: [
    { _typeName: 'HostLocalAuthenticationInfo', enabled: true },
    typed('HostActiveDirectoryInfo', { enabled: false, smartCardAuthenticationEnabled: false }),
  ],
})

function typed<T extends object>(_typeName: string, fields: T): T & { _typeName: string } {
  return { _typeName, ...fields }
}

function resources(share: number): ResourceConfigSpec {
  const part = { ...allocation({ shares: share, level: 'custom' }), expandableReservation: true }
  return { cpuAllocation: part, memoryAllocation: part }
}

/** The pools of the kernel itself. */
export const systemResources: HostSystemResourceInfo = deepFreeze({
  key: 'host',
  config: resources(100),
  child: [
    { key: 'host/system', config: resources(500), child: [
      { key: 'host/system/kernel', config: resources(1000) },
      { key: 'host/system/drivers', config: resources(1000) },
    ] },
    { key: 'host/vim', config: resources(500), child: [
      { key: 'host/vim/vmvisor', config: resources(1000) },
      { key: 'host/vim/vimuser', config: resources(500) },
    ] },
    { key: 'host/iofilters', config: resources(1000) },
    { key: 'host/user', config: resources(9000) },
  ],
})

function feature(name: string, value: string): HostFeatureCapability {
  return { key: name, featureName: name, value }
}

/** CPU features of the model in `host-hardware.ts` and what the kernel offers. */
const featureCapability: HostFeatureCapability[] = deepFreeze([
  ...['3dnowprefetch', 'abm', 'adx', 'aes', 'amd.fma4', 'avx', 'avx2', 'avx512bw', 'avx512cd', 'avx512dq',
    'avx512f', 'avx512vl', 'avx512vnni', 'bmi1', 'bmi2', 'cmpxchg16b', 'ds', 'enfstrg', 'f16c', 'fma', 'fsgsbase',
    'gfni', 'hle', 'ibpb', 'ibrs', 'intel', 'invpcid', 'lahf64', 'md_clear', 'movbe', 'mwait', 'nx', 'pcid',
    'pclmulqdq', 'pdpe1gb', 'pku', 'popcnt', 'psn', 'rdpid', 'rdrand', 'rdseed', 'rdtscp', 'sha', 'smap', 'smep',
    'ss', 'ssbd', 'sse3', 'sse41', 'sse42', 'ssse3', 'stibp', 'vaes', 'vpclmulqdq', 'xsave', 'xsavec', 'xsaveopt']
    .map(name => feature(`cpuid.${name}`, name === 'amd.fma4' || name === 'hle' ? '0' : '1')),
  feature('hv.capable', '1'),
  feature('vt.realmode', '1'),
  feature('vt.mbx', '1'),
  feature('misc.hwhv', '1'),
  feature('cpuid.numEffectivePhysCores', '32'),
])

/** `config` of a host. */
export function hostConfig(spec: HostSpec, host: MoRef, volumes: readonly VolumeSpec[]): HostConfigInfo {
  const network = hostNetworkInfo(spec)
  const device = storageDevice(spec, volumes)
  const nicManager = virtualNicManagerInfo(network, spec.vsan !== undefined)
  const local = volumes.find(volume => volume.local)
  const config: HostConfigInfo = {
    host,
    product: hostAbout(spec.product),
    deploymentInfo: deployment,
    hyperThread: spec.cpu.threads > 1 ? hyperThreadOn : hyperThreadOff,
    storageDevice: device,
    multipathState: multipathState(device),
    fileSystemVolume: fileSystemVolume(volumes),
    systemFile: emptyList,
    network,
    vmotion: Object.freeze({
      netConfig: Object.freeze({
        candidateVnic: nicManager.netConfig!.find(item => item.nicType === 'vmotion')!.candidateVnic!,
        selectedVnic: network.vnic![0]!.key,
      }),
      ipConfig: network.vnic![0]!.spec.ip!,
    }),
    virtualNicManagerInfo: nicManager,
    capabilities: netCapabilities,
    datastoreCapabilities,
    offloadCapabilities: netOffload,
    service: spec.managedBy === undefined ? unmanagedHostServices : hostServices,
    firewall: firewallInfo(spec.product.apiVersion),
    autoStart,
    option: hostOptions,
    optionDef: hostOptionDefs,
    datastorePrincipal: 'root',
    systemSwapConfiguration: swapConfiguration,
    systemResources,
    dateTimeInfo,
    flags: flags,
    adminDisabled: false,
    lockdownMode: 'lockdownDisabled',
    ipmi,
    sslThumbprintData: emptyList,
    certificate: emptyList,
    pciPassthruInfo: emptyList,
    authenticationManagerInfo: authenticationInfo,
    powerSystemCapability: powerCapability,
    powerSystemInfo: powerInfo,
    cacheConfigurationInfo: emptyList,
    wakeOnLanCapable: false,
    featureCapability,
    maskedFeatureCapability: featureCapability,
    domainList: emptyList,
    graphicsInfo: emptyList,
    sharedPassthruGpuTypes: emptyList,
    graphicsConfig,
    ioFilterInfo: emptyList,
  }
  if (spec.vsan !== undefined) config.vsanHostConfig = vsanHostConfig(spec, host)
  if (local !== undefined) {
    config.activeDiagnosticPartition = Object.freeze({
      storageType: 'directAttached', diagnosticType: 'singleHost', slots: 1,
      id: Object.freeze({ diskName: local.disk, partition: 7 }),
    })
  }
  return Object.freeze(config)
}

const deployment = deepFreeze({ bootedFromStatelessCache: false })
const hyperThreadOn = deepFreeze({ available: true, active: true, config: true })
const hyperThreadOff = deepFreeze({ available: false, active: false, config: false })
export const datastoreCapabilities = deepFreeze({
  nfsMountCreationRequired: true, nfsMountCreationSupported: true, localDatastoreSupported: false,
  vmfsExtentExpansionSupported: true,
})
const swapConfiguration = deepFreeze({
  option: [
    typed('HostSystemSwapConfigurationDisabledOption', { key: 0 }),
  ],
})
const flags = deepFreeze({ backgroundSnapshotsEnabled: false })
const ipmi = deepFreeze({ bmcIpAddress: '', bmcMacAddress: '', login: '' })
export const graphicsConfig = deepFreeze({
  hostDefaultGraphicsType: 'shared', sharedPassthruAssignmentPolicy: 'performance', deviceType: emptyList,
})
