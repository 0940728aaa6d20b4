import { describe, expect, it } from 'vitest'
import { PortError, canBind, planPorts, type Probe } from '../../emulator/doors/ports.js'
import { OptionError, parseListen } from '../../emulator/options.js'

const nodes = [
  { name: 'vc-01', address: '127.0.1.1' },
  { name: 'esx-01', address: '127.0.1.2' },
]
const all: Probe = async () => undefined
const noPrivilege: Probe = async at => at.port < 1024 ? 'EACCES' : undefined

describe('planPorts', () => {
  it('auto › takes the real ports when they can be bound', async () => {
    const plan = await planPorts({ mode: 'auto', nodes }, all)
    expect(plan.mode).toBe('real')
    expect(plan.of('esx-01', 'https')).toEqual({ address: '127.0.1.2', port: 443 })
    expect(plan.of('vc-01', 'vami')).toEqual({ address: '127.0.1.1', port: 5480 })
  })

  it('auto › falls back to the documented high ports and says why', async () => {
    const plan = await planPorts({ mode: 'auto', nodes }, noPrivilege)
    expect(plan.mode).toBe('high')
    expect(plan.note).toContain('127.0.1.1:443 needs a privilege')
    expect(plan.of('vc-01', 'https')).toEqual({ address: '127.0.0.1', port: 8989 })
    expect(plan.of('vc-01', 'http')).toEqual({ address: '127.0.0.1', port: 8980 })
    expect(plan.of('esx-01', 'authd')).toEqual({ address: '127.0.0.1', port: 8992 })
  })

  it('auto › moves on when another lab has the first block', async () => {
    const plan = await planPorts({ mode: 'auto', nodes }, async at => at.port < 9000 ? 'EADDRINUSE' : undefined)
    expect(plan.of('vc-01', 'https')?.port).toBe(9989)
  })

  it('auto › gives up with advice when nothing is free', async () => {
    await expect(planPorts({ mode: 'auto', nodes }, async () => 'EADDRINUSE')).rejects.toThrow(PortError)
  })

  it('real › SSH is on 2222 where this machine\'s own sshd has 22, and the note says so', async () => {
    const plan = await planPorts({ mode: 'real', nodes }, async at => at.port === 22 ? 'EADDRINUSE' : undefined)
    expect(plan.of('esx-01', 'ssh')).toEqual({ address: '127.0.1.2', port: 2222 })
    expect(plan.of('esx-01', 'authd')).toEqual({ address: '127.0.1.2', port: 902 })
    expect(plan.note).toContain('SSH on 2222')
    expect((await planPorts({ mode: 'real', nodes }, all)).of('esx-01', 'ssh')).toEqual({ address: '127.0.1.2', port: 22 })
  })

  it('real › is an error with the reason when it is not possible', async () => {
    await expect(planPorts({ mode: 'real', nodes }, noPrivilege)).rejects.toThrow(/needs a privilege.*--ports high/)
    await expect(planPorts({ mode: 'real', nodes, listen: '0.0.0.0' }, all)).rejects.toThrow(/cannot share port 443/)
  })

  it('listen › one address for all nodes means high ports there', async () => {
    const plan = await planPorts({ mode: 'auto', nodes, listen: '0.0.0.0' }, all)
    expect(plan.of('esx-01', 'https')).toEqual({ address: '0.0.0.0', port: 8999 })
    const one = await planPorts({ mode: 'auto', nodes: nodes.slice(0, 1), listen: '10.0.0.5' }, all)
    expect(one.of('vc-01', 'https')).toEqual({ address: '10.0.0.5', port: 443 })
  })

  it('free and fixed › are for tests and for the peer\'s way', async () => {
    expect((await planPorts({ mode: 'free', nodes })).of('esx-01', 'ssh')).toEqual({ address: '127.0.0.1', port: 0 })
    const plan = await planPorts({ mode: 'fixed', nodes, listen: '127.0.0.1:8989' })
    expect(plan.of('vc-01', 'https')).toEqual({ address: '127.0.0.1', port: 8989 })
    expect(plan.of('vc-01', 'http')).toBeUndefined()
    expect(plan.of('esx-01', 'https')).toBeUndefined()
  })

  it('canBind › sees a real listener', async () => {
    expect(await canBind({ address: '127.0.0.1', port: 0 })).toBeUndefined()
    expect(await canBind({ address: '203.0.113.1', port: 0 })).toBe('EADDRNOTAVAIL')
  })

  it.each([
    ['127.0.0.1:0', '127.0.0.1', 0], [':8989', '0.0.0.0', 8989], ['[::1]:443', '::1', 443],
    ['0.0.0.0', '0.0.0.0', undefined], ['localhost', 'localhost', undefined],
  ])('parseListen › %s', (text, address, port) => {
    expect(parseListen(text)).toEqual({ address, port })
  })

  it('parseListen › refuses nonsense', () => {
    expect(() => parseListen('1:2:3')).toThrow(OptionError)
    expect(() => parseListen('a:99999')).toThrow(OptionError)
  })
})
