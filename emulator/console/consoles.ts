import { consoleScreen } from '../physics/guest-os/console-service.js'
import { terminalId } from '../physics/guest-os/terminal.js'
import { vmRecord } from '../physics/compute/vm.js'
import { LAB, type NodeInner } from '../physics/hardware/chassis.js'
import type { JournalEntry } from '../world/journal.js'
import type { StoredRecord } from '../world/records.js'
import type { World } from '../world/world.js'
import type { FeedEnd, ScreenFeed } from '../wire/rfb/screen-feed.js'
import { ConsoleScreen } from './console-screen.js'

/**
 * The screens of a lab's VMs and hosts. What they show follows from the world; keys go into it.
 * Nothing here is state: a lab that is saved and loaded shows the same.
 */
export class Consoles {
  readonly #world: World
  /** Screens that somebody listens to, by the key of what they show. */
  readonly #open = new Map<string, Set<ConsoleScreen>>()
  #unsubscribe: (() => void) | undefined

  constructor(world: World) {
    this.#world = world
  }

  /** The screen and keyboard of a VM that runs on a host; undefined when it does not run. */
  feedOf(hostNode: string, vmId: string): ScreenFeed | undefined {
    const world = this.#world
    const vm = world.find(hostNode, vmId)
    if (vm?.address.type !== 'VirtualMachine' || vmRecord(world, vm).props.runtime.powerState !== 'poweredOn') return undefined
    const key = vmKey(hostNode, vmId)
    const [known] = this.#open.get(key) ?? []
    if (known !== undefined) return known
    const at = { node: hostNode, vm: vmId }
    const cause = { kind: 'lab', what: 'console', ...at } as const
    const screen: ConsoleScreen = new ConsoleScreen(world, {
      name: vmRecord(world, vm).props.name,
      read: () => world.find(hostNode, vmId) === undefined ? undefined : consoleScreen(world, vm),
      key: (scanCode, down) => world.transact(cause, tx => {
        tx.emit('guest.key', { ...at, scanCodes: [down ? scanCode : -scanCode] })
      }),
      wish: (width, height) => world.transact(cause, tx => tx.emit('guest.resize', { ...at, width, height })),
    }, used => this.#keep(key, screen, used))
    return screen
  }

  #keep(key: string, screen: ConsoleScreen, used: boolean): void {
    const screens = this.#open.get(key) ?? new Set()
    if (used) this.#open.set(key, screens.add(screen))
    else if (screens.delete(screen) && screens.size === 0) this.#open.delete(key)
    if (this.#open.size > 0) this.#unsubscribe ??= this.#world.subscribe(entry => this.#hear(entry))
    else {
      this.#unsubscribe?.()
      this.#unsubscribe = undefined
    }
  }

  /** Only screens whose records changed are looked at. */
  #hear(entry: JournalEntry): void {
    const touched = new Set<string>()
    for (const change of entry.changes) {
      const { address } = change.slot
      if (address.type === 'VirtualMachine') touched.add(vmKey(address.node, address.id))
      else if (address.node === LAB && address.type === 'GuestTerminal') touched.add(address.id)
      else if (address.node === LAB && address.type === 'Node' && serviceOf(change.before) !== serviceOf(change.after)) {
        this.#hearHost(address.id, touched)
      }
    }
    for (const key of touched) {
      const screens = this.#open.get(key)
      if (screens === undefined) continue
      const end = this.#endOf(key, entry)
      for (const screen of [...screens]) {
        if (end === undefined) screen.look()
        else screen.end(end)
      }
    }
  }

  /** What a host's own facts say (its console service) concerns each of its screens. */
  #hearHost(host: string, touched: Set<string>): void {
    for (const key of this.#open.keys()) if (key.startsWith(vmKey(host, ''))) touched.add(key)
  }

  #endOf(key: string, entry: JournalEntry): FeedEnd | undefined {
    const [, node, id] = key.split('/') as [string, string, string]
    const slot = this.#world.find(node, id)
    if (slot === undefined) {
      const left = entry.signals.some(({ kind, payload }) => {
        const moved = payload as { node?: string, vm?: string }
        return kind === 'vm.left' && moved.node === node && moved.vm === id
      })
      return left ? 'moved' : 'powerOff'
    }
    return vmRecord(this.#world, slot).props.runtime.powerState === 'poweredOn' ? undefined : 'powerOff'
  }
}

/** Whether the service behind a host's consoles hangs. */
function serviceOf(record: StoredRecord | undefined): boolean {
  return (record?.inner as Partial<NodeInner> | undefined)?.consoleHung === true
}

/** The same as the id of the record of its terminal. */
function vmKey(host: string, vm: string): string {
  return terminalId(host, vm)
}
