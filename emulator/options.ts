/**
 * Every setting once: name, flag, environment variable, default, help line and how its text is
 * read. The help of the command and the documentation table are made from this.
 */
import { homedir, networkInterfaces } from 'node:os'
import { join } from 'node:path'

/** A setting that cannot be read; names the flag and what it takes. */
export class OptionError extends Error {}

/** How the doors find their ports, see `doors/ports.ts`. */
export type PortMode = 'real' | 'high' | 'auto' | 'free' | 'fixed'

/** A wish for the clock; `factor` only for `scaled`. */
export interface ClockWish {
  readonly mode: 'real' | 'scaled' | 'manual'
  readonly factor: number | undefined
}

/**
 * `real`, `scaled:N`, `manual`, `pause` (the same as manual: time stands until it is advanced).
 * @throws OptionError for anything else
 */
export function parseClock(wish: string): ClockWish {
  if (wish === 'real') return { mode: 'real', factor: undefined }
  if (wish === 'manual' || wish === 'pause') return { mode: 'manual', factor: undefined }
  const factor = /^scaled:(\d+(?:\.\d+)?)$/.exec(wish)?.[1]
  if (factor !== undefined && Number(factor) > 0) return { mode: 'scaled', factor: Number(factor) }
  throw new OptionError(`'${wish}' is no clock: write real, scaled:N, manual or pause`)
}

/**
 * `ADDR`, `ADDR:PORT`, `:PORT`, `[::1]:PORT`.
 * @throws OptionError for anything else
 */
export function parseListen(wish: string): { address: string, port: number | undefined } {
  const found = /^(\[[0-9a-fA-F:.]+\]|[^:[\]]*)(?::(\d{1,5}))?$/.exec(wish)
  const port = found?.[2] === undefined ? undefined : Number(found[2])
  if (found === null || (port ?? 0) > 65535) throw new OptionError('write an address, or address:port')
  const address = found[1]!.replace(/^\[|\]$/g, '')
  return { address: address === '' ? '0.0.0.0' : address, port }
}

export interface Setting<T> {
  /** `--seed`. */
  readonly flag: string
  /** `-e`; only where the long flag cannot always be used. */
  readonly short?: string
  /** Name of the value in the help; undefined: a switch without a value. */
  readonly argument: string | undefined
  /** Environment variable that gives the value when the flag does not. */
  readonly variable: string
  /** As it would be written. */
  readonly default: string
  readonly help: string
  readonly parse: (text: string) => T
}

const text = (value: string): string => value
const optional = (value: string): string | undefined => value === '' ? undefined : value

function oneOf<T extends string>(...values: readonly T[]): (value: string) => T {
  return value => {
    const found = values.find(each => each === value)
    if (found === undefined) throw new OptionError(`one of ${values.join(', ')}`)
    return found
  }
}

function yesNo(value: string): boolean {
  if (/^(true|1|yes|on)$/i.test(value)) return true
  if (/^(false|0|no|off|)$/i.test(value)) return false
  throw new OptionError('true or false')
}

function number(value: string): number {
  const read = Number(value)
  if (value === '' || !Number.isFinite(read) || read < 0) throw new OptionError('a number, 0 or more')
  return read
}

