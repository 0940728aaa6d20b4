import { serviceKind, type ServiceKind } from '../../physics/appliance/service-table.js'
import { restartService, serviceHealth, startService, stopService } from '../../physics/appliance/services.js'
import type { StartRefusal } from '../../physics/appliance/signals.js'
import { applianceOf, updateAppliance, type Service, type StartupType } from '../../physics/appliance/state.js'
import { databaseDelayMs } from '../../services/injected.js'
import { change, inside, mapOf, wrongInput, type Operation, type VapiCall } from '../operation.js'
import { VapiFault } from '../vapi-error.js'

function services(call: VapiCall): Readonly<Record<string, Service>> {
  return applianceOf(call.world, call.node.name)!.services
}

/** The service of the path; names of `service-control` are understood as well. @throws VapiFault */
function named(call: VapiCall, vmonOnly: boolean): ServiceKind {
  const name = call.params['service']!
  const kind = serviceKind(name)
  if (kind === undefined || services(call)[kind.id] === undefined || (vmonOnly && !kind.vmon)) {
    throw new VapiFault('not_found', 'com.vmware.appliance.services.not_found', `There is no service ${name}.`)
  }
  return kind
}

/** `vmon.service.info`: without health while it does not run, as the product leaves it out. */
function vmonInfo(call: VapiCall, id: string): unknown {
  const { state, startup } = services(call)[id]!
  const info = {
    name_key: `cis.${id}.ServiceName`, description_key: `cis.${id}.ServiceDescription`,
    startup_type: startup, state,
  }
  const health = serviceHealth(call.world, call.node.name, id)
  if (health === undefined) return info
  const slow = id === 'vpxd' && databaseDelayMs(call.world, call.node.name) > 0
  const database = slow ? 'YELLOW' : 'GREEN'
  const health_messages = id !== 'vpxd' ? [] : [
    message('{0} health is {1}', ['vCenter Server', 'GREEN']),
    message('{0} health is {1}', ['VirtualCenter Database', database]),
  ]
  return { ...info, health: slow ? 'HEALTHY_WITH_WARNINGS' : health, health_messages }
}

function message(default_message: string, args: readonly string[]): object {
  return { id: 'vc.health.statuscode', default_message, args }
}

function info(call: VapiCall, kind: ServiceKind): unknown {
  return { description: kind.description, state: services(call)[kind.id]!.state }
}

function allInfos(call: VapiCall): unknown {
  return mapOf(call.dialect, Object.fromEntries(
    Object.keys(services(call)).map(id => [id, info(call, serviceKind(id)!)])))
}

function allVmonInfos(call: VapiCall): unknown {
  const ids = Object.keys(services(call)).filter(id => serviceKind(id)!.vmon).sort()
  return mapOf(call.dialect, Object.fromEntries(ids.map(id => [id, vmonInfo(call, id)])))
}

function start(call: VapiCall, kind: ServiceKind): void {
  const refusal = change(call, 'appliance.services.start', tx => startService(tx, call.node.name, kind))
  if (refusal !== undefined) throw notStarted(kind, refusal)
}

function notStarted(kind: ServiceKind, refusal: StartRefusal): VapiFault {
  const id = 'com.vmware.appliance.services.start.failed'
  if (refusal.why === 'disabled') {
    return new VapiFault('not_allowed_in_current_state', id, `Service ${kind.id} is disabled.`)
  }
  const why = refusal.why === 'disk'
    ? `file system ${refusal.mount} is ${Math.floor(refusal.percent)}% full`
    : `service ${refusal.why === 'requires' ? refusal.service : 'vmon'} does not run`
  return new VapiFault('error', id, `Service ${kind.id} did not start: ${why}.`)
}

function stop(call: VapiCall, kind: ServiceKind): void {
  change(call, 'appliance.services.stop', tx => stopService(tx, call.node.name, kind))
}

/** Stops what runs, and starts it as soon as it has stopped. */
function restart(call: VapiCall, kind: ServiceKind): void {
  const refusal = change(call, 'appliance.services.restart', tx => restartService(tx, call.node.name, kind))
  if (refusal !== undefined) throw notStarted(kind, refusal)
}

const startupTypes: readonly string[] = ['AUTOMATIC', 'MANUAL', 'DISABLED']

/** Below /rest the field comes in a `spec`. */
function update(call: VapiCall): void {
  const kind = named(call, true)
  const spec = inside(call, 'spec').body as Record<string, unknown>
  const type = spec['startup_type']
  if (type === undefined) return
  if (typeof type !== 'string' || !startupTypes.includes(type)) throw wrongInput('startup_type', startupTypes.join(', '))
  change(call, 'appliance.services.update', tx => updateAppliance(tx, call.node.name, inner => {
    inner.services[kind.id]!.startup = type as StartupType
  }))
}

function actions(path: string, vmonOnly: boolean): Operation[] {
  return Object.entries({ start, stop, restart }).map(([action, run]): Operation => ({
    method: 'POST', path: `${path}/{service}`, action, run: call => run(call, named(call, vmonOnly)),
  }))
}

/**
 * Services of the appliance in the two places of the API: `appliance/services` with description
 * and state, and vmon's own with start-up and health, which is `vcenter/services` too. The first
 * of the real product leaves out what vmon runs; here it has everything.
 */
export const serviceOperations: readonly Operation[] = [
  { method: 'GET', path: '/appliance/services', run: allInfos },
  { method: 'GET', path: '/appliance/services/{service}', run: call => info(call, named(call, false)) },
  ...actions('/appliance/services', false),
  ...['/appliance/vmon/service', '/vcenter/services'].flatMap((path): Operation[] => [
    { method: 'GET', path, run: allVmonInfos },
    { method: 'GET', path: `${path}/{service}`, run: call => vmonInfo(call, named(call, true).id) },
    { method: 'PATCH', path: `${path}/{service}`, run: update },
    ...actions(path, true),
  ]),
]
