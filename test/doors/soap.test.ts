import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Later } from '../../emulator/services/call.js'
import { fault } from '../../emulator/services/method-fault.js'
import {
  TIME, currentTime, envelope, login, openDoors, plain, post, secure, userSession, withBasics,
  type Raw, type TestDoor,
} from './support.js'

let door: TestDoor
beforeEach(async () => {
  door = await openDoors()
  withBasics(door.gate)
})
afterEach(() => door.doors.close('refuse'))

const END = /<\/soapenv:Envelope>/

async function ask(body: string, headers: string[] = []): Promise<string> {
  const client = await secure(door.port)
  const text = await client.send(post(body, headers)).until(END)
  client.socket.destroy()
  return text
}

describe('POST /sdk', () => {
  it('answer › has the head and body of an 8.0 product', async () => {
    const text = await ask(currentTime)
    const [head, body] = text.split('\r\n\r\n')
    expect(head!.split('\r\n').map(line => line.replace(/time: \d+/, 'time: N'))).toEqual([
      'HTTP/1.1 200 OK',
      'date: Mon, 05 Jan 2026 08:00:00 GMT',
      'cache-control: no-cache',
      'content-type: text/xml; charset=utf-8',
      'vary: Accept-Encoding',
      'x-envoy-upstream-service-time: N',
      `content-length: ${body!.length}`,
    ])
    expect(body).toContain(`<CurrentTimeResponse xmlns="urn:vim25"><returnval>${TIME}</returnval>`)
    expect(door.gate.requests[0]?.opId).toBe('ab12')
    expect(door.gate.requests[0]?.client).toEqual({ address: '127.0.0.1', userAgent: '' })
  })

  it('fault › is HTTP 500 with a SOAP body', async () => {
    door.gate.on('CurrentTime', () => ({
      kind: 'fault', fault: fault('NotAuthenticated', {
        object: { type: 'ServiceInstance', value: 'ServiceInstance' }, privilegeId: 'System.View',
      }),
    }))
    const text = await ask(currentTime)
    expect(text).toMatch(/^HTTP\/1.1 500 Internal Server Error\r\n/)
    expect(text).toContain('<faultcode>ServerFaultCode</faultcode>'
      + '<faultstring>The session is not authenticated.</faultstring>')
    expect(text).toContain('<NotAuthenticatedFault xmlns="urn:vim25" xsi:type="NotAuthenticated">')
    expect(text).not.toMatch(/set-cookie/i)
  })

  it('method not emulated › is named in a header', async () => {
    door.gate.on('CurrentTime', () => ({ kind: 'fault', fault: fault('NotImplemented') }))
    expect(await ask(currentTime)).toContain('x-lab-unimplemented: ServiceInstance.CurrentTime\r\n')
  })

  it('malformed XML › is InvalidRequest and tells no stack', async () => {
    const text = await ask('<soapenv:Envelope')
    expect(text).toMatch(/^HTTP\/1.1 500 /)
    expect(text).toContain('xsi:type="InvalidRequest"')
    expect(text).not.toMatch(/\.ts|at .*\(/)
    expect(door.defects).toEqual([])
  })

  it('unknown namespace › is a version mismatch', async () => {
    const client = await secure(door.port)
    const request = post(currentTime).replace('urn:vim25/8.0.3.0', 'urn:nothing/1.0')
    expect(await client.send(request).until(END)).toContain(
      '<faultcode>VersionMismatchFaultCode</faultcode>'
      + '<faultstring>Unsupported version URI &quot;urn:nothing/1.0&quot;')
    client.socket.destroy()
  })

  it('paths › /sdk, /sdk/ and /sdk/vimService answer, others do not', async () => {
    const client = await secure(door.port)
    for (const path of ['/sdk', '/sdk/', '/sdk/vimService']) client.send(post(currentTime, [], '1.1', path))
    client.send(post(currentTime, ['Connection: close'], '1.1', '/sdk2'))
    const text = await client.closed()
    expect(text.match(/HTTP\/1.1 \d+/g)).toEqual([
      'HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 404',
    ])
  })

  it('defect of the gate › is a SystemError, and the door lives on', async () => {
    door.gate.on('CurrentTime', () => { throw new Error('secret') })
    const text = await ask(currentTime)
    expect(text).toContain('xsi:type="SystemError"')
    expect(text).not.toContain('secret')
    expect(await ask(login)).toMatch(/^HTTP\/1.1 200/)
  })

  it('defect of the encoder › is a SystemError without details', async () => {
    door.gate.on('CurrentTime', () => ({ kind: 'result', value: { not: 'a time' } }))
    const text = await ask(currentTime)
    expect(text).toContain('xsi:type="SystemError"')
    expect(text).not.toMatch(/TypeError|\.ts/)
    expect(door.defects).toHaveLength(1)
  })
})

describe('session cookie', () => {
  const cookie = 'vmware_soap_session="0123456789abcdef0123456789abcdef01234567"; Path=/; HttpOnly; Secure;'

  it('login › sets it exactly once, quoted', async () => {
    const text = await ask(login)
    expect(text.match(/set-cookie: .*/gi)).toEqual([`set-cookie: ${cookie}`])
  })

  it('failed login and other calls › set none', async () => {
    door.gate.on('Login', () => ({ kind: 'fault', fault: fault('InvalidLogin') }))
    expect(await ask(login)).not.toMatch(/set-cookie/i)
    expect(await ask(currentTime)).not.toMatch(/set-cookie/i)
    door.gate.on('ImpersonateUser', () => ({ kind: 'result', value: userSession() }))
    const impersonate = envelope('ImpersonateUser', '<userName>x</userName>', ['SessionManager', 'SessionManager'])
    expect(await ask(impersonate)).not.toMatch(/set-cookie/i)
  })

  it.each([
    ['with attributes', 'vmware_soap_session="v1"; Path=/; HttpOnly; Secure;'],
    ['quoted', 'vmware_soap_session="v1"'],
    ['unquoted', 'vmware_soap_session=v1'],
    ['among others', 'a=b; vmware_soap_session=v1; c=d'],
  ])('request › is accepted %s', async (_form, sent) => {
    await ask(currentTime, [`Cookie: ${sent}`])
    expect(door.gate.requests[0]?.cookie).toBe('v1')
  })

  it('request › an empty Cookie header is no cookie', async () => {
    await ask(currentTime, ['Cookie:'])
    expect(door.gate.requests[0]?.cookie).toBeUndefined()
  })

  it.each(['v2', '"v2"', 'vmware_soap_session="v2"; Path=/'])(
    'request › the vcSessionCookie header stands in for it: %s', async sent => {
      const header = `<soapenv:Header><vcSessionCookie>${sent}</vcSessionCookie></soapenv:Header>`
      await ask(envelope('CurrentTime', '', ['ServiceInstance', 'ServiceInstance'], header))
      expect(door.gate.requests[0]?.cookie).toBe('v2')
    })

  it('operationID header › becomes the operation id', async () => {
    const header = '<soapenv:Header><operationID>op-7</operationID></soapenv:Header>'
    await ask(envelope('CurrentTime', '', ['ServiceInstance', 'ServiceInstance'], header))
    expect(door.gate.requests[0]?.opId).toBe('op-7')
  })

  it.each([[undefined, ''], [true, ' Secure;']])(
    'plain HTTP › Secure only when the lab wants it (%s)', async (secureCookies, suffix) => {
      const open = await openDoors({ identity: undefined, ...secureCookies === undefined ? {} : { secureCookies } })
      withBasics(open.gate)
      const client = await plain(open.port)
      const text = await client.send(post(login)).until(END)
      expect(text).toContain(`; Path=/; HttpOnly;${suffix}\r\n`)
      client.socket.destroy()
      await open.doors.close()
    })
})

describe('full session table', () => {
  it('RetrieveServiceContent and Login › are 503 without SOAP', async () => {
    door.sessions.full = true
    const client = await secure(door.port)
    client.send(post(envelope('RetrieveServiceContent'))).send(post(login, ['Connection: close']))
    const text = await client.closed()
    expect(text.match(/HTTP\/1.1 503 Service Unavailable/g)).toHaveLength(2)
    expect(text).not.toContain('Envelope')
    expect(door.gate.requests).toEqual([])
  })

  it('calls of a live session › go on', async () => {
    door.sessions.full = true
    door.sessions.live.add('v1')
    door.gate.on('RetrieveServiceContent', () => ({ kind: 'fault', fault: fault('NotSupported') }))
    expect(await ask(currentTime)).toMatch(/^HTTP\/1.1 200/)
    expect(await ask(envelope('RetrieveServiceContent'), ['Cookie: vmware_soap_session="v1"']))
      .toMatch(/^HTTP\/1.1 500/)
  })
})

describe('long poll', () => {
  const wait = envelope('WaitForUpdatesEx', '<version></version>', ['PropertyCollector', 'propertyCollector'])

  interface Poll {
    done: (result: unknown) => void
    abandoned: Promise<void>
    started: Promise<void>
  }

  function pollable(): Poll {
    const poll = { done: () => {} } as unknown as Poll
    let began = () => {}
    let left = () => {}
    poll.started = new Promise(resolve => { began = resolve })
    poll.abandoned = new Promise(resolve => { left = resolve })
    door.gate.on('WaitForUpdatesEx', () => ({
      kind: 'later',
      later: new Later(done => {
        poll.done = done
        began()
        return left
      }),
    }))
    return poll
  }

  it('answer › comes when the result is there', async () => {
    const poll = pollable()
    const client = await secure(door.port)
    client.send(post(wait))
    await poll.started
    poll.done(undefined)
    expect(await client.until(END)).toContain(
      '<WaitForUpdatesExResponse xmlns="urn:vim25"></WaitForUpdatesExResponse>')
    client.socket.destroy()
  })

  it('answer › may be there at once', async () => {
    door.gate.on('WaitForUpdatesEx', () => ({
      kind: 'later', later: new Later(done => { done(undefined); return () => {} }),
    }))
    expect(await ask(wait)).toMatch(/^HTTP\/1.1 200/)
  })

  it('failure › is a fault', async () => {
    door.gate.on('WaitForUpdatesEx', () => ({
      kind: 'later',
      later: new Later((_done, failed) => { failed(fault('RequestCanceled')); return () => {} }),
    }))
    expect(await ask(wait)).toContain('xsi:type="RequestCanceled"')
  })

  it.each<[string, (client: Raw) => void]>([
    ['closes', client => { client.socket.destroy() }],
    ['half-closes', client => { client.socket.end() }],
    ['resets', client => { client.socket.resetAndDestroy() }],
  ])('client that %s › the wait is given up at once', async (_how, leave) => {
    const open = await openDoors({ identity: undefined })
    const kept = door
    door = open
    const poll = pollable()
    const client = await plain(open.port)
    client.send(post(wait))
    await poll.started
    leave(client)
    await poll.abandoned
    await open.doors.close()
    door = kept
  })

  it('TLS client that closes › the wait is given up at once', async () => {
    const poll = pollable()
    const client = await secure(door.port)
    client.send(post(wait))
    await poll.started
    client.socket.end()
    await poll.abandoned
  })

  it('other connections › are served meanwhile', async () => {
    const poll = pollable()
    const client = await secure(door.port)
    client.send(post(wait))
    await poll.started
    expect(await ask(currentTime)).toMatch(/^HTTP\/1.1 200/)
    client.socket.destroy()
    await poll.abandoned
  })
})
