import { doorState, type DoorAnswer } from '../../physics/network/doors.js'
import { outboundAllowed } from '../../physics/network/firewall.js'
import { agentRuns } from '../../physics/hardware/agents.js'
import { serviceOf } from '../../physics/hardware/host-services.js'
import { applianceOf } from '../../physics/appliance/state.js'
import { nodeInfo } from '../../services/nodes.js'
import { parseOptions } from '../programs/options.js'
import { fails, type Context, type Machine, type Program } from '../programs/program-model.js'
import { until, type Steps } from '../run/steps.js'
import { addressOf, peerAt } from './reach.js'

/** Lab time after which a connection that nobody answers is given up, as the product's TCP does; ours. */
const CONNECT_MS = 75_000

/** `nc -z [-v] [-w SECONDS] HOST PORT`: whether a port answers (operations.md 2.3, requirements A7, A18). */
export const nc: Program = { run: runNc }

const names: Readonly<Record<number, string>> = { 22: 'ssh', 80: 'http', 443: 'https' }

function * runNc(context: Context): Steps<number> {
  const parsed = parseOptions(context, 'zvu46nw:s:')
  if (typeof parsed === 'number') return parsed
  const { machine } = context
  const [name, portText, ...more] = parsed.operands
  if (name === undefined || portText === undefined || more.length > 0) {
    return fails(context, 'usage: nc [-46nuvz] [-s source] [-w timeout] host port')
  }
  const range = /^(\d+)(?:-(\d+))?$/.exec(portText)
  const [first, last] = range === null ? [0, 0] : [Number(range[1]), Number(range[2] ?? range[1])]
  if (first < 1 || last > 65_535 || last < first || last - first > 1000) return fails(context, `port number invalid: ${portText}`)
  if (parsed.flags.has('u')) return fails(context, 'datagrams are not emulated')
  if (!parsed.flags.has('z')) return fails(context, 'only -z is emulated: data is not carried')
  const address = addressOf(machine, name)
  if (address === undefined) return fails(context, 'getaddrinfo: Name or service not known')
  const patience = Number(parsed.values.get('w') ?? CONNECT_MS / 1000) * 1000
  let status = 1
  for (let port = first; port <= last; port += 1) {
    const answer = answerAt(machine, address, port)
    if (answer === 'timeout') yield * until(machine.world.now() + patience)
    if (answer === 'open') {
      status = 0
      context.err.write(`Connection to ${name} ${port} port [tcp/${names[port] ?? '*'}] succeeded!\n`)
    } else if (parsed.flags.has('v')) {
      const why = { refused: 'Connection refused', reset: 'Connection reset by peer', timeout: 'Operation timed out' }[answer]
      context.err.write(`nc: connect to ${name} port ${port} (tcp) failed: ${why}\n`)
    }
  }
  return status
}

/** What a connection from this host to a port finds: the firewalls of both sides, the way, who listens. */
function answerAt(machine: Machine, address: string, port: number): DoorAnswer {
  const { world, node } = machine
  const peer = peerAt(machine, address)
  if (peer.kind === 'gateway') return 'refused'
  if (peer.kind === 'self') return listens(machine, node.name, port) && proxyRuns(machine, port) ? 'open' : 'refused'
  if (peer.kind !== 'node') return 'timeout'
  const { name: to } = peer
  if (!outboundAllowed(world, node.name, 'tcp', port, address)) return 'timeout'
  const { answer } = doorState(world, to, port, node.address, node.name)
  return answer === 'open' && !listens(machine, to, port) ? 'refused' : answer
}

/** Behind the web ports of the host itself is hostd. */
function proxyRuns({ world, node }: Machine, port: number): boolean {
  return (port !== 443 && port !== 80) || agentRuns(world, node.name, 'hostd')
}

/** True if a node has something behind a TCP port (protocols.md 9). */
function listens({ world }: Machine, name: string, port: number): boolean {
  if (port === 443 || port === 80) return true
  if (nodeInfo(world, name)?.kind === 'vcenter') {
    return port === 5480 || (port === 22 && applianceOf(world, name)?.settings.ssh === true)
  }
  return port === 902 || (port === 22 && serviceOf(world, name, 'TSM-SSH')?.running === true)
}
