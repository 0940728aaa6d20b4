import { RestGate } from './dispatch/rest.js'
import { AuthdDoor } from './doors/authd/authd-door.js'
import { daemonBack } from './doors/authd/daemon-back.js'
import type { FurtherDoor } from './doors/further-door.js'
import { HeartbeatPort } from './doors/heartbeat/heartbeat-port.js'
import type { ListenAt } from './doors/https/listener.js'
import type { NodeDoorsOptions } from './doors/https/node-doors.js'
import { ROLES, urlHost, type DoorRole } from './doors/ports.js'
import { vamiDoors } from './doors/vami/vami-doors.js'
import type { Lab } from './lab.js'
import type { OpenRequest } from './open-request.js'
import { managementOutage } from './services/outage.js'
import type { NodeInfo } from './services/nodes.js'

/** What all doors of a node have in common. */
export type CommonDoorOptions = Pick<NodeDoorsOptions, 'node' | 'gate' | 'sessions' | 'schema' | 'identity'
  | 'now' | 'newOpId' | 'slow' | 'silent' | 'onDefect' | 'trace' | 'tls' | 'admits'> & { readonly gzipAboveBytes: number }

/** What a further door is made from. */
export interface DoorMaking {
  readonly lab: Lab
  readonly node: NodeInfo
  readonly at: ListenAt
  /** `port` is the product's, whatever the real one is. */
  common(port: number): CommonDoorOptions
  readonly request: OpenRequest
}

interface FurtherKind {
  readonly role: DoorRole
  /** Undefined: this kind of node has none. */
  make(making: DoorMaking): FurtherDoor | undefined
}

/** The doors beside 443 and 80; they are opened in this order. */
export const furtherDoors: readonly FurtherKind[] = [
  { role: 'vami', make: vamiDoor },
  { role: 'authd', make: authdDoor },
  { role: 'authd', make: heartbeatDoor },
]

/** The appliance's own management of a vCenter. */
function vamiDoor({ lab, node, at, common, request }: DoorMaking): FurtherDoor | undefined {
  if (node.kind !== 'vcenter') return undefined
  const doors = vamiDoors({
    ...common(ROLES.vami.real), https: at, outage: () => managementOutage(lab.world, node.name),
  }, new RestGate(lab.gate, 'management'))
  const scheme = request.settings.tls ? 'https' : 'http'
  return {
    open: async () => (await doors.open()).https,
    answer: (how, forgets) => doors.answer('https', how, forgets),
    renew: () => doors.renew(),
    close: () => doors.close('refuse'),
    tell: ({ address, port }) => ({ vami: `${scheme}://${urlHost(address)}:${port}` }),
  }
}

/** Consoles of a host by 902. */
function authdDoor({ lab, node, at, common }: DoorMaking): FurtherDoor | undefined {
  const { identity, slow, silent, tls, admits, onDefect } = common(ROLES.authd.real)
  if (node.kind !== 'esxi' || identity === undefined) return undefined
  const { services } = lab
  const door = new AuthdDoor({
    at, identity, tls, admits, slow: slow ?? (() => 0), silent: silent ?? (() => false), onDefect,
    ...daemonBack({ services, node, feedOf: vm => lab.consoles.feedOf(node.name, vm) }),
  })
  return {
    open: () => door.open(),
    answer: (how, forgets) => door.answer(how, forgets),
    renew: () => door.renew(),
    close: () => door.close(),
    tell: ({ address, port }) => {
      services.doors.note(node.name, { address: urlHost(address), authd: port })
      return { authd: `${urlHost(address)}:${port}` }
    },
  }
}

/** Where a vCenter hears its hosts: 902 of the other protocol. */
function heartbeatDoor({ lab: { services }, node, at }: DoorMaking): FurtherDoor | undefined {
  if (node.kind !== 'vcenter') return undefined
  const port = new HeartbeatPort(at)
  return {
    open: () => port.open(),
    // Nothing is sent to a vCenter that does not hear it: the senders follow the model.
    answer: () => Promise.resolve(),
    close: () => port.close(),
    tell: ({ address, port: heartbeats }) => {
      services.doors.note(node.name, { address: urlHost(address), heartbeats })
      return { heartbeats: `${urlHost(address)}:${heartbeats}` }
    },
  }
}
