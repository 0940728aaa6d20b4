import { RestGate } from './dispatch/rest.js'
import { AuthdDoor, type AuthdDoorOptions } from './doors/authd/authd-door.js'
import { daemonBack, type DaemonConsole } from './doors/authd/daemon-back.js'
import type { FurtherDoor } from './doors/further-door.js'
import { HeartbeatPort } from './doors/heartbeat/heartbeat-port.js'
import type { ListenAt } from './doors/https/listener.js'
import type { NodeDoorsOptions } from './doors/https/node-doors.js'
import { ROLES, urlHost, type DoorRole } from './doors/ports.js'
import { sshTalk } from './doors/ssh/ssh-back.js'
import { SshDoor } from './doors/ssh/ssh-door.js'
import { vamiDoors } from './doors/vami/vami-doors.js'
import type { Lab } from './lab.js'
import type { DoorBasics } from './node-web.js'
import { managementOutage } from './services/outage.js'
import type { NodeInfo } from './services/nodes.js'

/** What all doors of a node have in common. */
export type CommonDoorOptions = DoorBasics & Pick<NodeDoorsOptions, 'identity' | 'onDefect' | 'trace' | 'gzipAboveBytes'>

/** What a further door is made from. */
export interface DoorMaking {
  readonly lab: Lab
  readonly node: NodeInfo
  readonly at: ListenAt
  /** `port` is the product's, whatever the real one is. */
  common(port: number): CommonDoorOptions
  /** PEM of the key by which the node shows clients of SSH who it is. */
  hostKey(): string
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
  { role: 'ssh', make: sshDoor },
]

/** The appliance's own management of a vCenter. */
function vamiDoor({ lab, node, at, common }: DoorMaking): FurtherDoor | undefined {
  if (node.kind !== 'vcenter') return undefined
  const basics = common(ROLES.vami.real)
  const doors = vamiDoors({
    ...basics, https: at, outage: () => managementOutage(lab.world, node.name),
  }, new RestGate(lab.gate, 'management'))
  const scheme = basics.identity === undefined ? 'http' : 'https'
  return {
    open: async () => (await doors.open()).https,
    answer: (how, forgets) => doors.answer('https', how, forgets),
    renew: () => doors.renew(),
    close: () => doors.close('refuse'),
    tell: ({ address, port }) => ({ vami: `${scheme}://${urlHost(address)}:${port}` }),
  }
}

/** Consoles of a host by 902. */
function authdDoor(making: DoorMaking): FurtherDoor | undefined {
  const { lab: { services }, node } = making
  const options = authdOptions(making)
  if (options === undefined) return undefined
  const door = new AuthdDoor(options)
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

/** What 902 of a host is made from; undefined: not a host, or a lab without certificates. */
export function authdOptions({ lab, node, at, common }: Omit<DoorMaking, 'hostKey'>): AuthdDoorOptions<DaemonConsole> | undefined {
  const { identity, slow, silent, tls, admits, onDefect } = common(ROLES.authd.real)
  if (node.kind !== 'esxi' || identity === undefined) return undefined
  return {
    at, identity, tls, admits, slow, silent, onDefect,
    ...daemonBack({ services: lab.services, node, feedOf: vm => lab.consoles.feedOf(node.name, vm) }),
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

/** Shells and files of any node. That nobody listens until SSH is switched on is for the physics to say. */
function sshDoor({ lab: { services, shells }, node, at, common, hostKey }: DoorMaking): FurtherDoor {
  const { slow, silent, admits, onDefect } = common(ROLES.ssh.real)
  const door = new SshDoor({
    at, hostKey, slow, silent, admits, onDefect, talk: client => sshTalk({ services, node, shells }, client),
  })
  return {
    open: () => door.open(),
    answer: (how, forgets, agentOnly) => door.answer(how, forgets, agentOnly),
    close: () => door.close(),
    tell: ({ address, port }) => ({ ssh: `${urlHost(address)}:${port}` }),
  }
}
