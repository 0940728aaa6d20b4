import { afterEach, describe, expect, it } from 'vitest'
import { VncDoor, type VncDoorOptions } from '../../emulator/doors/console/vnc.js'
import { TestFeed } from '../support/test-feed.js'
import { VncViewer } from '../support/vnc-viewer.js'
import { turns } from '../support/whole-lab.js'

let door: VncDoor
let feed: TestFeed
let open: number
let drop: () => void
afterEach(() => door.close())

async function begin(options: Partial<VncDoorOptions> = {}): Promise<string> {
  feed = new TestFeed('vm', 640, 400)
  open = 0
  door = new VncDoor({
    at: { address: '127.0.0.1', port: 0 }, feed: () => feed, security: () => ({ kind: 'none' }), silent: () => false, slow: () => 0,
    opened: (_client, drops) => {
      open += 1
      drop = drops
      return () => { open -= 1 }
    },
    ...options,
  })
  const { port } = await door.open()
  return `127.0.0.1:${port}`
}

async function view(at: string): Promise<VncViewer> {
  return (await VncViewer.open(at))!
}

/** Nothing is left of any client. */
async function calm(): Promise<void> {
  await turns(() => door.connections === 0 && open === 0)
  expect(feed.watchers).toBe(0)
}

describe('plain VNC and clients without manners', () => {
  it('one that asks and never reads › is sent away, and its socket is closed', async () => {
    const at = await begin({ patienceMs: 50 })
    const viewer = await view(at)
    await viewer.greet()
    viewer.socket.pause()
    // The whole screen, again and again, until the kernel takes no more of it.
    const request = Buffer.from([3, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff])
    const ask = (): void => { if (!viewer.socket.destroyed) viewer.socket.write(request, () => setImmediate(ask)) }
    ask()
    await calm()
    viewer.socket.destroy()
  })

  it('one that never shakes hands while the network is cut › is gone when it is back', async () => {
    const at = await begin({ handshakeMs: 20 })
    const viewer = await view(at)
    await viewer.read(12)
    await door.answer('timeout', false)
    await turns(() => feed.watchers === 0)
    expect(door.connections).toBe(1)
    await door.answer('open', false)
    await viewer.closed()
    await calm()
  })

  it('one that is dropped while the host says nothing › hears of it when the host speaks again', async () => {
    const at = await begin()
    const viewer = await view(at)
    await viewer.greet()
    await door.answer('timeout', false)
    drop()
    expect(door.connections).toBe(1)
    await door.answer('open', false)
    await viewer.closed()
    await calm()
  })
})
