import { frontProxy, serviceUp, vpxdServing } from '../physics/appliance/services.js'
import { hostdStopped } from '../physics/hardware/agents.js'
import { applianceOf } from '../physics/appliance/state.js'
import type { Reader } from '../world/records.js'

/** What Envoy says of a service that is not there (availability.md 3.3). */
export const NO_UPSTREAM = 'no healthy upstream'

/** Paths of the REST endpoint, which lives apart from vpxd. */
const rest = /^\/(rest|api)(\/|$)/

/**
 * The body of the 503 with which the proxy of 443 answers a path whose service is down; undefined:
 * the service answers (availability.md 3.3). Without hostd a host's port is closed (physics/network/doors.ts):
 * there it is for who is connected already, and finds nobody behind the proxy.
 */
export function outageOf(reader: Reader, node: string, path: string): string | undefined {
  if (applianceOf(reader, node) === undefined) return hostdStopped(reader, node) ? NO_UPSTREAM : undefined
  const service = rest.test(path) ? 'vapi-endpoint' : 'vpxd'
  if (serviceUp(reader, node, service)) return undefined
  return frontProxy(reader, node) === 'envoy' ? NO_UPSTREAM : noEndpoint(node, service)
}

/** The body of the 503 of the appliance's management, 5480, while its service is down; undefined: it answers. */
export function managementOutage(reader: Reader, node: string): string | undefined {
  return serviceUp(reader, node, 'applmgmt') ? undefined : 'Service Unavailable'
}

/** What rhttpproxy says: the pipe of the service that it cannot open. */
function noEndpoint(node: string, service: string): string {
  const spec = `N7Vmacore4Http20NamedPipeServiceSpecE:0x${addressOf(`${node}/${service}`)}`
  const pipe = service === 'vpxd' ? 'vpxd-webserver-pipe' : `${service}-pipe`
  return `503 Service Unavailable (Failed to connect to endpoint: [${spec}] _serverNamespace = / `
    + `action = Allow _pipeName =/var/run/vmware/${pipe})`
}

/** An address as a process prints it: the same for the same service, 16 hexadecimal digits. */
function addressOf(text: string): string {
  let hash = 2166136261
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619) >>> 0
  return `00007f${(hash >>> 8).toString(16).padStart(6, '0')}${(hash & 0xffff).toString(16).padStart(4, '0')}`
}

/** True while vpxd answers: it keeps the sessions that SOAP and REST share. */
export function backEndServing(reader: Reader, node: string): boolean {
  return vpxdServing(reader, node)
}
