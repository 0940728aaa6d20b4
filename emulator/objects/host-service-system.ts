import {
  removeService, restartService, runService, serviceOf, setServicePolicy,
} from '../physics/hardware/host-services.js'
import type { HostService, HostServiceSystemMethods } from '../schema/generated/types.js'
import type { Call } from '../services/call.js'
import { fault, invalidArgument } from '../services/method-fault.js'
import { defineManagedObject, type Definition } from './define.js'
import { managedHost } from './truth.js'

type Args<M extends keyof HostServiceSystemMethods> = HostServiceSystemMethods[M]['args']

/** HostServiceSystem: the services of a host (network-security.md 14). */
export const hostServiceSystem: Definition = defineManagedObject('HostServiceSystem', {
  methods: {
    StartService: start,
    StopService: stop,
    RestartService: restart,
    UpdateServicePolicy: updatePolicy,
    UninstallService: uninstall,
    // The world is what the host has: nothing can have changed behind it.
    RefreshServices: (call: Call) => { managedHost(call.tx, call.self) },
  },
})

/** @throws NotFound for an unknown service, InvalidState for one that runs */
function start(call: Call, { id }: Args<'StartService'>): void {
  const { host } = find(call, id, false)
  runService(call.tx, host, id, true, 'user')
}

/** @throws NotFound for an unknown service, InvalidState for one that does not run, HostConfigFault for a required one */
function stop(call: Call, { id }: Args<'StopService'>): void {
  const { host, service } = find(call, id, true)
  if (service.required) throw fault('HostConfigFault', {}, `Service ${service.label} is required.`)
  runService(call.tx, host, id, false, 'user')
}

/** @throws NotFound for an unknown service, InvalidState for one that does not run */
function restart(call: Call, { id }: Args<'RestartService'>): void {
  const { host } = find(call, id, true)
  restartService(call.tx, host, id)
}

/**
 * UpdateServicePolicy: `on`, `off` or `automatic`, from the host's next boot on.
 * @throws NotFound for an unknown service, InvalidArgument for another policy
 */
function updatePolicy(call: Call, { id, policy }: Args<'UpdateServicePolicy'>): void {
  const { host } = find(call, id)
  if (!['on', 'off', 'automatic'].includes(policy)) throw invalidArgument('policy')
  setServicePolicy(call.tx, host, id, policy)
}

/** @throws NotFound for an unknown service, HostConfigFault for one that belongs to the system */
function uninstall(call: Call, { id }: Args<'UninstallService'>): void {
  const { host, service } = find(call, id)
  if (!service.uninstallable) {
    throw fault('HostConfigFault', {}, `Service ${service.label} is part of the system.`)
  }
  if (service.running) runService(call.tx, host, id, false, 'user')
  removeService(call.tx, host, id)
}

function find(call: Call, id: string, running?: boolean): { host: string, service: HostService } {
  const host = managedHost(call.tx, call.self)
  const service = serviceOf(call.tx, host, id)
  if (service === undefined) throw fault('NotFound')
  if (running !== undefined && service.running !== running) throw fault('InvalidState')
  return { host, service }
}
