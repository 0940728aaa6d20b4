import { describe, expect, it } from 'vitest'
import { answerChallenge } from '../../../emulator/wire/rfb/vnc-auth.js'
import type { Security } from '../../../emulator/wire/rfb/handshake.js'
import type { PixelFormat } from '../../../emulator/wire/rfb/pixel-format.js'
import { writePixelFormat } from '../../../emulator/wire/rfb/pixel-format.js'
import { updatesOf } from '../../../emulator/wire/rfb/updates.js'
import { RfbClient } from '../../support/rfb-client.js'
import { TestFeed } from '../../support/test-feed.js'

const TIGHT_PNG = -260
const DESKTOP_SIZE = -223
const VMWARE_CAPS = 0x574D567A
const version = [...Buffer.from('RFB 003.008\n')]

/** A console that starts at ServerInit, as on 902. */
function console902(feed = new TestFeed(), ...encodings: number[]): { feed: TestFeed, client: RfbClient } {
  const client = new RfbClient({ feed, mode: 'serverInit' })
  client.init()
  if (encodings.length > 0) client.encodings(...encodings)
  return { feed, client }
}

function colours(feed: TestFeed): number[] {
  const { pixels } = feed.picture()
  return Array.from({ length: pixels.length / 4 }, (_, index) => pixels[index * 4]! | pixels[index * 4 + 1]! << 8 | pixels[index * 4 + 2]! << 16)
}

/** Something like text, and at the end a part with very many colours. */
function paintScreen(feed: TestFeed): void {
  feed.paint({ x: 0, y: 0, width: 64, height: 20 }, (x, y) => (x * 7 + y * 3) % 5 === 0 ? 0xaaaaaa : 0x000080)
  feed.paint({ x: 32, y: 20, width: 32, height: 20 }, (x, y) => x << 19 | y << 10 | x * y & 255)
}

describe('RFB handshake', () => {
  it('first message › is the version alone, then types, result and ServerInit', () => {
    const client = new RfbClient({ feed: new TestFeed('web-01'), mode: 'full' })
    expect(client.sent.splice(0).map(String)).toEqual(['RFB 003.008\n'])
    client.say(...version)
    expect(client.sent.splice(0)).toEqual([Buffer.from([1, 1])])
    client.say(1)
    expect(client.sent.splice(0)).toEqual([Buffer.from([0, 0, 0, 0])])
    client.say(1)
    expect(client.sent[0]!.subarray(0, 20).toString('hex')).toBe('00400028' + '201800' + '01' + '00ff00ff00ff' + '100800' + '000000')
    expect(client.init()).toBe('web-01')
  })

  it.each([['003.003', '00000001'], ['003.005', '00000001'], ['003.007', '0101']])('version %s › gets the answer of its time', (text, hex) => {
    const client = new RfbClient({ feed: new TestFeed(), mode: 'full' })
    client.sent.length = 0
    client.say(...Buffer.from(`RFB ${text}\n`))
    expect(client.sent.splice(0).map(each => each.toString('hex'))).toEqual([hex])
    if (text === '003.007') client.say(1)
    expect(client.sent).toEqual([])
    client.say(0)
    expect(client.init()).toBe('vm')
  })

  it('one byte at a time › is the same', () => {
    const client = new RfbClient({ feed: new TestFeed(), mode: 'full' })
    for (const byte of [...version, 1, 1]) client.say(byte)
    expect(client.init()).toBe('vm')
  })

  it.each([['GET / HTTP/1'], ['RFB 004.008\n'], ['RFB 003.abc\n']])('%j › ends the connection', text => {
    const client = new RfbClient({ feed: new TestFeed(), mode: 'full' })
    client.say(...Buffer.from(text))
    expect(client.ends).toEqual([{ kind: 'refused', reason: 'no RFB version' }])
    expect(client.sent).toHaveLength(1)
  })

  it('a security type that was not offered › ends the connection', () => {
    const client = new RfbClient({ feed: new TestFeed(), mode: 'full' })
    client.say(...version, 2)
    expect(client.ends).toEqual([{ kind: 'refused', reason: 'security type 2' }])
  })
})

