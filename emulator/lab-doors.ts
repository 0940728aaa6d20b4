import { X509Certificate } from 'node:crypto'
import { DoorWatch } from './door-watch.js'
import type { VncServerState } from './doors/control/target.js'
import type { FurtherDoor } from './doors/further-door.js'
import { NodeDoors } from './doors/https/node-doors.js'
import { peerRoutes, type PeerFacts } from './doors/https/peer-pages.js'
import { TraceFile } from './doors/https/trace-file.js'
import type { OpenedNode } from './doors/opened-node.js'
import { ROLES, urlHost, type DoorRole, type PortPlan } from './doors/ports.js'
import { furtherDoors, type CommonDoorOptions } from './further-doors.js'
import { Heartbeats } from './heartbeats.js'
import type { Lab } from './lab.js'
import { LogForwarding } from './log-forwarding.js'
import { doorBasics, nodeWeb } from './node-web.js'
import type { OpenRequest } from './open-request.js'
import { trusted } from './trusted.js'
import { certificateExpired } from './physics/appliance/facts.js'
import { LAB, type NodeInner } from './physics/hardware/chassis.js'
import type { CertificateSubject } from './services/certificate-types.js'
import { Certificates, thumbprint } from './services/certificates.js'
import { describeCertificate, type ShownCertificate } from './services/shown-certificate.js'
import type { Thumbprints } from './services/door-facts.js'
import type { NodeInfo } from './services/nodes.js'
import { HostKeys } from './services/shell-access/host-keys.js'
import { VncServers } from './vnc-servers.js'
import type { Change, JournalEntry } from './world/journal.js'

/** Above this many nodes, certificates of hosts are made when somebody connects, not at start. */
const PREPARE_AT_MOST = 16

/** The doors of all nodes, which live and die with their machines. */
export class LabDoors {
  readonly #lab: Lab
  readonly #plan: PortPlan
  readonly #request: OpenRequest
  readonly #certificates: Certificates
  readonly #hostKeys: HostKeys
  readonly #doors = new Map<string, NodeDoors>()
  readonly #further: { readonly node: string, readonly role: DoorRole, readonly door: FurtherDoor }[] = []
  readonly #unsubscribe: () => void
  readonly #trace: TraceFile | undefined
  readonly #watch: DoorWatch
  /** Ends when all doors have taken what changed into use. */
  #renewals: Promise<unknown> = Promise.resolve()
  #vnc: VncServers | undefined
  #heartbeats: Heartbeats | undefined
  readonly #forwarding: LogForwarding

  constructor(lab: Lab, plan: PortPlan, request: OpenRequest) {
    this.#lab = lab
    this.#plan = plan
    this.#request = request
    const first = lab.nodes.find(node => node.kind === 'vcenter') ?? lab.nodes[0]
    this.#hostKeys = new HostKeys(request.cache)
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
    this.#forwarding = new LogForwarding(lab.world, {
      trust: async () => trusted((await this.#certificates.ca()).cert, request.settings.trust),
      onDefect: error => request.log(`log forwarding: ${stackOf(error)}`),
    })
  }

