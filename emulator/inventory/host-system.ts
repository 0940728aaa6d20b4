import type {
  HostConfigManager, HostFeatureVersionInfo, HostHardwareStatusInfo, HostListSummary, HostListSummaryQuickStats,
  HostNumericSensorInfo, HostRuntimeInfo, HostSystemProps,
} from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'
import { hostCapabilityNoTpm, hostCapabilityTpm } from './data/host-capability.js'
import { emptyList } from '../physics/frozen.js'
import { deepFreeze } from '../world/freeze.js'
import { hostAbout, hostConfig, systemResources } from './host-config.js'
import { hardwareSummary, hostHardware } from './host-hardware.js'
import type { HostSpec, VolumeSpec } from './host-spec.js'
import { noEntityFacts } from './virtual-machine.js'

/** What a HostSystem refers to on the node whose record is made. */
export interface HostRefs {
  readonly self: MoRef
  readonly parent: MoRef
  readonly configManager: HostConfigManager
  readonly browser: MoRef
  readonly vm: MoRef[]
  readonly datastore: MoRef[]
  readonly network: MoRef[]
}

/** All managed properties of a HostSystem on its own node. */
export function hostSystemProps(
  spec: HostSpec, refs: HostRefs, volumes: readonly VolumeSpec[], timestamp: string,
): HostSystemProps {
  const hardware = hostHardware(spec)
  const runtime = hostRuntime(spec, timestamp)
  const config = hostConfig(spec, refs.self, volumes)
  return Object.freeze({
    ...noEntityFacts,
    parent: refs.parent,
    name: spec.hostName,
    runtime,
    summary: hostSummary(spec, refs.self, runtime, hardwareSummary(spec, hardware)),
    hardware,
    capability: spec.tpm ? hostCapabilityTpm : hostCapabilityNoTpm,
    licensableResource: licensable(spec),
    configManager: refs.configManager,
    config,
    vm: refs.vm,
    datastore: refs.datastore,
    network: refs.network,
    datastoreBrowser: refs.browser,
    systemResources,
  } satisfies HostSystemProps)
}

/** The same host as its vCenter shows it: facts shared, references exchanged by the caller. */
export function mirroredHostProps(
  host: HostSystemProps, refs: HostRefs, config: NonNullable<HostSystemProps['config']>,
): HostSystemProps {
  return Object.freeze({
    ...host,
    parent: refs.parent,
    config,
    summary: Object.freeze({ ...host.summary, host: refs.self, ...attested(host) }),
    configManager: refs.configManager,
    vm: refs.vm,
    datastore: refs.datastore,
    network: refs.network,
    datastoreBrowser: refs.browser,
  } satisfies HostSystemProps)
}

/** What vCenter found when it asked the host's TPM at the connection; nothing without one. */
function attested(host: HostSystemProps): Pick<HostSystemProps['summary'], 'tpmAttestation'> {
  const { bootTime } = host.runtime
  if (host.capability?.tpmSupported !== true || bootTime === undefined) return {}
  return { tpmAttestation: Object.freeze({ time: bootTime, status: 'accepted' }) }
}

const licensables = new Map<string, HostSystemProps['licensableResource']>()

function licensable(spec: HostSpec): HostSystemProps['licensableResource'] {
  const key = `${spec.cpu.sockets} ${spec.cpu.cores} ${spec.memoryBytes}`
  let info = licensables.get(key)
  if (info === undefined) {
    info = deepFreeze({
      resource: [
        { key: 'numCpuPackages', value: long(spec.cpu.sockets) },
        { key: 'numCpuCores', value: long(spec.cpu.sockets * spec.cpu.cores) },
        { key: 'memorySize', value: long(spec.memoryBytes) },
        { key: 'numVmsStarted', value: long(0) },
        { key: 'numVmsStarting', value: long(0) },
      ],
    })
    licensables.set(key, info)
  }
  return info
}

function long(_value: number): { _typeName: string, _value: number } {
  return { _typeName: 'long', _value }
}

/** `runtime` of a host that is up and connected. Its health sensors are all green. */
export function hostRuntime(spec: HostSpec, timestamp: string): HostRuntimeInfo {
  return Object.freeze({
    connectionState: 'connected',
    powerState: 'poweredOn',
    standbyMode: 'none',
    inMaintenanceMode: false,
    inQuarantineMode: false,
    bootTime: spec.bootTime,
    healthSystemRuntime: healthRuntime(timestamp),
    networkRuntimeInfo,
    vFlashResourceRuntimeInfo,
    hostMaxVirtualDiskCapacity: 68169720922112,
    cryptoState: 'incapable',
    statelessNvdsMigrationReady: 'unknown',
    partialMaintenanceMode: emptyList,
    stateEncryption: spec.tpm ? encryptedState : plainState,
  } satisfies HostRuntimeInfo)
}