describe('VNC password', () => {
  const challenge = Uint8Array.from({ length: 16 }, (_, index) => index * 17)
  const security: Security = { kind: 'password', password: 'secret', challenge }

  it('answer › is the one that other implementations give', () => {
    // openssl enc -des-ecb -K cea6c64ea62e0000 -nopad -provider legacy, over the challenge.
    expect(answerChallenge('secret', challenge).toString('hex')).toBe('f19b50471f60f42298e5c0147db50e1e')
    expect(answerChallenge('longer than eight', challenge)).toEqual(answerChallenge('longer t', challenge))
  })

  it('right password › opens', () => {
    const client = new RfbClient({ feed: new TestFeed(), mode: 'full', security })
    client.say(...version, 2)
    expect(client.sent.splice(0).slice(1)).toEqual([Buffer.from([1, 2]), Buffer.from(challenge)])
    client.say(...answerChallenge('secret', challenge), 1)
    expect(client.sent[0]).toEqual(Buffer.from([0, 0, 0, 0]))
    expect(client.init()).toBe('vm')
  })

  it('wrong password › gets result, reason and the end', () => {
    const client = new RfbClient({ feed: new TestFeed(), mode: 'full', security })
    client.say(...version, 2, ...answerChallenge('Secret', challenge), 1)
    expect(client.sent.at(-1)!.toString('latin1')).toBe('\0\0\0\u0001\0\0\0\u0015Authentication failed')
    expect(client.ends).toEqual([{ kind: 'refused', reason: 'wrong password' }])
  })

  it('None › is not accepted where there is a password', () => {
    const client = new RfbClient({ feed: new TestFeed(), mode: 'full', security })
    client.say(...version, 1, 1)
    expect(client.ends).toEqual([{ kind: 'refused', reason: 'security type 1' }])
  })
})

const formats: Record<string, PixelFormat> = {
  'noVNC, 32 bits with red first': {
    bitsPerPixel: 32, depth: 24, bigEndian: false, redMax: 255, greenMax: 255, blueMax: 255, redShift: 0, greenShift: 8, blueShift: 16,
  },
  '32 bits, big endian': {
    bitsPerPixel: 32, depth: 24, bigEndian: true, redMax: 255, greenMax: 255, blueMax: 255, redShift: 16, greenShift: 8, blueShift: 0,
  },
  '16 bits 565': {
    bitsPerPixel: 16, depth: 16, bigEndian: false, redMax: 31, greenMax: 63, blueMax: 31, redShift: 11, greenShift: 5, blueShift: 0,
  },
  '16 bits 565, big endian': {
    bitsPerPixel: 16, depth: 16, bigEndian: true, redMax: 31, greenMax: 63, blueMax: 31, redShift: 11, greenShift: 5, blueShift: 0,
  },
  '8 bits 332': {
    bitsPerPixel: 8, depth: 8, bigEndian: false, redMax: 7, greenMax: 7, blueMax: 3, redShift: 0, greenShift: 3, blueShift: 6,
  },
}

describe('picture', () => {
  it.each([['Raw', 0], ['Hextile', 5], ['TightPNG', TIGHT_PNG]])('%s › is what the screen shows', (_name, encoding) => {
    const { feed, client } = console902(new TestFeed(), encoding)
    paintScreen(feed)
    client.request(false)
    expect(client.draw()).toBe(1)
    expect(client.seen.map(each => each.encoding)).toEqual([encoding])
    expect(client.screen).toEqual(colours(feed))
    feed.paint({ x: 3, y: 5, width: 10, height: 2 }, 0x00ff00)
    client.request(true)
    client.draw()
    expect(client.seen.at(-1)).toEqual({ encoding, width: 10, height: 2 })
    expect(client.screen).toEqual(colours(feed))
  })

  it.each(Object.keys(formats).flatMap(name => [[name, 0], [name, 5]] as const))('%s in encoding %i › keeps its colours', (name, encoding) => {
    const { feed, client } = console902(new TestFeed(), encoding)
    paintScreen(feed)
    client.format = formats[name]!
    client.server.receive(Buffer.concat([Buffer.from([0, 0, 0, 0]), writePixelFormat(client.format)]))
    client.request(false)
    client.draw()
    const step = (max: number): number => 255 / max / 2 + 0.5
    const { redMax, greenMax, blueMax } = client.format
    for (const [index, wanted] of colours(feed).entries()) {
      const got = client.screen[index]!
      expect(Math.abs((got >> 16) - (wanted >> 16))).toBeLessThanOrEqual(step(redMax))
      expect(Math.abs((got >> 8 & 255) - (wanted >> 8 & 255))).toBeLessThanOrEqual(step(greenMax))
      expect(Math.abs((got & 255) - (wanted & 255))).toBeLessThanOrEqual(step(blueMax))
    }
  })

  it('a client with 8 bits that prefers TightPNG › gets Hextile', () => {
    const { client } = console902(new TestFeed(), TIGHT_PNG, 5, 0)
    client.server.receive(Buffer.concat([Buffer.from([0, 0, 0, 0]), writePixelFormat(formats['8 bits 332']!)]))
    client.format = formats['8 bits 332']!
    client.request(false)
    client.draw()
    expect(client.seen.map(each => each.encoding)).toEqual([5])
  })

  it('a colour map or an odd depth › ends the connection and says why', () => {
    const one = console902().client
    one.say(0, 0, 0, 0, 8, 8, 0, 0, 0, 7, 0, 7, 0, 3, 0, 3, 6, 0, 0, 0)
    expect(one.ends).toEqual([{ kind: 'refused', reason: 'a colour map' }])
    const other = console902().client
    other.say(0, 0, 0, 0, 24, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0)
    expect(other.ends).toEqual([{ kind: 'refused', reason: '24 bits per pixel' }])
    const third = console902().client
    third.say(0, 0, 0, 0, 8, 8, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0)
    expect(third.ends).toEqual([{ kind: 'refused', reason: 'colours that do not fit into a pixel' }])
  })

  it('a very large picture with many colours › comes in pieces that fit', () => {
    const { feed, client } = console902(new TestFeed('wall', 1100, 1000), TIGHT_PNG)
    feed.paint({ x: 0, y: 0, width: 1100, height: 1000 }, (x, y) => (x * 40503 ^ y * 9973) & 0xffffff)
    client.request(false)
    client.draw()
    expect(client.seen.map(each => each.height)).toEqual([952, 48])
    const wanted = colours(feed)
    expect(client.screen.findIndex((colour, index) => colour !== wanted[index])).toBe(-1)
  })
})

