import type { Reader } from '../../world/records.js'
import { dasOptionsOf } from '../ha/das-options.js'
import { fdmConfig } from '../ha/fdm/agent.js'
import { HOST_OPTIONS, optionsOf } from '../options.js'
import { LOG_LEVELS, type LineLevel } from './line.js'
import type { ProgramName } from './programs.js'

/** Rank of each level; the host's option also knows `quiet` and `panic`, which let nothing through. */
const ranks: ReadonlyMap<unknown, number> = new Map<unknown, number>([
  ...LOG_LEVELS.map((level, rank) => [level, rank] as const), ['quiet', 0], ['panic', 0],
])

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

function limit(reader: Reader, node: string, program: ProgramName, sub: string | undefined): number {
  switch (program) {
    case 'hostd': return hostdLimits(optionsOf(reader, node, HOST_OPTIONS))(sub === undefined ? '' : moduleOf(sub))
    case 'vpxa': return rank(optionsOf(reader, node, HOST_OPTIONS).get('Vpx.Vpxa.config.log.level')) ?? info
    case 'vpxd': return rank(optionsOf(reader, node, 'VpxSettings').get('config.log.level')) ?? info
    // The agents act on what vCenter gave them last: so does their log.
    case 'fdm': return rank(fdmLevel(reader, node)) ?? info
    default: return info
  }
}

/** The cluster's option `das.config.log.level`, as the host's HA agent received it. */
function fdmLevel(reader: Reader, host: string): string | undefined {
  const config = fdmConfig(reader, host)?.config
  return config === undefined ? undefined : dasOptionsOf(config).logLevel
}

/** Limits by module, read once for each change of a host's options. */
const limits = new WeakMap<object, Map<string, number>>()

/** A module's own level, or hostd's when that is empty. */
function hostdLimits(values: ReadonlyMap<string, unknown>): (module: string) => number {
  let known = limits.get(values)
  if (known === undefined) limits.set(values, known = new Map())
  return module => {
    let found = known.get(module)
    if (found === undefined) {
      const own = module === '' ? undefined : rank(values.get(`Config.HostAgent.level[${module}].logLevel`))
      found = own ?? rank(values.get('Config.HostAgent.log.level')) ?? info
      known.set(module, found)
    }
    return found
  }
}

/** `Vimsvc` of `Vimsvc.ha-eventmgr`. */
function moduleOf(sub: string): string {
  const dot = sub.indexOf('.')
  return dot < 0 ? sub : sub.slice(0, dot)
}

function rank(value: unknown): number | undefined {
  return ranks.get(value)
}
