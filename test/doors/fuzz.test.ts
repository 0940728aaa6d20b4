import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  currentTime, envelope, login, openDoors, plain, post, withBasics, type TestDoor,
} from './support.js'

let door: TestDoor
beforeAll(async () => {
  door = await openDoors({ identity: undefined, http: undefined })
  withBasics(door.gate)
})
afterAll(() => door.doors.close('refuse'))

/** What the door says to bytes after which the client says no more. */
async function tell(bytes: Buffer): Promise<string> {
  const client = await plain(door.port, true)
  client.socket.end(bytes)
  const text = await client.closed()
  client.socket.destroy()
  return text
}

/** No stack, no path, no name of ours on the wire. */
function expectDecent(text: string): void {
  if (text !== '') expect(text).toMatch(/^HTTP\/1\.1 \d{3} /)
  expect(text).not.toMatch(/node_modules|\.(ts|js):\d|TypeError|RangeError/)
}

const bodies = [currentTime, login, envelope('RetrieveServiceContent')]

describe('door with any bytes', () => {
  it('random bytes › end with a status or a close', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async bytes => {
      expectDecent(await tell(Buffer.from(bytes)))
    }), { numRuns: 60 })
  })

  it('requests with a damaged body › are answered with a SOAP fault or a result', async () => {
    const damage = fc.record({
      body: fc.constantFrom(...bodies), at: fc.nat(600), cut: fc.nat(40), insert: fc.string({ maxLength: 8 }),
    })
    await fc.assert(fc.asyncProperty(damage, async ({ body, at, cut, insert }) => {
      const broken = body.slice(0, at) + insert + body.slice(at + cut)
      door.gate.on('RetrieveServiceContent', () => ({ kind: 'result', value: undefined }))
      const text = await tell(Buffer.from(post(broken)))
      expectDecent(text)
      expect(text).toMatch(/^HTTP\/1\.1 (200|500) /)
      expect(text).toMatch(/<\/soapenv:Envelope>$/)
    }), { numRuns: 150 })
  })

  it('damaged heads › end with a status or a close', async () => {
    const damage = fc.record({ at: fc.nat(150), cut: fc.nat(10), insert: fc.string({ maxLength: 8 }) })
    await fc.assert(fc.asyncProperty(damage, async ({ at, cut, insert }) => {
      const request = post(currentTime)
      expectDecent(await tell(Buffer.from(request.slice(0, at) + insert + request.slice(at + cut))))
    }), { numRuns: 100 })
  })

  it('door › still answers afterwards, and no defect was met', async () => {
    expect(await tell(Buffer.from(post(currentTime)))).toMatch(/^HTTP\/1\.1 200 OK/)
    expect(door.defects.filter(defect => !/no answer for/.test(String(defect)))).toEqual([])
    expect(door.doors.counts.connections).toBe(0)
  })
})