describe('updates', () => {
  it('an unchanged picture › is not sent, not encoded, not asked for', () => {
    const { feed, client } = console902(new TestFeed(), TIGHT_PNG)
    client.request(false)
    client.draw()
    const { encoded } = updatesOf(feed)
    for (let count = 0; count < 5; count += 1) client.request(true)
    expect(client.sent).toEqual([])
    expect(updatesOf(feed).encoded).toBe(encoded)
    expect(feed.asked).toBe(0)
    feed.paint({ x: 0, y: 0, width: 1, height: 1 }, 0xffffff)
    expect(client.draw()).toBe(1)
    expect(client.screen).toEqual(colours(feed))
  })

  it('many consoles of one machine › share one encoding', () => {
    const feed = new TestFeed()
    const clients = Array.from({ length: 20 }, () => console902(feed, TIGHT_PNG).client)
    for (const client of clients) client.request(false)
    for (const client of clients) client.draw()
    expect(updatesOf(feed).encoded).toBe(1)
    for (const client of clients) client.request(true)
    feed.paint({ x: 4, y: 4, width: 8, height: 8 }, 0x123456)
    expect(updatesOf(feed).encoded).toBe(2)
    for (const client of clients) expect(client.draw()).toBe(1)
    expect(clients.every(client => client.screen[4 * 64 + 4] === 0x123456)).toBe(true)
  })

  it('a client that does not read › has at most one update under way, and gets the newest afterwards', () => {
    const { feed, client } = console902(new TestFeed(), 0)
    client.request(false)
    expect(client.sent).toHaveLength(1)
    client.reads = false
    for (let count = 1; count <= 100; count += 1) {
      feed.paint({ x: count % 60, y: 0, width: 4, height: 4 }, count)
      client.request(count % 2 === 0)
    }
    expect(client.sent).toHaveLength(1)
    client.reads = true
    client.server.drained()
    expect(client.draw()).toBe(2)
    expect(client.screen).toEqual(colours(feed))
  })

  it('a client that asks for parts › misses nothing outside of them', () => {
    const { feed, client } = console902(new TestFeed(), 0)
    client.request(false)
    client.draw()
    feed.paint({ x: 10, y: 10, width: 20, height: 20 }, 0xff0000)
    client.request(true, [0, 0, 20, 15])
    client.draw()
    expect(client.screen[12 * 64 + 12]).toBe(0xff0000)
    expect(client.screen[20 * 64 + 20]).toBe(0)
    client.request(true, [0, 0, 8, 8])
    expect(client.draw()).toBe(0)
    client.request(true)
    client.draw()
    expect(client.screen).toEqual(colours(feed))
    client.request(true)
    expect(client.draw()).toBe(0)
  })

  it('another size › is told alone, then the whole picture follows', () => {
    const { feed, client } = console902(new TestFeed(), TIGHT_PNG, DESKTOP_SIZE)
    client.request(false)
    client.draw()
    client.request(true)
    feed.resize(80, 30)
    expect(client.draw()).toBe(1)
    expect([client.width, client.height]).toEqual([80, 30])
    client.request(true)
    client.draw()
    expect(client.screen).toEqual(colours(feed))
  })

  it('another size for a client that cannot follow › is cut and filled with black', () => {
    const { feed, client } = console902(new TestFeed(), 0)
    paintScreen(feed)
    client.request(false)
    client.draw()
    client.request(true)
    feed.resize(32, 80)
    feed.paint({ x: 0, y: 0, width: 32, height: 80 }, 0x0a0b0c)
    client.request(true)
    client.draw()
    expect(client.screen).toEqual(Array.from({ length: 64 * 40 }, (_, index) => index % 64 < 32 ? 0x0a0b0c : 0))
    expect(client.ends).toEqual([])
  })

  it('before the first request › nothing is sent', () => {
    const { feed, client } = console902(new TestFeed(), 0)
    feed.paint({ x: 0, y: 0, width: 4, height: 4 }, 1)
    expect(client.sent).toEqual([])
  })
})

