import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { DoorWatch, networkDelayMs } from './door-watch.js'
import { RestGate } from './dispatch/rest.js'
import { holdCalls } from './dispatch/hold.js'
import { NodeDoors } from './doors/https/node-doors.js'
import { peerRoutes, type PeerFacts } from './doors/https/peer-pages.js'
import { restRoute } from './doors/https/rest.js'
import { TraceFile } from './doors/https/trace-file.js'
import { askDoors } from './doors/knock.js'
import type { OpenedNode } from './doors/opened-node.js'
import { vamiDoors } from './doors/vami/vami-doors.js'
import { planPorts, urlHost, type PortMode, type PortPlan } from './doors/ports.js'
import type { LabFile } from './inventory/lab-schema.js'
import { nameServer } from './inventory/vcsim-server.js'
import { Lab, type LabOptions } from './lab.js'
import { LabControl } from './lab-control.js'
import type { OpenLab, OpenRequest } from './open-request.js'
import { outsideAddress, parseListen } from './options.js'
import type { PeerModel } from './peer-model.js'
import type { JournalEntry } from './world/journal.js'
import { certificateExpired, nodeNow } from './physics/appliance/facts.js'
import { isUp, LAB } from './physics/hardware/chassis.js'
import { Certificates } from './services/certificates.js'
import type { CertificateSubject } from './services/certificate-types.js'
import type { NodeInfo } from './services/nodes.js'
import { managementOutage, outageOf } from './services/outage.js'

/** Above this many nodes, certificates of hosts are made when somebody connects, not at start. */
const PREPARE_AT_MOST = 16

/** Opens a lab with the doors of its nodes (contract.md, "Commands"). */
export async function openLab(request: OpenRequest): Promise<OpenLab> {
  const { settings, peer, log } = request
  const lab = new Lab(await labOptions(request))
  lab.gate.onDefect = (error, { method }) => log(`defect in ${method.name}: ${stackOf(error)}`)
  lab.world.onDefect = error => log(`defect in a job: ${stackOf(error)}`)
  lab.gate.onRestDefect = error => log(`defect in an operation of REST: ${stackOf(error)}`)
  const plan = await planPorts({
    mode: peer === undefined ? settings.ports as PortMode : 'fixed',
    nodes: lab.nodes,
    listen: settings.listen,
  })
  const doors = new LabDoors(lab, plan, request)
  const nodes = await doors.open()
  if (peer !== undefined) nameServerIn(lab, nodes, peer, settings.listen)
  const control = new LabControl(lab, nodes, () => doors.counts(), {
    source: peer === undefined ? sourceOf(settings.lab) : undefined, confirm: askDoors(nodes),
  })
  return {
    nodes,
    control,
    note: plan.note,
    close: async () => {
      lab.stop()
      await doors.close()
    },
  }
}

async function labOptions({ settings, peer }: OpenRequest): Promise<LabOptions> {
  const clock = { mode: settings.clock.mode, factor: settings.clock.factor ?? 1 }
  const { seed, durations, anyLogin, strict } = settings
  const base = { seed, clock, behaviour: { durations, anyLogin, strict } }
  if (peer === undefined) {
    const { namedLab } = await import('./inventory/check-lab.js')
    // Only a file needs the YAML reader.
    const lab = namedLab(settings.lab) ?? (await import('./inventory/lab-file.js')).loadLab(settings.lab)
    return { ...base, lab }
  }
  const { vcsimLab } = await import('./inventory/vcsim.js')
  return {
    ...base,
    lab: withLogin(vcsimLab(peer), peer.login),
    past: true,
    behaviour: { durations: 'instant', anyLogin: peer.login === undefined, strict: settings.strict },
  }
}

/** The peer's own option and ports, known when its one door is open. */
function nameServerIn(lab: Lab, nodes: readonly OpenedNode[], peer: PeerModel, listen = ''): void {
  const first = lab.nodes.find(node => node.name === nodes[0]?.name)
  if (first === undefined) return
  const url = new URL(nodes[0]!.sdk)
  if (['0.0.0.0', '::'].includes(parseListen(listen).address)) url.hostname = outsideAddress()
  lab.world.genesis(tx => nameServer(tx, first, url, peer.uniqueHostPorts))
}

