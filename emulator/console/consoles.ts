import { vmRecord } from '../physics/compute/vm.js'
import { isConsoleKey } from '../physics/dcui/keys.js'
import { hostConsoleId } from '../physics/dcui/state.js'
import { consoleScreen } from '../physics/guest-os/console-service.js'
import { keyOf } from '../physics/guest-os/keyboard.js'
import { terminalId } from '../physics/guest-os/terminal.js'
import { isUp, LAB, type NodeInner } from '../physics/hardware/chassis.js'
import { hostScreen } from '../physics/hardware/host-screen.js'
import type { TextScreen } from '../physics/text-screen.js'
import type { FeedEnd, ScreenFeed } from '../wire/rfb/screen-feed.js'
import type { Change, JournalEntry } from '../world/journal.js'
import type { StoredRecord } from '../world/records.js'
import { encodePng } from '../wire/png.js'
import type { World } from '../world/world.js'
import { Canvas } from './canvas.js'
import { ConsoleScreen, type ScreenSource } from './console-screen.js'
import { partOf, type PartWish } from './part.js'

/** A screen that somebody listens to, and whether something has ended it. */
interface Watched {
  readonly screens: Set<ConsoleScreen>
  endOf(entry: JournalEntry): FeedEnd | undefined
}

/**
 * The screens of a lab's VMs and hosts. What they show follows from the world; keys go into it.
 * Nothing here is state: a lab that is saved and loaded shows the same.
 */
export class Consoles {
  readonly #world: World
  /** By the key of what is shown. */
  readonly #watched = new Map<string, Watched>()
  #unsubscribe: (() => void) | undefined

  constructor(world: World) {
    this.#world = world
  }

