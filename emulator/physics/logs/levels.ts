import type { Reader } from '../../world/records.js'
import { optionIndex } from '../options.js'
import { LOG_LEVELS, type LineLevel, type LogLevel } from './line.js'
import type { ProgramName } from './programs.js'

/** Rank of each level; the host's option also knows `quiet` and `panic`, which let nothing through. */
const ranks: ReadonlyMap<unknown, number> = new Map<unknown, number>([
  ...LOG_LEVELS.map((level, rank) => [level, rank] as const), ['quiet', 0], ['panic', 0],
])

const HOST_OPTIONS = 'ha-adv-options'
const info = ranks.get('info')!

/**
 * True if a program writes lines of a level now (operations.md 3.3). `sub` names the part of the
 * program: hostd's modules have levels of their own. Programs without a setting write what is `info`
 * and worse.
 */
export function levelWritten(
  reader: Reader, node: string, program: ProgramName, level: LineLevel, sub: string | undefined,
): boolean {
  return ranks.get(level)! <= limit(reader, node, program, sub)
}

/** The level that a program of a node is set to. */
export function levelSet(reader: Reader, node: string, program: ProgramName, sub?: string): LogLevel {
  return LOG_LEVELS[limit(reader, node, program, sub)]!
}

function limit(reader: Reader, node: string, program: ProgramName, sub: string | undefined): number {
  switch (program) {
    case 'hostd': return hostdLimit(options(reader, node, HOST_OPTIONS), sub)
    case 'vpxa': return rank(options(reader, node, HOST_OPTIONS).get('Vpx.Vpxa.config.log.level')) ?? info
    case 'vpxd': return rank(options(reader, node, 'VpxSettings').get('config.log.level')) ?? info
    default: return info
  }
}

/** A module's own level, or hostd's when that is empty. `Vimsvc.ha-eventmgr` belongs to Vimsvc. */
function hostdLimit(values: ReadonlyMap<string, unknown>, sub: string | undefined): number {
  const module = sub === undefined ? undefined : sub.split('.', 1)[0]!
  const own = module === undefined ? undefined : rank(values.get(`Config.HostAgent.level[${module}].logLevel`))
  return own ?? rank(values.get('Config.HostAgent.log.level')) ?? info
}

function rank(value: unknown): number | undefined {
  return ranks.get(value)
}

function options(reader: Reader, node: string, manager: string): ReadonlyMap<string, unknown> {
  return optionIndex(reader.get(node, manager)?.props['setting'])
}