/** The peer's `-username` and `-password`: an administrator of that name on its one node. */
function withLogin(lab: LabFile, login: PeerModel['login']): LabFile {
  const node = lab.vcenters[0]?.name ?? lab.hosts[0]?.name
  if (login === undefined || node === undefined) return lab
  const user = { node, name: login.username, password: login.password, groups: [] }
  const permission = {
    node, entity: '/', principal: login.username, group: false, role: 'Admin', propagate: true,
  }
  return { ...lab, users: [...lab.users, user], permissions: [...lab.permissions, permission] }
}

/** The doors of all nodes, which live and die with their machines. */
class LabDoors {
  readonly #lab: Lab
  readonly #plan: PortPlan
  readonly #request: OpenRequest
  readonly #certificates: Certificates
  readonly #doors = new Map<string, NodeDoors>()
  readonly #vami = new Map<string, NodeDoors>()
  readonly #unsubscribe: () => void
  readonly #trace: TraceFile | undefined
  readonly #watch: DoorWatch

  constructor(lab: Lab, plan: PortPlan, request: OpenRequest) {
    this.#lab = lab
    this.#plan = plan
    this.#request = request
    const first = lab.nodes.find(node => node.kind === 'vcenter') ?? lab.nodes[0]
    this.#certificates = new Certificates({
      folder: request.cache,
      keyType: request.settings.keyType,
      organization: first?.hostName ?? 'fauxsphere',
      now: () => lab.world.now(),
      era: request.settings.clock.mode === 'manual' ? 'manual' : 'present',
    })
    const { traceFile } = request.settings
    this.#trace = traceFile === undefined ? undefined : new TraceFile(traceFile)
    this.#unsubscribe = lab.world.subscribe(entry => this.#hear(entry))
    this.#watch = new DoorWatch(lab.world, error => request.log(`doors: ${stackOf(error)}`))
  }

  async open(): Promise<OpenedNode[]> {
    const opened: OpenedNode[] = []
    const { nodes } = this.#lab
    for (const node of nodes) {
      const at = this.#plan.of(node.name, 'https')
      if (at === undefined) continue
      const doors = this.#makeDoors(node)
      this.#doors.set(node.name, doors)
      const { https } = await doors.open()
      const prepare = node.kind === 'vcenter' || nodes.length <= PREPARE_AT_MOST
      const vami = await this.#openVami(node)
      opened.push({ ...await this.#describe(node, https.address, https.port, prepare), ...vami })
    }
    const thumbprints = opened.filter(node => node.kind === 'esxi' && node.thumbprint !== '')
    this.#lab.noteThumbprints(new Map(thumbprints.map(node => [node.name, node.thumbprint])))
    for (const [node, doors] of this.#doors) {
      this.#watch.add(node, 443, { answer: (how, forgets) => doors.answer('https', how, forgets) })
      this.#watch.add(node, 80, { answer: (how, forgets) => doors.answer('http', how, forgets) })
    }
    for (const [node, doors] of this.#vami) {
      this.#watch.add(node, 5480, { answer: (how, forgets) => doors.answer('https', how, forgets) })
    }
    await this.#watch.settled()
    return opened
  }

  async close(): Promise<void> {
    this.#watch.stop()
    this.#unsubscribe()
    await this.#watch.settled()
    await Promise.all([...this.#doors.values(), ...this.#vami.values()].map(doors => doors.close('refuse')))
    this.#trace?.close()
  }

  counts(): { node: string, requests: number, connections: number }[] {
    return [...this.#doors].map(([node, doors]) => ({ node, ...doors.counts }))
  }

  #makeDoors(node: NodeInfo): NodeDoors {
    const lab = this.#lab
    const { settings: { tls }, peer } = this.#request
    return new NodeDoors({
      ...this.#common(node, 443),
      https: this.#plan.of(node.name, 'https')!,
      http: this.#plan.mode === 'fixed' || !tls ? undefined : this.#plan.of(node.name, 'http'),
      apiVersion: peer?.apiVersion,
      secureCookies: tls || peer?.secureCookies === true,
      outage: path => outageOf(lab.world, node.name, path),
      routes: [
        ...node.kind === 'vcenter' ? [restRoute(new RestGate(lab.gate))] : [],
        ...peer === undefined ? [] : peerRoutes(peerFacts(lab)),
      ],
    })
  }

  /** The appliance's own management of a vCenter, where the ports have a place for it. */
  async #openVami(node: NodeInfo): Promise<{ vami?: string }> {
    const at = node.kind === 'vcenter' ? this.#plan.of(node.name, 'vami') : undefined
    if (at === undefined) return {}
    const { world, gate } = this.#lab
    const doors = vamiDoors({
      ...this.#common(node, 5480), https: at,
      outage: () => managementOutage(world, node.name),
    }, new RestGate(gate, 'management'))
    this.#vami.set(node.name, doors)
    const { https } = await doors.open()
    const scheme = this.#request.settings.tls ? 'https' : 'http'
    return { vami: `${scheme}://${urlHost(https.address)}:${https.port}` }
  }

  /** What all doors of a node have in common; `port` is the product's. */
  #common(node: NodeInfo, port: number) {
    const lab = this.#lab
    const { settings, peer, log } = this.#request
    return {
      node,
      gate: holdCalls(lab.gate, (at, request) =>
        lab.gate.delayMs(at, request) + (peer?.delayMs(request.method.name) ?? 0)),
      sessions: lab.services.sessions,
      schema: lab.schema,
      identity: settings.tls ? () => this.#identity(node) : undefined,
      now: () => nodeNow(lab.world, node.name),
      newOpId: () => lab.newOpId(),
      slow: () => networkDelayMs(lab.world, node.name, port),
      silent: () => !isUp(lab.world, node.name),
      onDefect: (error: unknown) => log(`defect at a door of ${node.name}: ${stackOf(error)}`),
      gzipAboveBytes: settings.gzipAbove,
      trace: this.#trace,
    }
  }

  /** A certificate in use expired or was renewed. */
  #hear(entry: JournalEntry): void {
    for (const { slot: { address } } of entry.changes) {
      if (address.node !== LAB || address.type !== 'NodeFacts') continue
      const node = address.id.slice('facts/'.length)
      for (const doors of [this.#doors.get(node), this.#vami.get(node)]) {
        doors?.renew().catch((error: unknown) => this.#request.log(`doors of ${node}: ${stackOf(error)}`))
      }
    }
  }

  async #identity(node: NodeInfo): Promise<{ key: string, cert: string }> {
    const own = this.#request.peer?.identity
    if (own !== undefined) return own
    const subject = this.#subject(node)
    return certificateExpired(this.#lab.world, node.name, 'machine')
      ? this.#certificates.expired(subject) : this.#certificates.ensure(subject)
  }

  #subject(node: NodeInfo): CertificateSubject {
    const listen = this.#plan.of(node.name, 'https')?.address
    return {
      name: node.name, kind: node.kind, hostName: node.hostName, address: node.address,
      alsoKnownAs: listen === undefined || listen === node.address ? [node.name] : [node.name, listen],
    }
  }

  async #describe(node: NodeInfo, address: string, port: number, prepare: boolean): Promise<OpenedNode> {
    const { settings } = this.#request
    const scheme = settings.tls ? 'https' : 'http'
    const certificate = settings.tls && prepare ? await this.#certificates.ensure(this.#subject(node)) : undefined
    const usual = settings.tls ? 443 : 80
    const login = this.#lab.loginFor(node)
    return {
      name: node.name, kind: node.kind, address: urlHost(address), hostName: node.hostName,
      sdk: `${scheme}://${urlHost(address)}${port === usual ? '' : `:${port}`}/sdk`,
      username: login.userName, password: login.password,
      thumbprint: certificate?.sha1 ?? '',
    }
  }
}

/** What the peer's own pages show: the methods that have a handler, and counts of objects. */
function peerFacts(lab: Lab): PeerFacts {
  return {
    methods: () => lab.registry.all().flatMap(definition =>
      Object.keys(definition.methods).map(name => ({ name, namespace: 'vim25' }))),
    counts: node => lab.countObjects([node]),
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : String(error)
}

/** A named lab by its name, a lab file by its whole path. */
function sourceOf(lab: string): string {
  return existsSync(lab) ? resolve(lab) : lab
}
