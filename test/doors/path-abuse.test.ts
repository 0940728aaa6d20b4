import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { SoapClient } from '../../clients/sdk/soap-client.js'
import { SoapFault, type Ref } from '../../clients/sdk/soap-xml.js'
import { decentAnswer } from '../front-door/front-lab.js'
import { turns, WholeLab } from '../support/whole-lab.js'

let lab: WholeLab
let host: SoapClient
let vm: Ref
beforeAll(async () => { lab = await WholeLab.open() })
afterEach(() => lab.expectCalm())
afterAll(() => lab.close())

async function begin(): Promise<void> {
  host = await lab.client('esx-02')
  vm = await lab.vm(host)
}

async function get(path: string): Promise<{ status: number, text: string }> {
  const answer = await host.request('GET', path, undefined, { cookie: host.cookie ?? '' })
  decentAnswer(answer)
  return { status: answer.status, text: answer.body }
}

const climbs = [
  '..%2f..%2fpackage.json', '../../package.json', '%2e%2e/%2e%2e/package.json', '..%5c..%5cpackage.json', 'webconsole.html%00', 'webconsole.html%00.js',
  '%00', '//etc/passwd', '/etc/passwd', '.', '..', '%', '%zz', '%c0%ae%c0%ae/package.json', '....//package.json', 'x'.repeat(60_000),
  'novnc/core/../../package.json', 'novnc/core/..%2f..%2fpackage.json', 'novnc/core/rfb.js/', 'novnc/core//rfb.js/../x.js', 'novnc/core/.js', '?../package.json',
]

describe('paths that lead elsewhere', () => {
  it.each(['/ui/', '/host/', '/downloads/', '/cgi-bin/', '/ticket/', '/folder/', '/'])('below %s › there is nothing', async prefix => {
    await begin()
    for (const climb of climbs) {
      const { status, text } = await get(prefix + climb)
      expect(text).not.toMatch(/"name": "fauxsphere"|root:x:/)
      // What the client itself makes shorter, or asks with a query, may be a page that there is.
      expect([200, 302, 400, 401, 403, 404, 431]).toContain(status)
      if (status === 200) expect(climb).toMatch(/^(\.|\?|\/\/?$)|\.\./)
    }
  })

  it('a body, a length and other methods at read-only paths › are refused or left alone', async () => {
    await begin()
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND', 'SEARCH']) {
      for (const path of ['/ui/webconsole.html', '/host/hostd.log', '/downloads/x', '/screen?id=1', '/sdk']) {
        const { status } = await host.request(method, path, 'x'.repeat(1000), { cookie: host.cookie ?? '' })
        expect(status, `${method} ${path}`).toBeGreaterThanOrEqual(400)
      }
    }
  })
})

describe('/screen with numbers that mean nothing', () => {
  it.each([
    'w=1e9', 'w=1000000000', 'w=-1', 'w=0', 'h=0', 'w=4097', 'w=NaN', 'w=', 'left=99999', 'top=-1', 'right=0', 'left=5&right=5', 'left=9&right=3', 'w=99999&h=99999',
    'w=0x10', 'w=1.5', 'w=%00', 'w=1&w=2e9',
  ])('%s › is refused, or read as it stands', async wish => {
    await begin()
    const { status } = await get(`/screen?id=${vm.value}&${wish}`)
    expect(status).toBe(wish === 'w=1&w=2e9' ? 200 : 400)
  })

  it.each(['', '0', '%00', '../1', '__proto__', 'constructor', '9'.repeat(400), 'x'.repeat(50_000)])('id %# › 404', async id => {
    await begin()
    expect((await get(`/screen?id=${id}`)).status).toBe(404)
  })
})

describe('BrowseDiagnosticLog with extreme windows', () => {
  it.each([
    [2 ** 31 - 1, 1], [-(2 ** 31), 1], [-1, 1], [0, 0], [1, 0], [1, -1], [1, 2 ** 31 - 1], [2 ** 31 - 1, 2 ** 31 - 1], [-(2 ** 31), 2 ** 31 - 1], [0, 2 ** 31 - 1],
  ])('start %d, lines %d › a header or a fault', async (start, lines) => {
    await begin()
    const { diagnosticManager } = await host.content()
    try {
      const header = await host.call(diagnosticManager as Ref, 'BrowseDiagnosticLog', { key: 'hostd', start, lines }) as Record<string, string>
      // Below 1 rows count from the start that was asked for.
      expect(Number(header['lineEnd']) - Math.min(0, start)).toBeGreaterThanOrEqual(0)
      expect(Number(header['lineEnd'])).toBeLessThan(100_000)
    } catch (error) {
      if (!(error instanceof SoapFault)) throw error
      expect(error.type).toMatch(/InvalidArgument/)
    }
  })

  it.each(['', '../../etc/passwd', 'hostd.log\0', '__proto__', 'x'.repeat(100_000)])('key %# › a fault', async key => {
    await begin()
    const { diagnosticManager } = await host.content()
    await expect(host.call(diagnosticManager as Ref, 'BrowseDiagnosticLog', { key, start: 1, lines: 1 })).rejects.toThrow()
  })
})

describe('RemoteDisplay.vnc with ports that mean nothing', () => {
  it.each(['0', '-1', '70000', '65536', '99999999999999999999', 'text', '5900;6000', '0x50', '1e3', ' 5900', '５９００'])('%j › opens nothing, and the lab goes on', async port => {
    await begin()
    const values = { enabled: 'TRUE', port }
    const own = (await host.properties(vm, ['name']))['name']
    const ofVm = (): boolean => lab.control.consoles().vnc.some(each => each.name === own)
    const set = (settings: object): Promise<void> => lab.done(host, vm, 'ReconfigVM_Task', {
      spec: { extraConfig: Object.entries(settings).map(([key, value]) => ({ key: `RemoteDisplay.vnc.${key}`, value: { _typeName: 'xsd:string', _value: value } })) },
    })
    await set(values)
    expect(ofVm()).toBe(false)
    await set({ port: '5900' })
    await turns(() => lab.control.consoles().vnc.some(each => each.name === own && each.address !== undefined))
  })
})
