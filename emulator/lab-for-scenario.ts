import type { Lab } from './lab.js'
import { chassis } from './physics/hardware/chassis.js'
import { filesOf } from './physics/logs/programs.js'
import { lineText, major } from './physics/logs/render.js'
import { logName } from './physics/logs/write.js'
import { doorState } from './physics/network/doors.js'
import { responds } from './physics/network/paths.js'
import { ScenarioRestClient } from './rest-for-scenario.js'
import { typedArgs } from './scenario/args.js'
import { findObjects } from './scenario/objects.js'
import type {
  CallOutcome, HttpAnswer, ScenarioCall, ScenarioLab, ScenarioShell, ShellOutcome,
} from './scenario/scenario-lab.js'
import { MethodFault } from './services/method-fault.js'
import { nodeInfo } from './services/nodes.js'
import { managementOutage, outageOf } from './services/outage.js'
import { truthFacts } from './truth.js'

/** What a GET by somebody without a session is answered while nothing is wrong, by port and path. */
const usual: ReadonlyArray<{ readonly port: number, readonly path: RegExp, readonly status: number }> = [
  { port: 443, path: /^\/$|^\/sdk\/vimServiceVersions\.xml$|^\/sdk\/vimService\.wsdl$/, status: 200 },
  { port: 443, path: /^\/sdk\/?$/, status: 404 },
  { port: 443, path: /^\/(rest|api)\//, status: 401 },
  { port: 5480, path: /^\/$/, status: 200 },
]

/** Address of a client on the lab's own machine. */
const CLIENT = '127.0.0.1'

/** A lab as scenarios see it. */
export function labForScenario(lab: Lab, confirm?: ScenarioLab['confirm']): ScenarioLab {
  const { world, services } = lab
  const client = new ScenarioRestClient(lab)
  return {
    world,
    schema: lab.schema,
    faults: lab.faults,
    truth: truthFacts,
    confirm,
    read: (slot, property) => {
      const virtual = services.virtualProperty(slot.address.type, property)
      const node = nodeInfo(world, slot.address.node)
      const stored = world.read(slot)?.props[property]
      if (virtual === undefined || virtual.limitedReadersOnly === true || node === undefined) return stored
      return virtual({ services, reader: world, node, session: undefined }, slot)
    },
    probe: (node, port, source = CLIENT) => doorState(world, node, port, source).answer,
    http: url => httpAnswer(lab, url),
    logName: (node, file) => {
      const bare = bareFile(file)
      return logFiles(lab, node).includes(bare) ? logName(world, node, bare) : undefined
    },
    logText: (node, line) => lineText(line, nodeInfo(world, node)?.product.version ?? ''),
    logFiles: node => logFiles(lab, node).map(name => `${name}.log`),
    call: call => invoke(lab, call),
    rest: request => client.send(request),
    shell: (request, done) => runShell(lab, request, done),
    restMiss: request => client.miss(request),
  }
}

/** A fresh shell for each line; what it waits for is looked at by jobs of the lab, so that no run waits for it. */
function runShell(lab: Lab, { node, user = 'root', line }: ScenarioShell, done: (outcome: ShellOutcome) => void): void {
  if (!responds(lab.world, node)) {
    done('unreachable')
    return
  }
  const shell = lab.shells.open(node, { name: user, address: CLIENT }, { byLabTime: true })
  let output = ''
  const write = (text: string): void => { output += text }
  shell.start(line, { out: write, err: write, input: '' }, status => {
    shell.close()
    done({ status, output })
  })
}

/** `vpxd` of `/var/log/vmware/vpxd/vpxd.log`. */
function bareFile(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1).replace(/\.log$/, '')
}

/** Log files of a node, by its kind and version. */
function logFiles({ world }: Lab, node: string): readonly string[] {
  const info = nodeInfo(world, node)
  return info === undefined ? [] : filesOf(info.kind, major(info.product.version))
}

/** What the doors answer, by the rules that they go by; undefined where only a door knows. */
function httpAnswer({ world }: Lab, url: string): HttpAnswer | undefined {
  const { hostname, port, protocol, pathname } = new URL(url)
  const number = port === '' ? protocol === 'http:' ? 80 : 443 : Number(port)
  const { answer } = doorState(world, hostname, number, CLIENT)
  if (answer !== 'open') return answer
  const outage = number === 443 ? outageOf(world, hostname, pathname)
    : number === 5480 ? managementOutage(world, hostname) : undefined
  if (outage !== undefined) return { status: 503, body: outage }
  const found = usual.find(each => each.port === number && each.path.test(pathname))
  return found === undefined ? undefined : { status: found.status, body: '' }
}

/**
 * Calls of a scenario go through the gate, as a logged-in user. A node that is down answers none:
 * that is a `timeout`, as in `connect`; a vCenter without vpxd or a host without hostd is `unavailable`.
 */
function invoke(lab: Lab, { node, user, object, method, args }: ScenarioCall): CallOutcome {
  const { world } = lab
  const info = nodeInfo(world, node)
  const target = findObjects(world, node, object)[0]
  if (info !== undefined && (!responds(world, node) || chassis(world, node)?.agents?.hostd === 'hung')) return { kind: 'timeout' }
  if (info !== undefined && outageOf(world, node, '/sdk') !== undefined) return { kind: 'unavailable' }
  if (info === undefined || target === undefined) return { kind: 'fault', type: 'ManagedObjectNotFound', fields: {} }
  const found = lab.schema.method(target.address.type, method)
  if (found === undefined) return { kind: 'fault', type: 'MethodNotFound', fields: {} }
  const outcome = lab.gate.invoke(info, {
    self: { type: target.address.type, value: target.address.id },
    method: found, args: typedArgs(lab.schema, found, args), version: lab.schema.versions.newest('vim25'),
    cookie: lab.openSession(info, user), opId: 'scenario',
    client: { address: '127.0.0.1', userAgent: 'fauxsphere scenario' },
  })
  if (outcome.kind === 'result') return { kind: 'result', value: outcome.value }
  if (outcome.kind === 'later') return { kind: 'timeout' }
  const { fault } = outcome
  return fault instanceof MethodFault ? { kind: 'fault', type: fault.type, fields: fault.fields }
    : { kind: 'fault', type: 'SystemError', fields: {} }
}