describe('VMware messages', () => {
  it('a client that did not list server caps › never gets one', () => {
    const { client, feed } = console902(new TestFeed(), TIGHT_PNG, DESKTOP_SIZE)
    client.server.heartbeat(30)
    feed.end('powerOff')
    expect(client.sent).toEqual([])
    expect(client.ends).toEqual([{ kind: 'feed', why: 'powerOff' }])
  })

  it('a client that did › gets caps once, heartbeats and a session close as it asked', () => {
    const { client, feed } = console902(new TestFeed(), TIGHT_PNG, VMWARE_CAPS)
    client.encodings(TIGHT_PNG, VMWARE_CAPS)
    expect(client.sent.splice(0).map(each => each.toString('hex'))).toEqual(['7f000008' + '000201aa'])
    client.server.heartbeat(30)
    expect(client.sent).toEqual([])
    client.say(127, 3, 0, 8, 0, 0, 0x81, 0)
    client.server.heartbeat(30)
    feed.end('moved')
    expect(client.sent.map(each => each.toString('hex'))).toEqual(['7f040006' + '001e', '7f070008' + '00000000'])
    expect(client.ends).toEqual([{ kind: 'feed', why: 'moved' }])
  })

  it('an ack › is the request for the next change', () => {
    const { client, feed } = console902(new TestFeed(), TIGHT_PNG, VMWARE_CAPS)
    client.sent.length = 0
    client.request(false)
    client.draw()
    client.say(127, 4, 0, 8, 1, 0, 0, 20)
    expect(client.sent).toEqual([])
    feed.paint({ x: 0, y: 0, width: 4, height: 4 }, 0xabcdef)
    expect(client.draw()).toBe(1)
    expect(client.screen).toEqual(colours(feed))
  })

  it('scan codes, characters, wheel, wish and goodbye › reach the machine', () => {
    const { client, feed } = console902()
    client.say(127, 0, 0, 8, 0x01, 0x1d, 1, 0, 127, 0, 0, 8, 0x01, 0x1d, 0, 0)
    client.say(127, 6, 0, 10, 0, 0, 0, 0x41, 1, 0, 127, 6, 0, 10, 0, 0, 0, 0x41, 0, 0)
    expect(feed.keys).toEqual([[0x11d, true], [0x11d, false], [0x2a, true], [0x1e, true], [0x2a, false], [0x1e, false]])
    client.say(127, 2, 0, 19, 1, 0, 0, 0, 9, 0, 0, 0, 8, 0, 0, 0, 0, 1, 0)
    expect(feed.pointers).toEqual([[9, 8, 8], [9, 8, 0]])
    client.say(127, 2, 0, 19, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0)
    expect(feed.pointers.at(-1)).toEqual([8, 10, 1])
    client.say(127, 5, 0, 8, 4, 0, 3, 0)
    expect(feed.wishes).toEqual([[1024, 768]])
    client.say(127, 12, 0, 8, 0, 0, 0, 23)
    expect(client.ends).toEqual([{ kind: 'client' }])
    expect(feed.pointers.at(-1)).toEqual([8, 10, 0])
    expect(feed.watchers).toBe(0)
  })

  it('a message of the wrong length › ends the connection', () => {
    const { client } = console902()
    client.say(127, 0, 0, 9, 0, 0, 0, 0, 0)
    expect(client.ends).toEqual([{ kind: 'refused', reason: 'message 127/0 of 9 bytes' }])
  })

  it('an unknown message of theirs › is skipped', () => {
    const { client, feed } = console902()
    client.say(127, 99, 0, 6, 1, 2, 4, 1, 0, 0, 0, 0, 0, 0x61)
    expect(client.ends).toEqual([])
    expect(feed.keys).toEqual([[0x1e, true]])
  })
})

