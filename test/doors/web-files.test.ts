import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { consolePage } from '../../emulator/console-doors.js'
import { openDoors, plain, type TestDoor } from './support.js'

let door: TestDoor
beforeAll(async () => { door = await openDoors({ identity: undefined, http: undefined, routes: [consolePage()] }) })
afterAll(() => door.doors.close('refuse'))

/** The answer to a path exactly as it is written, which fetch would tidy up. */
async function get(path: string, method = 'GET'): Promise<string> {
  const client = await plain(door.port)
  client.send(`${method} ${path} HTTP/1.1\r\nhost: lab\r\nconnection: close\r\n\r\n`)
  return client.closed()
}

describe('console page', () => {
  it('page › may load only its own, is in no frame, tells its address to nobody', async () => {
    const text = await get('/ui/webconsole.html?sessionTicket=cst-VCT-1&vmId=vm-1')
    expect(text).toMatch(/^HTTP\/1\.1 200 OK/)
    expect(text).toContain('content-type: text/html; charset=utf-8')
    expect(text).toMatch(/content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'/)
    expect(text).toMatch(/frame-ancestors 'none'/)
    expect(text).toContain('referrer-policy: no-referrer')
    expect(text).not.toMatch(/<script>|<style|style=|onclick|cst-VCT/)
  })

  it('everything that the page loads › is there, with its type', async () => {
    const wanted = ['/ui/webconsole.html']
    for (const path of wanted) {
      const text = await get(path)
      expect(`${path}: ${text.slice(0, 15)}`).toBe(`${path}: HTTP/1.1 200 OK`)
      const found = [...text.matchAll(/(?:from|import)\s+["']([./][^"']+)["']|(?:href|src)="(\/[^"]+)"/g)].map(match => match[1] ?? match[2]!)
      for (const each of found) {
        const { pathname } = new URL(each, `http://lab${path}`)
        if (!wanted.includes(pathname)) wanted.push(pathname)
      }
      if (/\.m?js$/.test(path)) expect(text).toContain('content-type: text/javascript')
    }
    expect(wanted.length).toBeGreaterThan(40)
  })

  it.each([
    '/ui/novnc/package.json', '/ui/novnc/core/../package.json', '/ui/novnc/core/../../ws/index.js', '/ui/novnc/core/%2e%2e/rfb.js',
    '/ui/../package.json', '/ui/nothing.html', '/ui/novnc/core/nothing.js', '/ui/novnc/core//etc/passwd', '/ui/', '/ui/novnc/core/.js',
  ])('%s › 404', async path => {
    expect(await get(path)).toMatch(/^HTTP\/1\.1 404 /)
  })

  it('POST › is not for files', async () => {
    expect(await get('/ui/webconsole.html', 'POST')).toMatch(/^HTTP\/1\.1 404 /)
  })

  it('no defect was met', () => {
    expect(door.defects).toEqual([])
  })
})