const networkRuntimeInfo = deepFreeze({
  netStackInstanceRuntimeInfo: ['defaultTcpipStack', 'vmotion', 'vSphereProvisioning'].map(netStackInstanceKey => ({
    netStackInstanceKey, state: 'active', ...(netStackInstanceKey === 'defaultTcpipStack' ? { vmknicKeys: ['vmk0'] } : {}),
    maxNumberOfConnections: 11000, currentIpV6Enabled: true,
  })),
})
const vFlashResourceRuntimeInfo = deepFreeze({
  usage: 0, capacity: 0, accessible: false, capacityForVmCache: 0, freeForVmCache: 0,
})
const encryptedState = deepFreeze({
  protectionMode: 'tpm', requireSecureBoot: true, requireExecInstalledOnly: false,
})
const plainState = deepFreeze({
  protectionMode: 'none', requireSecureBoot: false, requireExecInstalledOnly: false,
})

const green = deepFreeze({ label: 'Green', summary: 'Sensor is operating under normal conditions', key: 'green' })

/** Sensors: name, type, reading, exponent, unit. */
const sensors: ReadonlyArray<readonly [string, string, number, number, string]> = [
  ['System Board 1 Inlet Temp', 'temperature', 2200, -2, 'degrees C'],
  ['System Board 1 Exhaust Temp', 'temperature', 3300, -2, 'degrees C'],
  ['Processor 1 Temp', 'temperature', 4100, -2, 'degrees C'],
  ['Processor 2 Temp', 'temperature', 4000, -2, 'degrees C'],
  ['System Board 1 Fan1A', 'fan', 720000, -2, 'RPM'],
  ['System Board 1 Fan2A', 'fan', 726000, -2, 'RPM'],
  ['System Board 1 Fan3A', 'fan', 714000, -2, 'RPM'],
  ['Power Supply 1 Voltage 1', 'voltage', 23000, -2, 'Volts'],
  ['Power Supply 2 Voltage 2', 'voltage', 23000, -2, 'Volts'],
  ['System Board 1 Pwr Consumption', 'power', 21000, -2, 'Watts'],
]

const health = new Map<string, NonNullable<HostRuntimeInfo['healthSystemRuntime']>>()

/** All sensors green at a time; shared by the hosts of a lab. */
export function healthRuntime(timeStamp: string): NonNullable<HostRuntimeInfo['healthSystemRuntime']> {
  let runtime = health.get(timeStamp)
  if (runtime === undefined) {
    const status: HostHardwareStatusInfo = {
      memoryStatusInfo: [{ name: 'Memory', status: greenElement }],
      cpuStatusInfo: [{ name: 'CPU 1', status: greenElement }, { name: 'CPU 2', status: greenElement }],
      storageStatusInfo: emptyList,
    }
    runtime = deepFreeze({
      systemHealthInfo: {
        numericSensorInfo: sensors.map(([name, sensorType, currentReading, unitModifier, baseUnits], index): HostNumericSensorInfo => ({
          name, healthState: green, currentReading, unitModifier, baseUnits, sensorType,
          id: `0.${index + 1}.1.${index + 1}`, sensorNumber: index + 1, timeStamp,
        })),
      },
      hardwareStatusInfo: status,
    })
    health.set(timeStamp, runtime)
  }
  return runtime
}

const greenElement = deepFreeze({ label: 'Green', summary: 'Physical element is functioning as expected', key: 'Green' })

const quickStats: HostListSummaryQuickStats = deepFreeze({
  overallCpuUsage: 512,
  overallMemoryUsage: 4096,
  distributedCpuFairness: 0,
  distributedMemoryFairness: 0,
  availablePMemCapacity: 0,
  uptime: 86400,
})

const featureVersion: HostFeatureVersionInfo[] = deepFreeze([{ key: 'faultTolerance', value: '9.0.0-9.0.0-9.0.0' }])

function hostSummary(
  spec: HostSpec, host: MoRef, runtime: HostRuntimeInfo, hardware: HostListSummary['hardware'] & object,
): HostListSummary {
  const config: HostListSummary['config'] = {
    name: spec.hostName,
    port: 443,
    product: hostAbout(spec.product),
    vmotionEnabled: true,
    faultToleranceEnabled: false,
    featureVersion,
  }
  const summary: HostListSummary = {
    host,
    hardware,
    runtime,
    config: Object.freeze(config),
    quickStats,
    overallStatus: 'green',
    rebootRequired: false,
    maintenanceModeRequired: false,
    maxEVCModeKey: 'intel-icelake',
  }
  if (spec.managementIp !== undefined) summary.managementServerIp = spec.managementIp
  return Object.freeze(summary)
}
