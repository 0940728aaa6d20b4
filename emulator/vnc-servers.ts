import { networkDelayMs, type DoorWatch } from './door-watch.js'
import { VncDoor } from './doors/console/vnc.js'
import type { VncServerState } from './doors/control/target.js'
import type { ListenAt } from './doors/https/listener.js'
import { urlHost, type PortMode } from './doors/ports.js'
import type { Lab } from './lab.js'
import { isUp, LAB } from './physics/hardware/chassis.js'
import { inboundAllowed } from './physics/network/firewall.js'
import { addressesOf } from './physics/network/nics.js'
import type { VirtualMachineProps } from './schema/generated/types.js'
import { sameVnc, vncSettings, type VncSettings } from './services/vnc-settings.js'
import type { Change, JournalEntry } from './world/journal.js'
import type { StoredRecord } from './world/records.js'

export interface VncServersOptions {
  readonly lab: Lab
  readonly watch: DoorWatch
  readonly mode: Exclude<PortMode, 'auto'>
  /** Address of a host's doors; undefined: the host has none here. */
  addressOf(host: string): string | undefined
  log(line: string): void
}

/** A door of a host without power: it says nothing, and is gone when the host is back. */
interface Ghost {
  readonly host: string
  readonly leave: () => Promise<void>
}

interface Running {
  readonly host: string
  readonly settings: VncSettings
  shown: VncServerState
  /** The last change under way. */
  done: Promise<void>
  door: VncDoor | undefined
  unwatch: () => void
}

/**
 * The VNC servers of all VMs whose settings ask for one (services/vnc-settings.ts). They follow the
 * VM: open where it runs, with what its settings say now. With the product's own ports a server has
 * exactly the port of its settings; with high ports it takes a free one when that is taken, since all
 * hosts share an address there; with free ports it takes any.
 */
export class VncServers {
  readonly #options: VncServersOptions
  readonly #running = new Map<string, Running>()
  readonly #closing = new Set<Promise<void>>()
  readonly #ghosts = new Set<Ghost>()
  readonly #hosts: ReadonlySet<string>
  readonly #unsubscribe: () => void

  constructor(options: VncServersOptions) {
    this.#options = options
    const { world, nodes } = options.lab
    this.#hosts = new Set(nodes.filter(({ kind }) => kind === 'esxi').map(({ name }) => name))
    this.#unsubscribe = world.subscribe(entry => this.#hear(entry))
    for (const host of this.#hosts) {
      if (options.addressOf(host) === undefined) continue
      for (const slot of world.ofType(host, 'VirtualMachine')) {
        this.#follow(host, slot.address.id, world.read<VirtualMachineProps>(slot)?.props)
      }
    }
  }

