import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ref } from '../../clients/sdk/soap-xml.js'
import { createTestLab, type TestLab } from '../support/test-lab.js'

let lab: TestLab
beforeEach(() => { lab = createTestLab() })
afterEach(() => lab.close())

const ADMIN = `Basic ${Buffer.from('administrator@vsphere.local:VMware1!').toString('base64')}`
const WRONG = `Basic ${Buffer.from('administrator@vsphere.local:no').toString('base64')}`

interface Answer { readonly status: number, readonly headers: Headers, readonly body: unknown }

async function ask(method: string, path: string, headers: Record<string, string> = {}, node = 'vc-01'): Promise<Answer> {
  const origin = new URL(await lab.url(node)).origin
  const answer = await fetch(`${origin}${path}`, { method, headers: { connection: 'close', ...headers } })
  const text = await answer.text()
  const json = answer.headers.get('content-type') === 'application/json' && text !== ''
  return { status: answer.status, headers: answer.headers, body: json ? JSON.parse(text) as unknown : text }
}

describe('/rest/com/vmware/cis/session', () => {
  const PATH = '/rest/com/vmware/cis/session'

  it('login › gives the id in a value and as a cookie', async () => {
    const { status, headers, body } = await ask('POST', PATH, { authorization: ADMIN })
    expect(status).toBe(200)
    const { value } = body as { value: string }
    expect(value).toMatch(/^[0-9a-f]{40}$/)
    expect(headers.get('set-cookie')).toBe(`vmware-api-session-id=${value};Path=/rest;HttpOnly`)
  })

  it('session › is shown, by header or cookie, GET or POST, and ends with DELETE', async () => {
    const { value } = (await ask('POST', PATH, { authorization: ADMIN })).body as { value: string }
    const shown = { value: { user: 'Administrator@VSPHERE.LOCAL', created_time: expect.stringMatching(/Z$/), last_accessed_time: expect.stringMatching(/Z$/) } }
    const id = { 'vmware-api-session-id': value }
    expect((await ask('POST', `${PATH}?~action=get`, id)).body).toEqual(shown)
    expect((await ask('GET', PATH, { cookie: `vmware-api-session-id=${value}` })).body).toEqual(shown)
    expect((await ask('DELETE', PATH, id)).status).toBe(200)
    expect((await ask('GET', PATH, id)).status).toBe(401)
  })

  it('session › is the one of SOAP: it is listed and can be terminated there', async () => {
    const { value } = (await ask('POST', PATH, { authorization: ADMIN, 'user-agent': 'rest-test' })).body as { value: string }
    const client = await lab.client('vc-01')
    const list = await client.call(ref('SessionManager', 'SessionManager'), 'Fetch', { prop: 'sessionList' })
    expect(JSON.stringify(list)).toContain('rest-test')
    const { key } = lab.lab.services.sessions.find('vc-01', value) as { key: string }
    await client.call(ref('SessionManager', 'SessionManager'), 'TerminateSession', { sessionId: key })
    expect((await ask('GET', PATH, { 'vmware-api-session-id': value })).status).toBe(401)
  })

  it('login › is refused with 401 › wrong password, no password, no session', async () => {
    const refused = { type: 'com.vmware.vapi.std.errors.unauthenticated', value: { messages: [expect.objectContaining({ id: expect.any(String), default_message: expect.any(String), args: [] })] } }
    for (const headers of [{ authorization: WRONG }, {}, { authorization: 'Bearer x' }]) {
      expect(await ask('POST', PATH, headers as Record<string, string>)).toMatchObject({ status: 401, body: refused })
    }
    expect(await ask('GET', PATH, { 'vmware-api-session-id': 'nope' })).toMatchObject({ status: 401, body: refused })
  })
})

describe('/api/session', () => {
  it('login, look, logout › bare bodies and their own statuses', async () => {
    const opened = await ask('POST', '/api/session', { authorization: ADMIN })
    expect(opened.status).toBe(201)
    expect(opened.headers.get('set-cookie')).toContain('Path=/api')
    const id = { 'vmware-api-session-id': opened.body as string }
    expect(await ask('GET', '/api/session', id)).toMatchObject({ status: 200, body: { user: 'Administrator@VSPHERE.LOCAL' } })
    expect(await ask('DELETE', '/api/session', id)).toMatchObject({ status: 204, body: '' })
    expect(await ask('GET', '/api/session', id)).toMatchObject({ status: 401, body: { error_type: 'UNAUTHENTICATED' } })
  })
})

describe('other REST paths', () => {
  it('vCenter › answers 404 of the vAPI and counts what was missed', async () => {
    expect(await ask('GET', '/rest/vcenter/vm')).toMatchObject({ status: 404, body: { type: 'com.vmware.vapi.std.errors.operation_not_found' } })
    expect(await ask('GET', '/api/vcenter/vm')).toMatchObject({ status: 404, body: { error_type: 'OPERATION_NOT_FOUND' } })
    expect(lab.lab.gate.misses.list().map(miss => miss.method)).toEqual(['GET /rest/vcenter/vm', 'GET /api/vcenter/vm'])
  })

  it('host › has no REST', async () => {
    expect(await ask('POST', '/rest/com/vmware/cis/session', { authorization: ADMIN }, 'esx-01')).toMatchObject({ status: 404, body: 'Not Found' })
  })
})
