import { afterEach, describe, expect, it } from 'vitest'
import { createTestLab, type TestLab } from '../support/test-lab.js'
import { ADMIN, ROOT, rest } from './rest.js'

let lab: TestLab

afterEach(() => lab.close())

const udp = { hostname: 'loghost.lab.test', port: 514, protocol: 'UDP' }

describe('appliance/logging/forwarding', () => {
  it('is the same at 5480 and at 443, in both dialects', async () => {
    lab = createTestLab()
    const vami = await lab.vami('vc-01')
    const front = (await lab.url('vc-01')).replace('/sdk', '')
    const session = (await rest('POST', `${front}/api/session`, { login: ADMIN })).body as string
    expect(await rest('GET', `${vami}/api/appliance/logging/forwarding`, { login: ROOT })).toMatchObject({ status: 200, body: [] })
    expect((await rest('PUT', `${vami}/rest/appliance/logging/forwarding`, { login: ROOT, body: { cfg_list: [udp] } })).status).toBe(200)
    expect(await rest('GET', `${vami}/rest/appliance/logging/forwarding`, { login: ROOT })).toMatchObject({ body: { value: [udp] } })
    expect(await rest('GET', `${front}/api/appliance/logging/forwarding`, { session })).toMatchObject({ status: 200, body: [udp] })
    expect((await rest('PUT', `${front}/api/appliance/logging/forwarding`, { session, body: { cfg_list: [] } })).status).toBe(204)
    expect(await rest('GET', `${vami}/api/appliance/logging/forwarding`, { login: ROOT })).toMatchObject({ body: [] })
    expect((await rest('GET', `${front}/api/appliance/logging/forwarding`)).status).toBe(401)
  })

  it.each([
    ['no list', {}],
    ['more than three', { cfg_list: [1, 2, 3, 4].map(port => ({ ...udp, port })) }],
    ['the same twice', { cfg_list: [udp, udp] }],
    ['no port', { cfg_list: [{ hostname: 'h', protocol: 'UDP' }] }],
    ['a port that is none', { cfg_list: [{ ...udp, port: 65536 }] }],
    ['half a port', { cfg_list: [{ ...udp, port: 1.5 }] }],
    ['a name that is none', { cfg_list: [{ ...udp, hostname: 'a b' }] }],
    ['an unknown protocol', { cfg_list: [{ ...udp, protocol: 'HTTP' }] }],
    ['text in place of a target', { cfg_list: ['udp://h'] }],
  ])('%s › INVALID_ARGUMENT, and the list stays', async (_name, body) => {
    lab = createTestLab()
    const url = `${await lab.vami('vc-01')}/api/appliance/logging/forwarding`
    await rest('PUT', url, { login: ROOT, body: { cfg_list: [udp] } })
    expect(await rest('PUT', url, { login: ROOT, body })).toMatchObject({ status: 400, body: { error_type: 'INVALID_ARGUMENT' } })
    expect(await rest('GET', url, { login: ROOT })).toMatchObject({ body: [udp] })
  })

  it('RELP › is not emulated, and says so', async () => {
    lab = createTestLab()
    const url = `${await lab.vami('vc-01')}/api/appliance/logging/forwarding`
    expect(await rest('PUT', url, { login: ROOT, body: { cfg_list: [{ ...udp, protocol: 'RELP' }] } })).toMatchObject({
      status: 500, body: { error_type: 'ERROR', messages: [{ default_message: 'Forwarding over RELP is not emulated.' }] },
    })
    expect(await rest('POST', `${url}?action=test`, { login: ROOT, body: {} })).toMatchObject({
      status: 400, body: { error_type: 'INVALID_ARGUMENT' },
    })
  })
})