  /** The screen and keyboard of a VM that runs on a host; undefined when it does not run. */
  feedOf(hostNode: string, vmId: string): ScreenFeed | undefined {
    const world = this.#world
    const vm = world.find(hostNode, vmId)
    if (vm?.address.type !== 'VirtualMachine' || !runs(world, hostNode, vmId)) return undefined
    const at = { node: hostNode, vm: vmId }
    const cause = { kind: 'lab', what: 'console', ...at } as const
    return this.#feed(terminalId(hostNode, vmId), {
      name: vmRecord(world, vm).props.name,
      read: () => world.find(hostNode, vmId) === undefined ? undefined : consoleScreen(world, vm),
      key: (scanCode, down) => {
        if (keyOf(scanCode) === undefined) return
        world.transact(cause, tx => tx.emit('guest.key', { ...at, scanCodes: [down ? scanCode : -scanCode] }))
      },
      wish: (width, height) => world.transact(cause, tx => tx.emit('guest.resize', { ...at, width, height })),
    }, entry => {
      if (keepsConsole(world, hostNode, vmId)) return undefined
      return world.find(hostNode, vmId) === undefined && hasLeft(entry, at) ? 'moved' : 'powerOff'
    })
  }

  /** The screen and keyboard that are plugged into a host; undefined while it is without power. */
  hostFeed(hostNode: string): ScreenFeed | undefined {
    const world = this.#world
    if (hostScreen(world, hostNode) === undefined) return undefined
    return this.#feed(hostKey(hostNode), {
      name: hostNode, read: () => hostScreen(world, hostNode), wish: () => {},
      key: (scanCode, down) => this.hostKey(hostNode, scanCode, down),
    }, () => hostScreen(world, hostNode) === undefined ? 'powerOff' : undefined)
  }

  /** A key of the keyboard that is plugged into a host; one that means nothing there is no change. */
  hostKey(host: string, scanCode: number, down: boolean): void {
    if (isConsoleKey(scanCode)) {
      this.#world.transact({ kind: 'lab', what: 'host console', node: host }, tx => tx.emit('host.key', { host, scanCode, down }))
    }
  }

  /**
   * What the console of a host's VM shows, as a PNG: also of a suspended VM, which keeps its picture.
   * `off`: nothing; `outside`: the wish is for no part of it.
   */
  png(hostNode: string, vmId: string, wish: PartWish = {}): Buffer | 'off' | 'outside' {
    const vm = this.#world.find(hostNode, vmId)
    const screen = vm?.address.type === 'VirtualMachine' ? consoleScreen(this.#world, vm) : undefined
    return screen === undefined ? 'off' : pngOf(screen, wish)
  }

  /** What a host's own screen shows, as a PNG. */
  hostPng(hostNode: string): Buffer | 'off' {
    const screen = hostScreen(this.#world, hostNode)
    return screen === undefined ? 'off' : pngOf(screen, {}) as Buffer
  }

  /** A screen that is watched already is shared; else it is watched from its first listener on. */
  #feed(key: string, source: ScreenSource, endOf: Watched['endOf']): ScreenFeed {
    const [known] = this.#watched.get(key)?.screens ?? []
    if (known !== undefined) return known
    const screen: ConsoleScreen = new ConsoleScreen(this.#world, source, used => {
      const watched = this.#watched.get(key) ?? { screens: new Set<ConsoleScreen>(), endOf }
      if (used) this.#watched.set(key, watched)
      if (used) watched.screens.add(screen)
      else if (watched.screens.delete(screen) && watched.screens.size === 0) this.#watched.delete(key)
      this.#listen()
    })
    return screen
  }

  #listen(): void {
    if (this.#watched.size > 0) this.#unsubscribe ??= this.#world.subscribe(entry => this.#hear(entry))
    else {
      this.#unsubscribe?.()
      this.#unsubscribe = undefined
    }
  }

  /** Only screens whose records changed are looked at. */
  #hear(entry: JournalEntry): void {
    const touched = new Set(entry.changes.flatMap(change => this.#touched(change)))
    // A host's console may show one of its logs.
    for (const { log } of entry.appended) if (log.startsWith('logs/')) touched.add(hostKey(log.split('/', 2)[1]!))
    for (const key of touched) {
      const watched = this.#watched.get(key)
      if (watched === undefined) continue
      const end = watched.endOf(entry)
      for (const screen of [...watched.screens]) {
        if (end === undefined) screen.look()
        else screen.end(end)
      }
    }
  }

  /** Keys of what a change may show on. */
  #touched({ slot: { address }, before, after }: Change): string[] {
    const { node, type, id } = address
    if (type === 'VirtualMachine') return [terminalId(node, id)]
    if (type === 'HostSystem') return [hostKey(node)]
    if (node !== LAB) return []
    if (type === 'GuestTerminal') return [id]
    if (type === 'HostConsole') return [hostKey(id.slice(hostConsoleId('').length))]
    if (type !== 'Node') return []
    const same = serviceHangs(before) === serviceHangs(after) && hasPower(before) === hasPower(after)
    const ofVms = same ? '' : terminalId(id, '')
    return [hostKey(id), ...ofVms === '' ? [] : [...this.#watched.keys()].filter(key => key.startsWith(ofVms))]
  }
}

function runs(world: World, host: string, vm: string): boolean {
  return world.get<{ runtime: { powerState: string } }>(host, vm)?.props.runtime.powerState === 'poweredOn'
}

/** Who looks at a VM while it is suspended goes on looking: the picture stands still until it is resumed. */
function keepsConsole(world: World, host: string, vm: string): boolean {
  const power = world.get<{ runtime: { powerState: string } }>(host, vm)?.props.runtime.powerState
  return power === 'poweredOn' || (power === 'suspended' && isUp(world, host))
}

function hasLeft({ signals }: JournalEntry, at: { readonly node: string, readonly vm: string }): boolean {
  return signals.some(({ kind, payload }) => {
    const { node, vm } = payload as Partial<typeof at>
    return kind === 'vm.left' && node === at.node && vm === at.vm
  })
}

function pngOf(screen: TextScreen, wish: PartWish): Buffer | 'outside' {
  const canvas = new Canvas()
  canvas.show(screen)
  const part = partOf(canvas.picture(), wish)
  return part === undefined ? 'outside' : encodePng(part)
}

/** Whether the service behind a host's consoles hangs. */
function serviceHangs(record: StoredRecord | undefined): boolean {
  return (record?.inner as Partial<NodeInner> | undefined)?.consoleHung === true
}

function hasPower(record: StoredRecord | undefined): boolean {
  return (record?.inner as Partial<NodeInner> | undefined)?.power === 'on'
}

function hostKey(host: string): string {
  return `host/${host}`
}
