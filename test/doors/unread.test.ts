import type { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import type { Later } from '../../emulator/services/call.js'
import { afterRealMsUnref } from '../../emulator/world/clock.js'
import { turns } from '../support/whole-lab.js'
import { currentTime, envelope, openDoors, plain, post, secure, withBasics, type TestDoor } from './support.js'

/** A client's patience is real time, so that of these doors is short. */
const READ_MS = 150

const retrieve = post(envelope('RetrievePropertiesEx',
  '<specSet><objectSet><obj type="Folder">group-d1</obj></objectSet></specSet><options></options>',
  ['PropertyCollector', 'propertyCollector']))

/** Answers with objects that are counted as they are taken; `over` comes when nobody takes them any more. */
function answerWith(door: TestDoor, count: number): { taken: number, readonly over: Promise<void> } {
  let end = (): void => {}
  const seen = { taken: 0, over: new Promise<void>(resolve => { end = resolve }) }
  const item = { obj: { type: 'Folder', value: 'g' }, propSet: [{ name: 'name', val: 'x'.repeat(60_000) }] }
  function * objects() {
    try {
      for (; seen.taken < count; seen.taken += 1) yield item
    } finally {
      end()
    }
  }
  door.gate.on('RetrievePropertiesEx', () => ({ kind: 'result', value: { objects: objects() } }))
  return seen
}

async function openWith(overTls: boolean): Promise<TestDoor> {
  const door = await openDoors({ ...overTls ? {} : { identity: undefined }, http: undefined, limits: { readMs: READ_MS } })
  withBasics(door.gate)
  return door
}

/** Reads a little, then nothing for a moment, until the end of the answer; gives its bytes. */
function readSlowly(socket: Socket): Promise<number> {
  let bytes = 0
  let tail = ''
  socket.removeAllListeners('data')
  return new Promise((resolve, reject) => {
    socket.once('close', () => reject(new Error(`closed after ${bytes} bytes`)))
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      tail = (tail + chunk.subarray(-7).toString('latin1')).slice(-7)
      if (tail === '\r\n0\r\n\r\n') resolve(bytes)
      socket.pause()
      afterRealMsUnref(2, () => socket.resume())
    })
    socket.resume()
  })
}

describe.each([false, true])('443, TLS %s, and a client that asks for a big answer', overTls => {
  it('never reads › is sent away, and nobody makes the rest of the answer', async () => {
    const door = await openWith(overTls)
    const seen = answerWith(door, 100_000)
    const client = await (overTls ? secure : plain)(door.port)
    client.send(retrieve)
    await client.until(/HTTP\/1.1 200/)
    client.socket.pause()
    await seen.over
    await turns(() => door.doors.counts.connections === 0)
    // What the kernel holds for it, and one piece.
    expect(seen.taken).toBeLessThan(5000)
    client.socket.destroy()
    await door.doors.close('refuse')
    expect(door.defects).toEqual([])
  })

  it('reads slowly, for longer than the patience › gets all of it', async () => {
    const door = await openWith(overTls)
    answerWith(door, 300)
    const client = await (overTls ? secure : plain)(door.port)
    client.send(retrieve)
    await client.until(/HTTP\/1.1 200/)
    client.socket.pause()
    expect(await readSlowly(client.socket)).toBeGreaterThan(300 * 55_000)
    client.socket.destroy()
    await door.doors.close('refuse')
  })

  it('waits for a late answer, longer than the patience › is left alone', async () => {
    const door = await openWith(overTls)
    let answer: ((value: unknown) => void) | undefined
    const later: Later = {
      start(done) {
        answer = done
        return () => {}
      },
    }
    door.gate.on('RetrievePropertiesEx', () => ({ kind: 'later', later }))
    const client = await (overTls ? secure : plain)(door.port)
    client.send(retrieve)
    await turns(() => answer !== undefined)
    await new Promise<void>(resolve => { afterRealMsUnref(2 * READ_MS, resolve) })
    expect(door.doors.counts.connections).toBe(1)
    answer!({ objects: [] })
    expect(await client.until(/<\/soapenv:Envelope>/)).toMatch(/^HTTP\/1.1 200/)
    // The kept connection takes the next request.
    client.send(post(currentTime))
    await client.until(/CurrentTimeResponse/)
    client.socket.destroy()
    await door.doors.close('refuse')
  })
})
