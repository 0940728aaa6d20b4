import { checkLab } from '../../emulator/inventory/check-lab.js'
import { Lab } from '../../emulator/lab.js'

/** What many open consoles cost, in processor time of this process. */
export interface ScreenFigures {
  readonly consoles: number
  /** Percent of a core at five updates a second for each console: a typed character that changes one row. */
  readonly corePercent: number
  /** Microseconds of an update: transaction, journal, picture, and the changed rectangle copied. */
  readonly updateUs: number
  /** Microseconds for each console of an hour of lab time in which nothing changes. */
  readonly idleUs: number
  /** Milliseconds of a whole picture as a PNG. */
  readonly pngMs: number
}

const UPDATES_PER_SECOND = 5

/** Opens consoles of as many guests and types into each in turn. */
export function screens(consoles: number, seconds: number): ScreenFigures {
  const lab = new Lab({
    lab: checkLab({
      lab: 'screens', hosts: [{ name: 'esx-##', count: 4, memory: '1TiB' }],
      vms: [{ name: 'vm-###', count: consoles, host: 'esx-*', memory: '1GiB', disks: ['1GiB'] }],
    }, 'bench'),
    seed: '1', clock: { mode: 'manual' },
  })
  const feeds = ['esx-01', 'esx-02', 'esx-03', 'esx-04'].flatMap(host =>
    lab.world.ofType(host, 'VirtualMachine').map(slot => lab.consoles.feedOf(host, slot.address.id)!))
  let copied = 0
  for (const feed of feeds) {
    let seen = feed.version
    feed.onChange(() => {
      const { pixels, width } = feed.picture()
      for (const { x, y, width: w, height: h } of feed.changedSince(seen)) {
        for (let row = y; row < y + h; row += 1) copied += pixels.subarray((row * width + x) * 4, (row * width + x + w) * 4).slice().length
      }
      seen = feed.version
    })
  }
  const type = (code: number): void => {
    for (const feed of feeds) feed.key(code, true)
  }
  for (let warm = 0; warm < 10; warm += 1) type(warm % 2 === 0 ? 0x1e : 0x0e)
  const rounds = seconds * UPDATES_PER_SECOND
  const busy = cpuMs(() => { for (let round = 0; round < rounds; round += 1) type(round % 2 === 0 ? 0x1e : 0x0e) })
  const idle = cpuMs(() => lab.world.advance(3_600_000))
  const host = feeds.length > 0 ? lab.world.ofType('esx-01', 'VirtualMachine')[0]!.address.id : ''
  const png = cpuMs(() => { for (let count = 0; count < 20; count += 1) lab.consoles.png('esx-01', host) })
  if (copied === 0) throw new Error('no picture changed')
  lab.stop()
  return {
    consoles, corePercent: round(busy / seconds / 10), updateUs: round(busy * 1000 / (rounds * consoles)),
    idleUs: round(idle * 1000 / consoles), pngMs: round(png / 20),
  }
}

function cpuMs(work: () => void): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
