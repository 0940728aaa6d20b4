import { describe, expect, it } from 'vitest'
import { loadImage, rewind, saveImage } from '../../emulator/world/image.js'
import { ADMIN, PASSWORD, authorizationBench, type AuthorizationBench } from '../support/authorization-bench.js'

const MINUTE = 60000

describe('SessionTable', () => {
  it('a saved lab › keeps its logins, their idle time and their tickets', () => {
    const first = authorizationBench()
    const cookie = first.login()
    const session = first.session(cookie)
    const { sessions } = first.services
    const ticket = first.tx(tx => sessions.issueServiceTicket(tx, session, { method: undefined, path: '/x' }))
    first.world.advance(20 * MINUTE)
    first.session(cookie)
    const image = saveImage(first.world)

    const second = authorizationBench()
    second.login()
    loadImage(second.world, JSON.parse(JSON.stringify(image)))
    expect(second.session(cookie)).toMatchObject({ key: session.key, principal: session.principal })
    expect(second.services.sessions.all('vc-01')).toHaveLength(1)
    expect(second.services.sessions.redeemServiceTicket('vc-01', ticket, 'GET', '/x')).toBeUndefined()
    second.world.advance(29 * MINUTE)
    expect(second.ended).toHaveLength(0)
    second.world.advance(2 * MINUTE)
    expect(second.ended).toEqual([session.key])
  })

  it('a rewound login › is no login', () => {
    const bench = authorizationBench()
    const before = bench.world.revision
    bench.login()
    const cookie = bench.login()
    rewind(bench.world, before + 1)
    expect(bench.session(cookie)).toBeUndefined()
    expect(bench.services.sessions.all('vc-01')).toHaveLength(1)
    expect(bench.ended).toHaveLength(1)
  })

  it('another node’s cookie › opens nothing here', () => {
    const bench = authorizationBench()
    const cookie = bench.login()
    expect(bench.services.sessions.find('esx-01', cookie)).toBeUndefined()
    expect(bench.services.sessions.find('vc-01', undefined)).toBeUndefined()
    expect(bench.services.sessions.find('vc-01', '../vc-01')).toBeUndefined()
  })

  it('the table of a node › is full at the product’s limit', () => {
    const host = authorizationBench({ kind: 'esxi' })
    for (let i = 0; i < 500; i += 1) {
      expect(host.services.sessions.isFull('esx-01')).toBe(false)
      host.login()
    }
    expect(host.services.sessions.isFull('esx-01')).toBe(true)
    host.world.advance(30 * MINUTE)
    expect(host.services.sessions.isFull('esx-01')).toBe(false)
    expect(host.ended).toHaveLength(500)
  })
})

describe('lockout', () => {
  const fails = (bench: AuthorizationBench, user: string, password = 'wrong'): boolean => {
    try {
      bench.login(user, password)
      return false
    } catch {
      return true
    }
  }
  const bad = (bench: AuthorizationBench, user: string, times: number): void => {
    for (let i = 0; i < times; i += 1) fails(bench, user)
  }

  it('root of a host › is locked for 900 s after five bad logins', () => {
    const host = authorizationBench({ kind: 'esxi' })
    bad(host, 'root', 4)
    expect(fails(host, 'root', PASSWORD)).toBe(false)
    bad(host, 'root', 5)
    expect(fails(host, 'root', PASSWORD)).toBe(true)
    host.world.advance(899_000)
    expect(fails(host, 'root', PASSWORD)).toBe(true)
    host.world.advance(1000)
    expect(fails(host, 'root', PASSWORD)).toBe(false)
    expect(host.events().filter(event => event._typeName === 'EventEx')).toMatchObject([
      { eventTypeId: 'esx.audit.account.loginfailures' }, { eventTypeId: 'esx.audit.account.locked' },
    ])
  })

  it('AccountLockFailures 0 › never locks', () => {
    const host = authorizationBench({ kind: 'esxi' })
    host.tx(tx => tx.create({ node: 'esx-01', type: 'OptionManager', id: 'ha-adv-options' }, {
      props: { setting: [{ key: 'Security.AccountLockFailures', value: 0 }] }, inner: {},
    }))
    bad(host, 'root', 20)
    expect(fails(host, 'root', PASSWORD)).toBe(false)
  })

  it('a user of single sign-on › is locked by five bad logins within 180 s, the administrator never', () => {
    const bench = authorizationBench({ users: [{ name: 'u', groups: ['Administrators'] }] })
    bad(bench, 'u', 4)
    bench.world.advance(181_000)
    bad(bench, 'u', 1)
    expect(fails(bench, 'u', PASSWORD)).toBe(false)
    bad(bench, 'u', 5)
    expect(fails(bench, 'u', PASSWORD)).toBe(true)
    bench.world.advance(300_000)
    expect(fails(bench, 'u', PASSWORD)).toBe(false)
    bad(bench, ADMIN, 20)
    expect(fails(bench, ADMIN, PASSWORD)).toBe(false)
  })
})
