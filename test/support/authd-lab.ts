/** A lab whose hosts answer on 902 with a console that shows what a test wants. */
import { DoorWatch } from '../../emulator/door-watch.js'
import { AuthdDoor } from '../../emulator/doors/authd/authd-door.js'
import type { AuthdLimits } from '../../emulator/doors/authd/connection.js'
import { daemonBack, type DaemonBackOptions, type DaemonConsole } from '../../emulator/doors/authd/daemon-back.js'
import { authdOptions } from '../../emulator/further-doors.js'
import { doorBasics } from '../../emulator/node-web.js'
import type { VirtualMachineProps } from '../../emulator/schema/generated/types.js'
import { Certificates, type NodeCertificate } from '../../emulator/services/certificates.js'
import { issueTicket, type TicketKind } from '../../emulator/services/tickets/tickets.js'
import { vmxPath } from '../../emulator/services/tickets/vmx-path.js'
import type { ScreenFeed } from '../../emulator/wire/rfb/screen-feed.js'
import { AuthdClient } from './authd-client.js'
import { createTestLab, type TestLab, type TestLabOptions } from './test-lab.js'

/** What the stand-in for a console says first. */
export const HELLO = 'ServerInit of '

const certificates = new Certificates({
  folder: undefined, keyType: 'p256', organization: 'test', now: () => Date.UTC(2026, 0, 5, 8), era: 'manual',
})

/** Shows a console on a stream. */
export type Show = NonNullable<DaemonBackOptions['show']>

/** Says the machine's name and sends back what it is sent. */
export const echo: Show = (stream, feed) => {
  stream.write(`${HELLO}${feed.name}`)
  stream.on('data', (bytes: Buffer) => stream.write(bytes))
  return { thaw: () => {}, stop: () => {} }
}

export interface AuthdLabOptions extends TestLabOptions {
  readonly limits?: Partial<AuthdLimits>
  /** What is shown in place of the VM's own screen; default: an echo of what the client says. */
  readonly show?: Show | 'screen'
}

export class AuthdLab {
  readonly base: TestLab
  readonly #options: AuthdLabOptions
  readonly #doors = new Map<string, { door: AuthdDoor<DaemonConsole>, port: number }>()
  readonly #clients: AuthdClient[] = []
  readonly #watch: DoorWatch

  constructor(options: AuthdLabOptions = {}) {
    this.#options = options
    this.base = createTestLab({ lab: 'cluster', ...options })
    this.base.lab.services.doors.thumbprints = host => this.certificate(host)
    this.#watch = new DoorWatch(this.base.world, error => this.base.defects.push(error))
  }

  get world(): TestLab['world'] {
    return this.base.world
  }

  certificate(host = 'esx-01'): Promise<NodeCertificate> {
    const { name, kind, hostName, address } = this.base.node(host)
    return certificates.ensure({ name, kind, hostName, address })
  }

  /** A host's door, opened at the first question. */
  async door(host = 'esx-01'): Promise<{ door: AuthdDoor<DaemonConsole>, port: number }> {
    const known = this.#doors.get(host)
    if (known !== undefined) return known
    const { lab, defects } = this.base
    const { show = echo } = this.#options
    const node = this.base.node(host)
    const options = authdOptions({
      lab, node, at: { address: '127.0.0.1', port: 0 },
      common: port => ({
        ...doorBasics(lab, node, port), identity: () => this.certificate(host), onDefect: error => { defects.push(error) },
      }),
    })!
    const door = new AuthdDoor<DaemonConsole>({
      ...options,
      ...show === 'screen' ? {} : daemonBack({
        services: lab.services, node, show,
        feedOf: vm => stillFeed(lab.world.get<VirtualMachineProps>(host, vm)?.props.name ?? '?'),
      }),
      ...this.#options.limits === undefined ? {} : { limits: this.#options.limits },
    })
    const { port } = await door.open()
    this.#watch.add(host, 902, door)
    lab.services.doors.note(host, { address: '127.0.0.1', authd: port })
    const opened = { door, port }
    this.#doors.set(host, opened)
    return opened
  }

  async connect(host = 'esx-01'): Promise<AuthdClient> {
    return this.#noted(await AuthdClient.connect((await this.door(host)).port))
  }

  async client(host = 'esx-01', version: 'TLSv1.2' | 'TLSv1.3' = 'TLSv1.3'): Promise<AuthdClient> {
    return this.#noted(await AuthdClient.secure((await this.door(host)).port, version))
  }

  /** Ids and configuration files of the VMs of a host that run, without one that is a vCenter. */
  running(host = 'esx-01'): { id: string, name: string, path: string }[] {
    return this.world.ofType(host, 'VirtualMachine')
      .map(slot => ({ id: slot.address.id, props: this.world.read<VirtualMachineProps>(slot)!.props }))
      .filter(({ props }) => props.runtime.powerState === 'poweredOn' && !props.name.startsWith('vc-'))
      .map(({ id, props }) => ({ id, name: props.name, path: vmxPath(this.world, host, id)! }))
  }

  ticket(vm: string, host = 'esx-01', kind: TicketKind = 'mks'): string {
    return this.world.transact({ kind: 'lab', what: 'test' }, tx =>
      issueTicket(tx, { host, vm, kind, userName: 'root' }))
  }

  /** Resolves when the sockets behave as the physics says. */
  settled(): Promise<void> {
    return this.#watch.settled()
  }

  /** Types of a node's events, oldest first. */
  events(node = 'esx-01'): string[] {
    return [...this.world.log(`events/${node}`).since(1)].map(item => (item.value as { _typeName: string })._typeName)
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.close()
    this.#watch.stop()
    await this.#watch.settled()
    for (const { door } of this.#doors.values()) await door.close()
    await this.base.close()
  }

  #noted(client: AuthdClient): AuthdClient {
    this.#clients.push(client)
    return client
  }
}

/** A screen that never changes. */
function stillFeed(name: string): ScreenFeed {
  const picture = { width: 4, height: 2, pixels: new Uint8Array(32) }
  return {
    name, version: 1, picture: () => picture, changedSince: () => [],
    onChange: () => () => {}, onEnd: () => () => {}, key: () => {}, pointer: () => {}, wish: () => {},
  }
}
