import type { ClusterConfigInfoEx } from '../../schema/generated/types.js'

/** The advanced HA options with their defaults (availability.md 1.11). Names say the units. */
export interface DasOptions {
  /** `das.isolationaddress`, `das.isolationaddress0` to `9`, in that order. */
  readonly isolationAddresses: readonly string[]
  readonly useDefaultIsolationAddress: boolean
  readonly isolationShutdownTimeoutSec: number
  /** Never less than 30. */
  readonly isolationPolicyDelaySec: number
  readonly heartbeatDsPerHost: number
  readonly ignoreInsufficientHbDatastore: boolean
  readonly ignoreRedundantNetWarning: boolean
  /** Restarts of a VM in all, the first included. */
  readonly maxVmRestartCount: number
  readonly perHostConcurrentFailoversLimit: number
  readonly respectVmVmAntiAffinityRules: boolean
  readonly respectVmHostSoftAffinityRules: boolean
  /** Upper bound of the CPU part of a slot; undefined: none. */
  readonly slotCpuMhz: number | undefined
  readonly slotMemoryMb: number | undefined
  readonly vmCpuMinMhz: number
  readonly vmMemoryMinMb: number
  /** 0: VM monitoring does not look at I/O. */
  readonly ioStatsIntervalSec: number
  readonly maskCleanShutdown: boolean
  readonly hostTimeoutSec: number
  readonly deadIcmpPingIntervalSec: number
  readonly icmpPingTimeoutSec: number
  readonly stateLogIntervalSec: number
  /** `das.config.log.level`, as given; undefined: the agents' own. */
  readonly logLevel: string | undefined
  readonly maxMasterEvents: number
  readonly maxSlaveEvents: number
  readonly ftCleanupTimeoutSec: number
  readonly storageVmotionCleanupTimeoutSec: number
  readonly unknownStateMonitorPeriodSec: number
  readonly maxFtVmsPerHost: number
  readonly maxFtVcpusPerHost: number
}

/** Options that were read already, by the frozen part of a configuration that holds them. */
const known = new WeakMap<object, DasOptions>()

/** Reads a cluster's `dasConfig.option`; what is no number or no boolean counts as not given. */
export function dasOptionsOf(config: ClusterConfigInfoEx): DasOptions {
  let options = known.get(config.dasConfig)
  if (options === undefined) known.set(config.dasConfig, options = readOptions(config))
  return options
}

function readOptions(config: ClusterConfigInfoEx): DasOptions {
  const values = new Map<string, string>()
  for (const { key, value } of config.dasConfig.option ?? []) {
    values.set(key.toLowerCase(), String(value ?? '').trim())
  }
  const number = (key: string, fallback: number, least = 0): number =>
    Math.max(least, wholeNumber(values.get(key)) ?? fallback)
  const flag = (key: string, fallback: boolean): boolean => boolean(values.get(key)) ?? fallback
  return {
    isolationAddresses: isolationAddresses(values),
    useDefaultIsolationAddress: flag('das.usedefaultisolationaddress', true),
    isolationShutdownTimeoutSec: number('das.isolationshutdowntimeout', 300),
    isolationPolicyDelaySec: number('das.config.fdm.isolationpolicydelaysec', 30, 30),
    heartbeatDsPerHost: Math.min(5, number('das.heartbeatdsperhost', 2, 2)),
    ignoreInsufficientHbDatastore: flag('das.ignoreinsufficienthbdatastore', false),
    ignoreRedundantNetWarning: flag('das.ignoreredundantnetwarning', false),
    maxVmRestartCount: number('das.maxvmrestartcount', 5),
    perHostConcurrentFailoversLimit: number('das.perhostconcurrentfailoverslimit', 32, 1),
    respectVmVmAntiAffinityRules: flag('das.respectvmvmantiaffinityrules', false),
    respectVmHostSoftAffinityRules: flag('das.respectvmhostsoftaffinityrules', false),
    slotCpuMhz: wholeNumber(values.get('das.slotcpuinmhz')),
    slotMemoryMb: wholeNumber(values.get('das.slotmeminmb')),
    vmCpuMinMhz: number('das.vmcpuminmhz', 32),
    vmMemoryMinMb: number('das.vmmemoryminmb', 0),
    ioStatsIntervalSec: number('das.iostatsinterval', 120),
    maskCleanShutdown: flag('das.maskcleanshutdownenabled', true),
    hostTimeoutSec: number('das.config.fdm.hosttimeout', 10, 1),
    deadIcmpPingIntervalSec: number('das.config.fdm.deadicmppinginterval', 10, 1),
    icmpPingTimeoutSec: number('das.config.fdm.icmppingtimeout', 5, 1),
    logLevel: values.get('das.config.log.level')?.toLowerCase(),
    stateLogIntervalSec: number('das.config.fdm.stateloginterval', 600, 1),
    maxMasterEvents: number('das.config.fdm.event.maxmasterevents', 1000),
    maxSlaveEvents: number('das.config.fdm.event.maxslaveevents', 600),
    ftCleanupTimeoutSec: number('das.config.fdm.ft.cleanuptimeout', 900),
    storageVmotionCleanupTimeoutSec: number('das.config.fdm.storagevmotioncleanuptimeout', 900),
    unknownStateMonitorPeriodSec: number('das.config.fdm.policy.unknownstatemonitorperiod', 10),
    maxFtVmsPerHost: number('das.maxftvmsperhost', 4),
    maxFtVcpusPerHost: number('das.maxftvcpusperhost', 8),
  }
}

/** Options whose values are whole numbers, with the range that the product takes. */
export const numberOptions: ReadonlyMap<string, readonly [least: number, most: number]> = new Map([
  ['das.heartbeatdsperhost', [2, 5] as const],
])

/** A whole number of a text; undefined for anything else. */
export function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined
}

function boolean(text: string | undefined): boolean | undefined {
  const low = text?.toLowerCase()
  return low === 'true' || low === '1' ? true : low === 'false' || low === '0' ? false : undefined
}

function isolationAddresses(values: ReadonlyMap<string, string>): string[] {
  const keys = ['', ...Array.from({ length: 10 }, (_, n) => String(n))]
  const found = keys.map(suffix => values.get(`das.isolationaddress${suffix}`)).filter(text => !!text)
  return found as string[]
}