describe('keys and pointer', () => {
  function press(client: RfbClient, keysym: number, down = true): void {
    const message = Buffer.from([4, down ? 1 : 0, 0, 0, 0, 0, 0, 0])
    message.writeUInt32BE(keysym, 4)
    client.server.receive(message)
  }

  it('a capital without Shift › gets Shift around it', () => {
    const { client, feed } = console902()
    press(client, 0x41)
    press(client, 0x41, false)
    expect(feed.keys).toEqual([[0x2a, true], [0x1e, true], [0x2a, false], [0x1e, false]])
  })

  it('a capital with Shift › is pressed as it is', () => {
    const { client, feed } = console902()
    press(client, 0xffe1)
    press(client, 0x3f)
    expect(feed.keys).toEqual([[0x2a, true], [0x35, true]])
  })

  it('a character of another layout that needs no Shift here › is freed of it', () => {
    const { client, feed } = console902()
    press(client, 0xffe2)
    press(client, 0x2f)
    expect(feed.keys).toEqual([[0x36, true], [0x36, false], [0x35, true], [0x36, true]])
  })

  it('keys still held › are let go when the client is gone', () => {
    const { client, feed } = console902()
    press(client, 0xffe3)
    press(client, 0x63)
    client.server.stop()
    expect(feed.keys.slice(2)).toEqual([[0x1d, false], [0x2e, false]])
  })

  it('a key that was not pressed, or that a US keyboard lacks › does nothing', () => {
    const { client, feed } = console902()
    press(client, 0x61, false)
    press(client, 0xe9)
    press(client, 0x010020ac)
    client.say(127, 0, 0, 8, 0x7f, 0xff, 1, 0)
    expect(feed.keys).toEqual([])
  })

  it.each([
    [0xff0d, 0x1c], [0xff52, 0x148], [0xffff, 0x153], [0xffbe, 0x3b], [0xffc9, 0x58], [0xffb5, 0x4c], [0x01000061, 0x1e], [0x20, 0x39], [0x60, 0x29],
  ])('keysym %i › is key %i', (keysym, code) => {
    const { client, feed } = console902()
    press(client, keysym)
    expect(feed.keys).toEqual([[code, true]])
  })

  it('QEMU key events › are accepted after their notice', () => {
    const { client, feed } = console902(new TestFeed(), 0, -258)
    client.encodings(0, -258)
    expect(client.draw()).toBe(1)
    expect(client.seen).toEqual([{ encoding: -258, width: 0, height: 0 }])
    client.say(255, 0, 0, 1, 0, 0, 0xff, 0x52, 0, 0, 0, 0xc8)
    expect(feed.keys).toEqual([[0x148, true]])
  })

  it('pointer › is kept on the screen', () => {
    const { client, feed } = console902()
    client.say(5, 1, 0, 5, 0, 6, 5, 0, 0xff, 0xff, 0xff, 0xff)
    expect(feed.pointers).toEqual([[5, 6, 1], [63, 39, 0]])
  })
})

describe('odd clients', () => {
  it('a clipboard of two gigabytes › is skipped as it comes', () => {
    const { client, feed } = console902()
    client.say(6, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff)
    for (let count = 0; count < 10; count += 1) client.server.receive(new Uint8Array(1000).fill(9))
    expect(client.ends).toEqual([])
    const short = console902(feed).client
    short.say(6, 0, 0, 0, 0, 0, 0, 2, 65, 66, 5, 0, 0, 1, 0, 1)
    expect(feed.pointers).toEqual([[1, 1, 0]])
  })

  it.each([[1], [7], [150], [200]])('message type %i › ends the connection', type => {
    const { client } = console902()
    client.say(type)
    expect(client.ends).toEqual([{ kind: 'refused', reason: `message type ${type}` }])
    client.say(4, 1, 0, 0, 0, 0, 0, 0x61)
    client.server.drained()
    expect(client.ends).toHaveLength(1)
  })

  it('a feed that ends in the handshake › ends the console', () => {
    const feed = new TestFeed()
    const client = new RfbClient({ feed, mode: 'full' })
    feed.end('powerOff')
    expect(client.ends).toEqual([{ kind: 'feed', why: 'powerOff' }])
    expect(feed.watchers).toBe(0)
  })
})
