import type { Reader } from '../../world/records.js'
import { HOST_OPTIONS, nodeOption } from '../../physics/options.js'
import { nodeInfo, type NodeInfo } from '../nodes.js'

/** What a node allows its sessions. */
export interface SessionLimits {
  /** Idle time after which a session ends; 0: never. */
  readonly timeoutMs: number
  /** Sessions at a time; 0: no limit. */
  readonly maxSessions: number
}

/** Option keys and defaults by kind of node (protocols.md 4.3, network-security.md 12.3). */
const sources = {
  vcenter: {
    optionManagers: ['VpxSettings'], prefix: 'config.vmacore.soap', minutes: 30, count: 3000,
  },
  esxi: {
    optionManagers: [HOST_OPTIONS, 'HostAgentSettings'],
    prefix: 'Config.HostAgent.vmacore.soap', minutes: 30, count: 500,
  },
} as const

/** The limits of a node, from its options where they are set. */
export function sessionLimits(reader: Reader, node: string): SessionLimits {
  const info = nodeInfo(reader, node)
  if (info === undefined) return { timeoutMs: 0, maxSessions: 0 }
  const { prefix, minutes, count } = sources[info.kind]
  return {
    timeoutMs: 60000 * option(reader, info, `${prefix}.sessionTimeout`, minutes),
    maxSessions: option(reader, info, `${prefix}.maxSessionCount`, defaultCount(info, count)),
  }
}

/** 2000 before 8.0 U3 on vCenter, 3000 from then on. */
function defaultCount(info: NodeInfo, count: number): number {
  if (info.kind === 'esxi') return count
  const parts = info.product.version.split('.').map(Number)
  const [major = 0, minor = 0, update = 0] = parts
  return major > 8 || (major === 8 && (minor > 0 || update >= 3)) ? count : 2000
}

/** An option that both managers of a host show may be changed through either: the changed one. */
function option(reader: Reader, info: NodeInfo, key: string, otherwise: number): number {
  const values = sources[info.kind].optionManagers
    .map(id => nodeOption(reader, info.name, id, key))
    .filter(value => value !== undefined && value >= 0)
  return values.find(value => value !== otherwise) ?? otherwise
}
