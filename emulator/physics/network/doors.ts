import type { Reader } from '../../world/records.js'
import { frontDoor, managementDoor, serviceUp } from '../appliance/services.js'
import { applianceOf } from '../appliance/state.js'
import { agentRuns, type HostAgent } from '../hardware/agents.js'
import { chassis, isHost } from '../hardware/chassis.js'
import { serviceOf, SSH_SERVICE } from '../hardware/host-services.js'
import { inboundAllowed } from './firewall.js'
import { path, responds } from './paths.js'
import type { Party } from './rules.js'

/** How a port answers somebody outside the lab. */
export type DoorAnswer = 'open' | 'refused' | 'timeout' | 'reset'

/** Which agent of a host listens behind a port; undefined: the machine itself is enough. */
const behind: Readonly<Record<number, HostAgent | undefined>> = { 443: 'hostd', 80: 'hostd' }

/** What a port is to its clients, and how slow the way to it is. */
export interface DoorState {
  readonly answer: DoorAnswer
  /**
   * The agent behind the port does not answer, and all before it does: what others than the agent serve
   * on connections that were handed to them goes on (consoles, which the VM's own process serves; SSH
   * sessions, each of which has a process of its own that outlives the one that listens).
   */
  readonly agentOnly: boolean
  /** Real milliseconds that a request and its answer take longer, and the most that chance adds. */
  readonly latencyMs: number
  readonly jitterMs: number
  readonly loss: number
}

/**
 * What somebody outside the lab gets from a TCP port of a node: the one rule for real sockets and
 * for a scenario's `connect`. A machine without power or without network says nothing (timeout);
 * one that lives but has nobody listening refuses. `source` is the client's address, whose packets the
 * host's firewall may drop; without one, what the firewall does is left to who knows the address. `from`: the
 * node that asks, when it is one of the lab's.
 */
export function doorState(reader: Reader, node: string, port: number, source?: string, from: Party = 'client'): DoorState {
  const there = path(reader, from, node, { network: 'management', port, protocol: 'tcp' })
  const back = path(reader, node, from, { network: 'management' })
  const machine = isDropped(reader, node, port, source) ? 'timeout'
    : machineAnswer(reader, node, port, there.cut, back.cut !== undefined)
  const answer = machine === 'open' ? agentAnswer(reader, node, port) : machine
  return {
    answer,
    agentOnly: machine === 'open' && answer !== 'open',
    latencyMs: there.latencyMs + back.latencyMs,
    jitterMs: there.jitterMs + back.jitterMs,
    loss: 1 - (1 - there.loss) * (1 - back.loss),
  }
}

function isDropped(reader: Reader, node: string, port: number, source: string | undefined): boolean {
  return source !== undefined && !inboundAllowed(reader, node, 'tcp', port, source)
}

/** What the machine and its network make of it, whatever listens there. */
function machineAnswer(
  reader: Reader, node: string, port: number, cut: 'drop' | 'refuse' | 'reset' | undefined, noWayBack: boolean,
): DoorAnswer {
  if (!responds(reader, node) || noWayBack) return 'timeout'
  if (cut !== undefined) return cut === 'drop' ? 'timeout' : cut === 'refuse' ? 'refused' : 'reset'
  if (port === 443 || port === 80) {
    if (frontDoor(reader, node) !== 'open') return 'refused'
  } else if (port === 5480 && managementDoor(reader, node) !== 'open') {
    return 'refused'
  }
  return 'open'
}

function agentAnswer(reader: Reader, node: string, port: number): DoorAnswer {
  if (port === SSH) return sshListens(reader, node) ? 'open' : 'refused'
  const agent = behind[port]
  if (agent === undefined || !isHost(reader, node) || agentRuns(reader, node, agent)) return 'open'
  return chassis(reader, node)?.agents?.[agent] === 'hung' ? 'timeout' : 'refused'
}

const SSH = 22

/**
 * True while somebody listens on 22: on a host the service TSM-SSH, off after installation
 * (protocols.md 8.2); on a vCenter sshd, if the appliance's setting allows access by it.
 */
function sshListens(reader: Reader, node: string): boolean {
  if (isHost(reader, node)) return serviceOf(reader, node, SSH_SERVICE)?.running === true
  return applianceOf(reader, node)?.settings.ssh === true && serviceUp(reader, node, 'sshd')
}