  /** Every server that is open or ought to be. */
  list(): VncServerState[] {
    return [...this.#running.values()].map(({ shown }) => shown)
  }

  /** Resolves when every change that is under way is done. */
  async settled(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ done }) => done))
    await Promise.all(this.#closing)
  }

  async close(): Promise<void> {
    this.#unsubscribe()
    for (const ghost of this.#ghosts) this.#leave(ghost)
    for (const running of [...this.#running.values()]) this.#shut(running)
    await this.settled()
  }

  #hear(entry: JournalEntry): void {
    for (const change of entry.changes) {
      const { address } = change.slot
      if (address.type === 'VirtualMachine' && this.#hosts.has(address.node) && concernsVnc(change)) {
        this.#follow(address.node, address.id, propsOf(change.after))
      } else if (address.node === LAB && address.type === 'Node') this.#hearHost(address.id)
    }
  }

  #hearHost(host: string): void {
    for (const ghost of this.#ghosts) if (ghost.host === host && isUp(this.#options.lab.world, host)) this.#leave(ghost)
  }

  #follow(host: string, vm: string, props: VirtualMachineProps | undefined): void {
    const running = props?.runtime.powerState === 'poweredOn'
    const settings = running ? vncSettings(props.config?.extraConfig) : undefined
    const key = `${host}/${vm}`
    const now = this.#running.get(key)
    // As the other consoles: who looks at a VM that is suspended goes on looking.
    if (now !== undefined && props?.runtime.powerState === 'suspended') return
    if (sameVnc(now?.settings, settings)) return
    this.#running.delete(key)
    const before = now === undefined ? Promise.resolve() : this.#end(now)
    const address = this.#options.addressOf(host)
    if (settings !== undefined && address !== undefined) this.#begin(host, vm, props!.name, settings, address, before)
  }

  #begin(host: string, vm: string, name: string, settings: VncSettings, address: string, before: Promise<void>): void {
    const { watch, log, mode } = this.#options
    const running: Running = {
      host, settings, shown: { host, vm, name, wanted: settings.port }, done: before, door: undefined, unwatch: () => {},
    }
    this.#running.set(`${host}/${vm}`, running)
    const open = async (port: number): Promise<ListenAt> => {
      running.door = this.#door(host, vm, settings, { address, port })
      return running.door.open()
    }
    running.done = before.then(async () => {
      // As with a real socket: nobody listens at an address that the machine does not have.
      if (settings.ip !== undefined && !addressesOf(this.#options.lab.world, host).includes(settings.ip)) {
        throw Object.assign(new Error(`${host} has no address ${settings.ip}`), { code: 'EADDRNOTAVAIL' })
      }
      const at = await open(mode === 'free' ? 0 : settings.port).catch((error: unknown) => {
        if (mode === 'real' || mode === 'free') throw error
        return open(0)
      })
      running.unwatch = watch.add(host, settings.port, running.door!)
      running.shown = { ...running.shown, address: `${urlHost(at.address)}:${at.port}` }
      log(`VNC of ${name} on ${host} (port ${settings.port} of its settings) listens on ${running.shown.address}`)
    }).catch((error: unknown) => {
      const trouble = (error as NodeJS.ErrnoException).code ?? String(error)
      running.shown = { ...running.shown, trouble }
      log(`VNC of ${name} on ${host} could not listen on port ${settings.port}: ${trouble}`)
    })
  }

  #door(host: string, vm: string, { password, port }: VncSettings, at: ListenAt): VncDoor {
    const { world, consoles, services } = this.#options.lab
    return new VncDoor({
      at,
      feed: () => consoles.feedOf(host, vm),
      security: () => password === undefined ? { kind: 'none' } : { kind: 'password', password, challenge: this.#challenge() },
      opened: (client, drop) => services.consoles.add({ host, vm, label: 'vnc', client, userName: '', kind: 'vnc', drop }),
      silent: () => !isUp(world, host),
      slow: () => networkDelayMs(world, host, port),
      admits: source => inboundAllowed(world, host, 'tcp', port, source),
    })
  }

  #challenge(): Uint8Array {
    const { random } = this.#options.lab.world
    return new Uint8Array(Uint32Array.from({ length: 4 }, () => random.uint32('vnc')).buffer)
  }

  /** Ends a server; resolves when its port is free, or when its host has no power to free it. */
  #end(running: Running): Promise<void> {
    const { host } = running
    if (isUp(this.#options.lab.world, host)) return this.#shut(running)
    this.#ghosts.add({ host, leave: () => this.#shut(running) })
    return Promise.resolve()
  }

  #leave(ghost: Ghost): void {
    this.#ghosts.delete(ghost)
    void ghost.leave()
  }

  #shut(running: Running): Promise<void> {
    const closed = running.done.then(() => {
      running.unwatch()
      return running.door?.close()
    })
    this.#closing.add(closed)
    return closed.finally(() => this.#closing.delete(closed))
  }
}

/** True if a change can concern VNC: nearly all changes of VMs do not. */
function concernsVnc({ before, after }: Change): boolean {
  const [old, now] = [propsOf(before), propsOf(after)]
  return old?.config?.extraConfig !== now?.config?.extraConfig || old?.runtime.powerState !== now?.runtime.powerState
}

function propsOf(record: StoredRecord | undefined): VirtualMachineProps | undefined {
  return record?.props as VirtualMachineProps | undefined
}
