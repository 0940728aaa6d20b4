import type { ScreenFeed } from '../../emulator/wire/rfb/screen-feed.js'
import { Lab } from '../../emulator/lab.js'
import { checkLab } from '../../emulator/inventory/check-lab.js'
import type { LabFileInput } from '../../emulator/inventory/lab-schema.js'
import { consoleScreen } from '../../emulator/physics/guest-os/console-service.js'
import { withoutMarks } from '../../emulator/physics/text-screen.js'

/** Two hosts, a Linux guest on each, a Windows guest, one that is off, one without VMware Tools. */
const consoleLab: LabFileInput = {
  lab: 'consoles',
  vcenters: [{ name: 'vc-01', datacenters: [{ name: 'DC-01', clusters: [{ name: 'C', hosts: ['esx-*'] }] }] }],
  hosts: [{ name: 'esx-##', count: 2 }],
  datastores: [{ name: 'shared-01', capacity: '1TiB' }],
  vms: [
    { name: 'web-01', host: 'esx-01', cpu: 2, memory: '2GiB', disks: ['16GiB'], ip: '10.1.0.11' },
    { name: 'web-02', host: 'esx-02', firmware: 'efi', ip: '10.1.0.12' },
    { name: 'win-01', host: 'esx-01', guest: 'windows2019srvNext_64Guest' },
    { name: 'off-01', host: 'esx-01', power: 'off' },
    { name: 'bare-01', host: 'esx-01', tools: false },
  ],
}

/** A lab whose guests take their time, on the manual clock, with what tests of consoles ask for. */
export class ConsoleLab {
  readonly lab: Lab

  constructor(lab: LabFileInput = consoleLab) {
    this.lab = new Lab({
      lab: checkLab(lab, 'test'), seed: '1', clock: { mode: 'manual' }, recordJournal: true, behaviour: { durations: 'realistic' },
    })
    this.lab.world.onDefect = error => { throw error }
  }

  get world(): Lab['world'] {
    return this.lab.world
  }

  /** Id of a VM on a host. */
  id(name: string, host = 'esx-01'): string {
    const slot = this.world.ofType(host, 'VirtualMachine').find(each => each.record?.props['name'] === name)
    if (slot === undefined) throw new Error(`no ${name} on ${host}`)
    return slot.address.id
  }

  feed(name: string, host = 'esx-01'): ScreenFeed {
    const feed = this.lab.consoles.feedOf(host, this.id(name, host))
    if (feed === undefined) throw new Error(`${name} has no screen`)
    return feed
  }

  /** The lines that a VM shows, without colours and without empty ones at the end. */
  text(name: string, host = 'esx-01'): string[] {
    const screen = consoleScreen(this.world, this.world.find(host, this.id(name, host))!)
    const lines = (screen?.lines ?? []).map(line => withoutMarks(line).trimEnd())
    while (lines.at(-1) === '') lines.pop()
    return lines
  }

  power(name: string, how: 'on' | 'off' | 'reset' | 'suspend', host = 'esx-01'): void {
    const methods = { on: 'PowerOnVM_Task', off: 'PowerOffVM_Task', reset: 'ResetVM_Task', suspend: 'SuspendVM_Task' }
    const node = this.lab.nodes.find(each => each.name === host)!
    const outcome = this.lab.gate.invoke(node, {
      self: { type: 'VirtualMachine', value: this.id(name, host) },
      method: this.lab.schema.method('VirtualMachine', methods[how])!, args: {},
      version: this.lab.schema.versions.newest(), cookie: this.lab.openSession(node), opId: 'op',
      client: { address: '127.0.0.1', userAgent: 'test' },
    })
    if (outcome.kind !== 'result') throw new Error(`${how}: ${outcome.kind}`)
    this.world.advance(20_000)
  }

  /** Logs in as root at a guest's console. */
  logIn(name: string, host = 'esx-01'): ScreenFeed {
    const feed = this.feed(name, host)
    typeLine(feed, 'root')
    typeLine(feed, 'VMware1!')
    return feed
  }
}

const SHIFT = 0x2a
const plain = '1234567890-=\0\0qwertyuiop[]\0\0asdfghjkl;\'`\0\\zxcvbnm,./\0\0\0 '
const shifted = '!@#$%^&*()_+\0\0QWERTYUIOP{}\0\0ASDFGHJKL:"~\0|ZXCVBNM<>?'

export function press(feed: ScreenFeed, code: number): void {
  feed.key(code, true)
  feed.key(code, false)
}

/** Types a text as a US keyboard does. */
export function type(feed: ScreenFeed, text: string): void {
  for (const character of text) {
    const at = plain.indexOf(character)
    if (at >= 0) press(feed, at + 2)
    else {
      feed.key(SHIFT, true)
      press(feed, shifted.indexOf(character) + 2)
      feed.key(SHIFT, false)
    }
  }
}

/** Types a text and the Enter key. */
export function typeLine(feed: ScreenFeed, text: string): void {
  type(feed, text)
  press(feed, 0x1c)
}