export const settings = {
  lab: {
    flag: '--lab', argument: 'name or file', variable: 'FAUXSPHERE_LAB', default: 'small',
    help: 'small, cluster, standalone, big:N, or a lab file', parse: text,
  },
  seed: {
    flag: '--seed', argument: 'N', variable: 'FAUXSPHERE_SEED', default: '1',
    help: 'seed of every chance: equal seeds and inputs give equal labs', parse: text,
  },
  clock: {
    flag: '--clock', argument: 'mode', variable: 'FAUXSPHERE_CLOCK', default: 'real',
    help: 'real, scaled:N or manual', parse: parseClock,
  },
  ports: {
    flag: '--ports', argument: 'mode', variable: 'FAUXSPHERE_PORTS', default: 'auto',
    help: 'real, high, free, or auto: real where allowed, else high',
    parse: oneOf<PortMode>('auto', 'real', 'high', 'free', 'fixed'),
  },
  listen: {
    flag: '--listen', argument: 'addr[:port]', variable: 'FAUXSPHERE_LISTEN', default: '',
    help: 'address for the doors instead of loopback; with a port: one door there',
    parse: (value: string): string | undefined => {
      if (value !== '') parseListen(value)
      return optional(value)
    },
  },
  controlListen: {
    flag: '--control-listen', argument: 'addr:port', variable: 'FAUXSPHERE_CONTROL_LISTEN',
    default: '127.0.0.1:8979', help: 'address of the control API; port 0 takes a free one',
    parse: parseListen,
  },
  durations: {
    flag: '--durations', argument: 'kind', variable: 'FAUXSPHERE_DURATIONS', default: 'realistic',
    help: 'realistic or instant: how long tasks take on the lab clock',
    parse: oneOf('realistic', 'instant'),
  },
  ticketLife: {
    flag: '--ticket-life', argument: 'seconds', variable: 'FAUXSPHERE_TICKET_LIFE', default: '',
    help: 'life of console tickets on the lab clock; default 30, of web consoles 120',
    parse: (value: string): number | undefined => value === '' ? undefined : number(value),
  },
  anyLogin: {
    flag: '--any-login', argument: undefined, variable: 'FAUXSPHERE_ANY_LOGIN', default: 'false',
    help: 'let any user with any password log in', parse: yesNo,
  },
  strict: {
    flag: '--strict', argument: undefined, variable: 'FAUXSPHERE_STRICT', default: 'false',
    help: 'answer arguments that would be ignored with a MethodFault', parse: yesNo,
  },
  keyType: {
    flag: '--key-type', argument: 'type', variable: 'FAUXSPHERE_KEY_TYPE', default: 'p256',
    help: 'p256, rsa2048 or rsa3072: keys of the certificates',
    parse: oneOf('p256', 'rsa2048', 'rsa3072'),
  },
  trust: {
    flag: '--trust', argument: 'file', variable: 'FAUXSPHERE_TRUST', default: '',
    help: 'PEM file of further authorities that nodes trust, such as that of a log host', parse: optional,
  },
  tls: {
    flag: '--tls', argument: 'true or false', variable: 'FAUXSPHERE_TLS', default: 'true',
    help: 'false serves the API without TLS', parse: yesNo,
  },
  gzipAbove: {
    flag: '--gzip-above', argument: 'bytes', variable: 'FAUXSPHERE_GZIP_ABOVE', default: '65536',
    help: 'compress longer answers for clients that ask; 0 never does',
    parse: (value: string): number => number(value) === 0 ? Infinity : number(value),
  },
  cache: {
    flag: '--cache', argument: 'folder', variable: 'FAUXSPHERE_CACHE', default: '',
    help: 'folder for certificates and the list of running labs', parse: optional,
  },
  traceFile: {
    flag: '--trace-file', argument: 'file', variable: 'FAUXSPHERE_TRACE_FILE', default: '',
    help: 'write every request and answer there, passwords included', parse: optional,
  },
  envFile: {
    // `node FILE --env-file F` is taken by Node 20 for itself, hence the short form.
    flag: '--env-file', short: '-e', argument: 'file', variable: 'FAUXSPHERE_ENV_FILE', default: '',
    help: 'write the clients\' environment variables there', parse: optional,
  },
  json: {
    flag: '--json', argument: undefined, variable: 'FAUXSPHERE_JSON', default: 'false',
    help: 'print one line of JSON when every door is open', parse: yesNo,
  },
} as const satisfies Readonly<Record<string, Setting<unknown>>>

export type SettingName = keyof typeof settings
/** Settings as the program wants them. */
export type Settings = { readonly [K in SettingName]: ReturnType<(typeof settings)[K]['parse']> }
/** Settings as given on the command line. */
export type GivenSettings = { readonly [K in SettingName]?: string | boolean | undefined }

/**
 * Settings from flags, else from the environment, else the defaults.
 * @throws OptionError naming the flag or variable and what it takes
 */
export function readSettings(
  given: GivenSettings,
  env: Readonly<Record<string, string | undefined>>,
): Settings {
  const names = Object.keys(settings) as SettingName[]
  return Object.fromEntries(names.map(name => [name, readOne(name, given[name], env)])) as Settings
}

function readOne(
  name: SettingName,
  given: string | boolean | undefined,
  env: Readonly<Record<string, string | undefined>>,
): unknown {
  const setting: Setting<unknown> = settings[name]
  const fromEnv = env[setting.variable]
  const value = given ?? fromEnv ?? setting.default
  try {
    return setting.parse(String(value))
  } catch (error) {
    const source = given === undefined && fromEnv !== undefined ? setting.variable : setting.flag
    throw new OptionError(`${source} ${String(value)}: ${(error as Error).message}`)
  }
}

/** The folder for what is kept between starts: the setting, else XDG's, else `~/.cache`. */
export function cacheFolder(
  setting: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): string {
  if (setting !== undefined) return setting
  const own = env['FAUXSPHERE_CACHE']
  if (own !== undefined && own !== '') return own
  const xdg = env['XDG_CACHE_HOME']
  return join(xdg === undefined || xdg === '' ? join(homedir(), '.cache') : xdg, 'fauxsphere')
}

/** An address by which other machines reach this one; loopback when there is none. */
export function outsideAddress(): string {
  for (const list of Object.values(networkInterfaces())) {
    const found = list?.find(each => each.family === 'IPv4' && !each.internal)
    if (found !== undefined) return found.address
  }
  return '127.0.0.1'
}
