import type { HostService, HostServiceInfo, HostSystemProps } from '../../schema/generated/types.js'
import type { Reader } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { changeRuleset, firewallOf, loadFirewall } from '../network/firewall.js'
import './agents.js'

/** Why a service of a host started or stopped: somebody asked, its ports, the host's boot, the agent itself, its time was over. */
export type ServiceWhy = 'user' | 'ports' | 'boot' | 'agent' | 'timeOut'

/** The services that let people in at a shell: by SSH, and at the host's own screen. */
export const SSH_SERVICE = 'TSM-SSH'
export const SHELL_SERVICE = 'TSM'

declare module '../../world/signals.js' {
  interface SignalMap {
    /** A service of a host (`TSM-SSH`, `ntpd`, …) runs now, or does not run any more. */
    'service.changed': {
      readonly host: string, readonly service: string, readonly running: boolean, readonly why: ServiceWhy
    }
  }
}

/** A service of a host by its key; undefined when the host has none of that key. */
export function serviceOf(reader: Reader, host: string, key: string): HostService | undefined {
  return servicesOf(reader, host)?.service?.find(each => each.key === key)
}

/**
 * Starts or stops a service; nothing happens when it is so already. vpxa is an agent of the machine
 * room (agents.ts) and ends and begins there. Rulesets of the service that users cannot switch
 * themselves open and close with it (network-security.md 13).
 */
export function runService(tx: Transaction, host: string, key: string, running: boolean, why: ServiceWhy): void {
  const service = serviceOf(tx, host, key)
  if (service === undefined || service.running === running) return
  changeService(tx, host, key, known => ({ ...known, running }))
  if (key === VPXA && why === 'user') {
    tx.emit('agent.changed', { host, agent: 'vpxa', state: running ? 'running' : 'stopped' })
  }
  if (why === 'user' || running) for (const ruleset of service.ruleset ?? []) followService(tx, host, ruleset, running)
  tx.emit('service.changed', { host, service: key, running, why })
}

/** Ends a service that runs and begins it again; its ports stay as they are. */
export function restartService(tx: Transaction, host: string, key: string): void {
  for (const running of [false, true]) {
    if (key === VPXA) tx.emit('agent.changed', { host, agent: VPXA, state: running ? 'running' : 'stopped' })
    else tx.emit('service.changed', { host, service: key, running, why: 'user' })
  }
}

/** How a service starts: `on` with the host, `automatic` while a port of it is open, `off` by hand. */
export function setServicePolicy(tx: Transaction, host: string, key: string, policy: string): void {
  if (serviceOf(tx, host, key)?.policy !== policy) changeService(tx, host, key, known => ({ ...known, policy }))
}

/** Takes a service off a host for good. */
export function removeService(tx: Transaction, host: string, key: string): void {
  const info = servicesOf(tx, host)
  if (info !== undefined) setServices(tx, host, { service: info.service?.filter(each => each.key !== key) ?? [] })
}

/** Services begin as their policy says when a host has booted, and follow their ports where it says so. */
export function reactToHostServices(world: World): void {
  world.on('hardware.booted', (tx, { node }) => {
    loadFirewall(tx, node, true)
    for (const { key, policy, ruleset } of servicesOf(tx, node)?.service ?? []) {
      runService(tx, node, key, policy === 'on' || (policy === 'automatic' && anyOpen(tx, node, ruleset)), 'boot')
    }
  })
  world.on('firewall.changed', (tx, { host, ruleset }) => {
    if (ruleset === undefined) return
    for (const { key, policy, ruleset: own } of servicesOf(tx, host)?.service ?? []) {
      if (policy !== 'automatic' || own?.includes(ruleset) !== true) continue
      runService(tx, host, key, anyOpen(tx, host, own), 'ports')
    }
  })
  world.on('agent.changed', (tx, { host, agent, state }) => {
    if (agent === VPXA && state !== 'hung') runService(tx, host, VPXA, state === 'running', 'agent')
  })
}

const VPXA = 'vpxa'

function followService(tx: Transaction, host: string, ruleset: string, enabled: boolean): void {
  changeRuleset(tx, host, ruleset, known =>
    known.userControllable === true || known.enabled === enabled ? known : { ...known, enabled })
}

function anyOpen(reader: Reader, host: string, keys: readonly string[] | undefined): boolean {
  return firewallOf(reader, host)?.ruleset?.some(each => each.enabled && keys?.includes(each.key) === true) === true
}

function servicesOf(reader: Reader, host: string): HostServiceInfo | undefined {
  return reader.get<HostSystemProps>(host, 'ha-host')?.props.config?.service
}

function changeService(tx: Transaction, host: string, key: string, change: (service: HostService) => HostService): void {
  const info = servicesOf(tx, host)
  if (info === undefined) return
  setServices(tx, host, { ...info, service: info.service?.map(each => each.key === key ? change(each) : each) ?? [] })
}

function setServices(tx: Transaction, host: string, service: HostServiceInfo): void {
  const slot = tx.find(host, 'ha-host')!
  const record = tx.read<HostSystemProps>(slot)!
  tx.replace(slot, { props: { ...record.props, config: { ...record.props.config!, service } }, inner: record.inner } as never)
}
