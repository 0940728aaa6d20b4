import { createServer, connect, type AddressInfo, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import { LateLine } from '../../emulator/doors/console/late-line.js'
import { serveRfb, type RfbStreamOptions } from '../../emulator/doors/console/rfb-stream.js'
import type { RfbEnd } from '../../emulator/wire/rfb/server.js'
import { afterRealMs } from '../../emulator/world/clock.js'
import { TestFeed } from '../support/test-feed.js'

const close: Array<() => void> = []
afterEach(() => { for (const each of close.splice(0)) each() })

/** A console on a real socket, and how it ended. */
function open(feed: TestFeed, options: Partial<RfbStreamOptions> = {}): Promise<{ client: Socket, server: Socket, ended: Promise<RfbEnd> }> {
  return new Promise(resolve => {
    let ended: Promise<RfbEnd>
    let client: Socket
    const listener = createServer(server => {
      ended = new Promise(end => {
        serveRfb(server, {
          feed, mode: 'serverInit', ...options,
          end: why => {
            server.destroy()
            end(why)
          },
        })
      })
      close.push(() => server.destroy())
      resolve({ client, server, ended })
    })
    listener.listen(0, '127.0.0.1', () => { client = connect((listener.address() as AddressInfo).port, '127.0.0.1') })
    close.push(() => listener.close(), () => client.destroy())
  })
}

describe('a console on a stream', () => {
  it('a client that never reads › has one message under way however often it asks, and is sent away', async () => {
    const feed = new TestFeed()
    const written: Buffer[] = []
    // A stream whose other side takes nothing: what is written is never done.
    const stream = new Duplex({ read() {}, write(bytes: Buffer) { written.push(bytes) } })
    const ended = new Promise<RfbEnd>(end => {
      serveRfb(stream, { feed, mode: 'serverInit', patienceMs: 50, end })
    })
    for (let count = 0; count < 1000; count += 1) {
      stream.push(Buffer.from([3, 0, 0, 0, 0, 0, 0, 64, 0, 40]))
      feed.paint({ x: 0, y: 0, width: 4, height: 4 }, count)
    }
    expect(await ended).toEqual({ kind: 'refused', reason: 'the client does not read' })
    expect(written).toHaveLength(1)
    expect(stream.writableLength).toBeLessThan(100)
    expect(feed.watchers).toBe(0)
  })

  it('a client that never shakes hands › is sent away', async () => {
    const feed = new TestFeed()
    const { ended } = await open(feed, { mode: 'full', handshakeMs: 30 })
    expect(await ended).toEqual({ kind: 'refused', reason: 'the handshake took too long' })
    expect(feed.watchers).toBe(0)
  })

  it('while the host is frozen › nothing is said and nothing is heard; afterwards everything', async () => {
    const feed = new TestFeed()
    let frozen = false
    const line: number[] = []
    const late = new LateLine(() => 0, () => frozen)
    late.push(() => line.push(1))
    frozen = true
    late.push(() => line.push(2))
    late.push(() => line.push(3))
    expect(line).toEqual([1])
    expect(late.length).toBe(2)
    frozen = false
    late.thaw()
    expect(line).toEqual([1, 2, 3])
    expect(feed.keys).toEqual([])
  })

  it('a slow network › keeps the order, however its delays vary', async () => {
    const delays = [20, 1, 10, 0, 0]
    const line: number[] = []
    const late = new LateLine(() => delays.shift() ?? 0, () => false)
    await new Promise<void>(resolve => {
      for (let count = 0; count < 5; count += 1) {
        late.push(() => {
          line.push(count)
          if (line.length === 5) resolve()
        })
      }
      expect(line).toEqual([])
    })
    expect(line).toEqual([0, 1, 2, 3, 4])
    late.stop()
  })

  it('stopped › leaves no timer that ends it later', async () => {
    const feed = new TestFeed()
    const ends: RfbEnd[] = []
    const { server } = await open(feed)
    const shown = serveRfb(server, { feed, mode: 'full', handshakeMs: 10, end: why => { ends.push(why) } })
    shown.stop()
    await new Promise<void>(resolve => { afterRealMs(40, resolve) })
    expect(ends).toEqual([])
  })
})
