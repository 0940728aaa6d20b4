/** The flags of govmomi's vcsim, and what becomes of them (peer-measured.md part 1). */
import { existsSync, readFileSync } from 'node:fs'
import type { PeerModel } from '../../../emulator/main.js'
import { CliError, EXIT } from '../io.js'
import type { GoFlag, ParsedFlags } from './go-flags.js'

const flag = (kind: GoFlag['kind'], value: string, help: string): GoFlag => ({ kind, default: value, help })

export const vcsimFlags: Readonly<Record<string, GoFlag>> = {
  l: flag('string', '127.0.0.1:8989', 'Listen address for vCenter or ESXi'),
  E: flag('string', '-', 'Output vCenter variables to the given fifo or stdout'),
  esx: flag('bool', 'false', 'Simulate standalone ESXi'),
  dc: flag('int', '1', 'Number of datacenters'),
  cluster: flag('int', '1', 'Number of clusters per datacenter'),
  host: flag('int', '3', 'Number of hosts per cluster'),
  'standalone-host': flag('int', '1', 'Number of standalone hosts per datacenter'),
  ds: flag('int', '1', 'Number of datastores'),
  vm: flag('int', '2', 'Number of virtual machines per resource pool'),
  pool: flag('int', '0', 'Number of resource pools per compute resource'),
  app: flag('int', '0', 'Number of virtual apps per compute resource'),
  folder: flag('int', '0', 'Number of folders'),
  pod: flag('int', '0', 'Number of storage pods per datacenter'),
  pg: flag('int', '1', 'Number of port groups'),
  'pg-nsx': flag('int', '0', 'Number of NSX backed port groups'),
  nsx: flag('int', '0', 'Number of NSX backed opaque networks'),
  autostart: flag('bool', 'true', 'Autostart model created VMs'),
  'api-version': flag('string', '', 'API version'),
  username: flag('string', '', 'Login username for vCenter or ESXi (any if empty)'),
  password: flag('string', '', 'Login password for vCenter or ESXi (any if empty)'),
  tls: flag('bool', 'true', 'Enable TLS'),
  tlscert: flag('string', '', 'Path to TLS certificate file'),
  tlskey: flag('string', '', 'Path to TLS key file'),
  tunnel: flag('int', '-1', 'SDK tunnel port'),
  delay: flag('int', '0', 'Method response delay in milliseconds'),
  'method-delay': flag('string', '', 'Delay per method on the form "method1:delay1,method2:delay2..."'),
  'delay-jitter': flag('float', '0', 'Delay jitter coefficient of variation (tip: 0.5 is a good starting value)'),
  load: flag('string', '', 'Load model from directory'),
  lookup: flag('bool', 'false', 'Enable lookup service'),
  stdinexit: flag('bool', 'false', 'Press any key to exit'),
  trace: flag('bool', 'false', 'Trace SOAP to the default tracefile'),
  'trace-file': flag('string', '', 'Trace SOAP to the given file'),
}

/** Flags whose work is not there yet. Given with another value than the default they are an error. */
const NOT_YET: Readonly<Record<string, string>> = {
  load: 'a saved model cannot be loaded yet',
  tunnel: 'the SDK tunnel is not emulated yet',
  trace: 'name a file with -trace-file',
}

/** @throws CliError when a flag is given that is not emulated */
export function refuseWhatIsNotThere(parsed: ParsedFlags): void {
  for (const [name, why] of Object.entries(NOT_YET)) {
    if (parsed.given.has(name) && parsed.values[name] !== vcsimFlags[name]!.default) {
      throw new CliError(`-${name}: ${why}`)
    }
  }
}

/**
 * The model and manners that the flags describe.
 * @param random draws in [0, 1), for the jitter of delays
 * @throws CliError for a number out of range or a file that cannot be read
 */
export function peerModel(
  parsed: ParsedFlags,
  env: Readonly<Record<string, string | undefined>>,
  random: () => number,
): PeerModel {
  const text = (name: string): string => parsed.values[name]!
  const count = (name: string): number => {
    const value = Number(text(name))
    if (value < 0 || value > 100000) throw new CliError(`-${name} ${value}: out of range`, EXIT.usage)
    return value
  }
  return {
    esx: text('esx') === 'true',
    datacenters: count('dc'),
    clusters: count('cluster'),
    hosts: count('host'),
    standaloneHosts: count('standalone-host'),
    datastores: count('ds'),
    vms: count('vm'),
    pools: count('pool'),
    apps: count('app'),
    folders: count('folder'),
    pods: count('pod'),
    portgroups: count('pg'),
    nsxPortgroups: count('pg-nsx'),
    opaqueNetworks: count('nsx'),
    autostart: text('autostart') === 'true',
    apiVersion: text('api-version') === '' ? undefined : text('api-version'),
    login: loginOf(text('username'), text('password')),
    secureCookies: env['VCSIM_SECURE_COOKIES'] === 'true',
    uniqueHostPorts: env['VCSIM_HOST_PORT_UNIQUE'] === 'true',
    identity: identityOf(text('tlscert'), text('tlskey')),
    delayMs: delays(text('delay'), text('method-delay'), Number(text('delay-jitter')), random),
  }
}

/** A value that is the path of a file means what stands in it. */
function loginOf(username: string, password: string): PeerModel['login'] {
  if (username === '' && password === '') return undefined
  return { username: contentOr(username), password: contentOr(password) }
}

function contentOr(value: string): string {
  return value !== '' && existsSync(value) ? readText(value).replace(/\r?\n$/, '') : value
}

function identityOf(cert: string, key: string): PeerModel['identity'] {
  if (cert === '' && key === '') return undefined
  if (cert === '' || key === '') throw new CliError('-tlscert and -tlskey go together', EXIT.usage)
  return { cert: readText(cert), key: readText(key) }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new CliError(`${file}: ${(error as Error).message}`)
  }
}

/** Delay by method: the common one plus the method's own, spread by the jitter's normal deviate. */
function delays(
  common: string,
  byMethod: string,
  jitter: number,
  random: () => number,
): (method: string) => number {
  const own = new Map(byMethod.split(',').filter(item => item !== '').map(item => {
    const [method = '', ms = ''] = item.split(':')
    if (!/^\d+$/.test(ms)) throw new CliError(`-method-delay ${item}: write method:milliseconds`, EXIT.usage)
    return [method, Number(ms)] as const
  }))
  return method => {
    const base = Number(common) + (own.get(method) ?? 0)
    if (base === 0 || jitter === 0) return base
    return Math.max(0, base * (1 + jitter * deviate(random)))
  }
}

/** A normal deviate from two uniform ones (Box and Muller). */
function deviate(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}
