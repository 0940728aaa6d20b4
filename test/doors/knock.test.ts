import { createServer as createHttp, type Server } from 'node:http'
import { createServer, type AddressInfo, type Server as NetServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { askDoors, fetchOnce, knock } from '../../emulator/doors/knock.js'

let server: NetServer | Server | undefined
afterEach(() => new Promise<void>(resolve => {
  if (server === undefined || !server.listening) resolve()
  else server.close(() => resolve())
}))

async function listen(made: NetServer | Server): Promise<number> {
  server = made
  await new Promise<void>(resolve => { made.listen(0, '127.0.0.1', resolve) })
  return (made.address() as AddressInfo).port
}

describe('a door, as a client meets it', () => {
  it('open, refused, reset, no TLS', async () => {
    const port = await listen(createServer(socket => {
      socket.on('error', () => {}).resume()
      socket.end('this is no TLS\r\n')
    }))
    expect(await knock(new URL(`http://127.0.0.1:${port}`))).toBe('open')
    expect(await knock(new URL(`https://127.0.0.1:${port}`))).toBe('tls-error')
    await new Promise<void>(resolve => { server!.close(() => resolve()) })
    expect(await knock(new URL(`http://127.0.0.1:${port}`))).toBe('refused')
    const resetting = await listen(createServer(socket => { socket.on('error', () => {}); socket.resetAndDestroy() }))
    expect(await knock(new URL(`https://127.0.0.1:${resetting}`))).toBe('reset')
  })

  it('a page › status and body', async () => {
    const port = await listen(createHttp((_req, res) => { res.writeHead(503).end('no healthy upstream') }))
    expect(await fetchOnce(new URL(`http://127.0.0.1:${port}/sdk`))).toEqual({ status: 503, body: 'no healthy upstream' })
  })

  it('of a node › its real port; those without a door cannot be asked', async () => {
    const port = await listen(createHttp((req, res) => { res.end(req.url) }))
    const { probe, http } = askDoors([{
      name: 'vc-01', kind: 'vcenter', address: '127.0.0.1', hostName: 'vc-01', username: '', password: '', thumbprint: '',
      sdk: `http://127.0.0.1:${port}/sdk`,
    }])
    expect(await probe('vc-01', 443)).toBe('open')
    expect(await probe('vc-01', 902)).toBeUndefined()
    expect(await probe('esx-01', 443)).toBeUndefined()
    expect(await http('https://vc-01/mob?x=1')).toEqual({ status: 200, body: '/mob?x=1' })
  })
})