  /** Opens every door that the plan has a place for. Rejects with the system's error if a port is taken. */
  async open(): Promise<OpenedNode[]> {
    const opened: OpenedNode[] = []
    const { nodes } = this.#lab
    this.#lab.services.doors.thumbprints = name => this.#thumbprints(name)
    for (const node of nodes) {
      const at = this.#plan.of(node.name, 'https')
      if (at === undefined) continue
      const doors = this.#makeDoors(node)
      this.#doors.set(node.name, doors)
      const { https } = await doors.open()
      const address = urlHost(https.address)
      if (node.kind === 'esxi') this.#lab.services.doors.note(node.name, { address, https: https.port })
      const prepare = node.kind === 'vcenter' || nodes.length <= PREPARE_AT_MOST
      const further = await this.#openFurther(node)
      opened.push({ ...await this.#describe(node, https.address, https.port, prepare), ...further })
    }
    const hosts = opened.filter(node => node.kind === 'esxi' && node.thumbprint !== '')
    this.#lab.noteCertificates(new Map(hosts.map(({ name }) => [name, this.#shownCertificate(name)])))
    for (const [node, doors] of this.#doors) {
      this.#watch.add(node, 443, { answer: (how, forgets, agentOnly) => doors.answer('https', how, forgets, agentOnly) })
      this.#watch.add(node, 80, { answer: (how, forgets, agentOnly) => doors.answer('http', how, forgets, agentOnly) })
    }
    for (const { node, role, door } of this.#further) this.#watch.add(node, ROLES[role].real, door)
    this.#vnc = new VncServers({
      lab: this.#lab, watch: this.#watch, mode: this.#plan.mode, log: this.#request.log,
      addressOf: host => this.#plan.of(host, 'https')?.address,
    })
    await this.#vnc.settled()
    await this.#watch.settled()
    this.#heartbeats = this.#beat()
    return opened
  }

  /** Resolves when every door is as the lab says. */
  async settled(): Promise<void> {
    await this.#watch.settled()
    await this.#renewals
  }

  /** The VNC servers of VMs that ask for one. */
  vnc(): readonly VncServerState[] {
    return this.#vnc?.list() ?? []
  }

  async close(): Promise<void> {
    this.#heartbeats?.stop()
    this.#watch.stop()
    this.#forwarding.close()
    this.#unsubscribe()
    await this.settled()
    await this.#vnc?.close()
    await Promise.all([
      ...[...this.#doors.values()].map(doors => doors.close('refuse')),
      ...this.#further.map(({ door }) => door.close()),
    ])
    this.#trace?.close()
  }

  counts(): { node: string, requests: number, connections: number }[] {
    return [...this.#doors].map(([node, doors]) => ({ node, ...doors.counts }))
  }

  #makeDoors(node: NodeInfo): NodeDoors {
    const lab = this.#lab
    const { settings: { tls }, peer, log } = this.#request
    const web = nodeWeb(lab, node, error => log(`defect in a console of ${node.name}: ${stackOf(error)}`))
    return new NodeDoors({
      ...this.#common(node, 443),
      https: this.#plan.of(node.name, 'https')!,
      http: this.#plan.mode === 'fixed' || !tls ? undefined : this.#plan.of(node.name, 'http'),
      apiVersion: peer?.apiVersion,
      secureCookies: tls || peer?.secureCookies === true,
      ...web,
      routes: [...peer === undefined ? [] : peerRoutes(peerFacts(lab)), ...web.routes],
    })
  }

  /** The doors beside HTTP, where the ports have a place for them. */
  async #openFurther(node: NodeInfo): Promise<Partial<OpenedNode>> {
    let told: Partial<OpenedNode> = {}
    for (const { role, make } of furtherDoors) {
      const at = this.#plan.of(node.name, role)
      const door = at === undefined ? undefined : make({
        lab: this.#lab, node, at, common: port => this.#common(node, port), hostKey: () => this.#hostKeys.of(node.name),
      })
      if (door === undefined) continue
      this.#further.push({ node: node.name, role, door })
      told = { ...told, ...door.tell(await door.open()) }
    }
    return told
  }

  /** Hosts send heartbeats to the vCenters that have a port for them. */
  #beat(): Heartbeats | undefined {
    const { nodes, world, services: { doors } } = this.#lab
    if (!nodes.some(({ name }) => doors.of(name)?.heartbeats !== undefined)) return undefined
    const hosts = nodes.filter(({ kind }) => kind === 'esxi').flatMap(({ name, uuid }) => {
      const at = this.#plan.of(name, 'https')
      return at === undefined ? [] : [{ name, uuid, address: at.address }]
    })
    return new Heartbeats(world, hosts, vcenter => {
      const ports = doors.of(vcenter)
      return ports?.heartbeats === undefined ? undefined : { address: ports.address, port: ports.heartbeats }
    })
  }

  /** What all doors of a node have in common; `port` is the product's. */
  #common(node: NodeInfo, port: number): CommonDoorOptions {
    const { settings, peer, log } = this.#request
    return {
      ...doorBasics(this.#lab, node, port, request => peer?.delayMs(request.method.name) ?? 0),
      identity: settings.tls ? () => this.#identity(node) : undefined,
      onDefect: (error: unknown) => log(`defect at a door of ${node.name}: ${stackOf(error)}`),
      gzipAboveBytes: settings.gzipAbove,
      trace: this.#trace,
    }
  }

  /** A certificate in use expired or was renewed, or TLS services go on with other keys or settings. */
  #hear(entry: JournalEntry): void {
    for (const change of entry.changes) {
      const node = nodeWithOtherTls(change)
      if (node === undefined) continue
      const further = this.#further.filter(each => each.node === node).map(each => each.door)
      for (const doors of [this.#doors.get(node), ...further]) {
        const renewal = doors?.renew?.().catch((error: unknown) => this.#request.log(`doors of ${node}: ${stackOf(error)}`))
        this.#renewals = Promise.all([this.#renewals, renewal])
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

  /** Of the certificate that a node shows now; a lab of many nodes makes it when somebody asks. */
  #thumbprints(name: string): Thumbprints | Promise<Thumbprints> {
    const known = this.#certificates.of(name)
    const renewed = !certificateExpired(this.#lab.world, name, 'machine') && this.#request.peer?.identity === undefined
    if (known !== undefined && renewed) return known
    const node = this.#lab.nodes.find(each => each.name === name)!
    return this.#identity(node).then(({ cert }) => {
      const { raw } = new X509Certificate(cert)
      return { sha1: thumbprint(raw, 'sha1'), sha256: thumbprint(raw, 'sha256') }
    })
  }

  /** What the API tells of a host's certificate, which is known by now. */
  #shownCertificate(name: string): ShownCertificate {
    const own = this.#request.peer?.identity?.cert
    return describeCertificate(own === undefined ? this.#certificates.of(name)!.der : own)
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

/** The node whose TLS is another after a change; undefined: none's is. */
function nodeWithOtherTls({ slot: { address: { node, type, id } }, before, after }: Change): string | undefined {
  if (node !== LAB) return undefined
  if (type === 'NodeFacts') return id.slice('facts/'.length)
  return type === 'Node' && (before?.inner as NodeInner | undefined)?.tls !== (after?.inner as NodeInner | undefined)?.tls
    ? id : undefined
}

/** What the peer's own pages show: the methods that have a handler, and counts of objects. */
function peerFacts(lab: Lab): PeerFacts {
  return {
    methods: () => lab.registry.all().flatMap(definition =>
      Object.keys(definition.methods).map(name => ({ name, namespace: 'vim25' }))),
    counts: node => lab.countObjects([node]),
  }
}

/** Text of an error for the log, with its stack where there is one. */
export function stackOf(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : String(error)
}
