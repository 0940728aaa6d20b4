import { describe, expect, it } from 'vitest'
import type { UserSession } from '../../emulator/schema/generated/types.js'
import type { MoRef } from '../../emulator/schema/model.js'
import type { MethodFault } from '../../emulator/services/method-fault.js'
import { PASSWORD, at, authorizationBench, type AuthorizationBench } from '../support/authorization-bench.js'

const MINUTE = 60000

function faultOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    return (error as MethodFault).type
  }
  return 'none'
}

function property(bench: AuthorizationBench, name: string, cookie?: string): unknown {
  const session = bench.services.sessions.find(bench.node.name, cookie)
  const self = bench.world.ofType(bench.node.name, 'SessionManager')[0]!
  return bench.registry.virtual('SessionManager', name)!(
    { services: bench.services, reader: bench.world, node: bench.node, session }, self)
}

const types = (bench: AuthorizationBench): string[] => bench.events().map(event => event._typeName)

describe('SessionManager login', () => {
  it('Login › gives a session in canonical form › whatever the spelling', () => {
    const bench = authorizationBench()
    const login = (userName: string): UserSession =>
      bench.call(undefined, at.sessions, 'Login', { userName, password: PASSWORD }) as UserSession
    const session = login('Administrator@vsphere.local')
    expect(session).toEqual({
      key: session.key, userName: 'VSPHERE.LOCAL\\Administrator', fullName: 'Administrator vsphere.local',
      loginTime: '2026-01-05T08:00:00Z', lastActiveTime: '2026-01-05T08:00:00Z', locale: 'en',
      messageLocale: 'en', extensionSession: false, ipAddress: '10.0.0.7', userAgent: 'test/1.0',
      callCount: 0,
    })
    expect(session.key).toMatch(/^52[0-9a-f]{6}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    const cookie = bench.services.sessions.cookieOf(session.key)!
    expect(cookie).toMatch(/^[0-9a-f]{40}$/)
    for (const name of ['vsphere.local\\ADMINISTRATOR', 'administrator']) {
      expect(login(name).userName).toBe('VSPHERE.LOCAL\\Administrator')
    }
    expect(bench.events()[0]).toMatchObject({
      _typeName: 'UserLoginSessionEvent', userName: 'VSPHERE.LOCAL\\Administrator',
      ipAddress: '10.0.0.7', userAgent: 'test/1.0', locale: 'en', sessionId: session.key,
    })
  })

  it('Login › is InvalidLogin › for a wrong password, an unknown user and a session that is open', () => {
    const bench = authorizationBench()
    expect(faultOf(() => bench.login('administrator@vsphere.local', 'wrong'))).toBe('InvalidLogin')
    expect(faultOf(() => bench.login('ghost'))).toBe('InvalidLogin')
    expect(faultOf(() => bench.login('administrator@elsewhere'))).toBe('InvalidLogin')
    const cookie = bench.login()
    const args = { userName: 'administrator@vsphere.local', password: PASSWORD }
    expect(faultOf(() => bench.call(cookie, at.sessions, 'Login', args))).toBe('InvalidLogin')
    expect(types(bench)).toEqual([
      'BadUsernameSessionEvent', 'BadUsernameSessionEvent', 'BadUsernameSessionEvent',
      'UserLoginSessionEvent', 'AlreadyAuthenticatedSessionEvent',
    ])
    expect(bench.events()[1]).toMatchObject({ userName: 'VSPHERE.LOCAL\\ghost', ipAddress: '10.0.0.7' })
  })

  it('Login › is NoPermission on the root › for a user without any permission', () => {
    const bench = authorizationBench({ users: [{ name: 'u' }] })
    const done = bench.outcome(undefined, at.sessions, 'Login', { userName: 'u', password: PASSWORD })
    expect(done).toMatchObject({
      kind: 'fault', fault: { type: 'NoPermission', fields: { object: at.root, privilegeId: 'System.View' } },
    })
    expect(types(bench)).toEqual(['NoAccessUserEvent'])
  })

  it('Login › takes locales of known languages › and refuses others', () => {
    const bench = authorizationBench()
    const locale = (asked: string): string =>
      bench.session(bench.login(undefined, PASSWORD, asked)).locale
    expect(['en_US', 'de', 'zh_CN', 'ja-JP', 'en_US.UTF-8'].map(locale))
      .toEqual(['en_US', 'de', 'zh_CN', 'ja_JP', 'en_US'])
    expect(faultOf(() => locale('xx_XX'))).toBe('InvalidLocale')
    const cookie = bench.login()
    bench.call(cookie, at.sessions, 'SetLocale', { locale: 'de_DE' })
    expect(property(bench, 'currentSession', cookie)).toMatchObject({ locale: 'de_DE', messageLocale: 'de' })
    expect(faultOf(() => bench.call(cookie, at.sessions, 'SetLocale', { locale: '?' }))).toBe('InvalidLocale')
  })

  it('passwords › are nowhere in the journal or the records', () => {
    const bench = authorizationBench()
    const lines: string[] = []
    bench.world.journal.record(line => lines.push(line))
    const password = 'a-secret-nobody-has'
    expect(faultOf(() => bench.login('administrator@vsphere.local', password))).toBe('InvalidLogin')
    bench.login()
    const records = bench.world.ofType('lab', 'Account').map(slot => slot.record)
    const text = JSON.stringify([lines, records, bench.events()])
    expect(text).not.toContain(password)
    expect(text).not.toContain(PASSWORD)
  })

  it('anyLogin › lets anybody in as an administrator › under the name as typed', () => {
    const bench = authorizationBench({ anyLogin: true })
    const cookie = bench.login('user', 'pass')
    expect(bench.session(cookie).principal.name).toBe('user')
    expect(bench.call(cookie, at.vmA, 'PowerOnVM_Task')).toMatchObject({ type: 'Task' })
    expect(faultOf(() => bench.login('', 'x'))).toBe('InvalidLogin')
    expect(() => bench.login('user', '')).toThrow('Login failure')
    expect(faultOf(() => bench.login('user', ''))).toBe('InvalidLogin')
  })

  it('tokens, SSPI and certificates › are refused with their declared faults', () => {
    const bench = authorizationBench()
    const by = (method: string, args: object): string =>
      faultOf(() => bench.call(undefined, at.sessions, method, args))
    expect(by('LoginByToken', {})).toBe('InvalidLogin')
    expect(by('LoginBySSPI', { base64Token: 'eA==' })).toBe('NotSupported')
    expect(by('LoginExtensionByCertificate', { extensionKey: 'k' })).toBe('NoClientCertificate')
    expect(by('LoginExtensionBySubjectName', { extensionKey: 'k' })).toBe('NotFound')
  })
})

describe('SessionManager sessions', () => {
  it('Logout › ends the session and what belongs to it', () => {
    const bench = authorizationBench()
    const cookie = bench.login()
    const { key } = bench.session(cookie)
    bench.call(cookie, at.sessions, 'Logout')
    expect(bench.ended).toEqual([key])
    expect(faultOf(() => bench.call(cookie, at.service, 'CurrentTime'))).toBe('NotAuthenticated')
    expect(bench.events().at(-1)).toMatchObject({
      _typeName: 'UserLogoutSessionEvent', sessionId: key, loginTime: '2026-01-05T08:00:00Z', callCount: 2,
    })
    expect(bench.services.sessions.cookieOf(key)).toBeUndefined()
  })

  it('idle sessions › end on the lab clock after 30 minutes › counted from the last call', () => {
    const bench = authorizationBench()
    const cookie = bench.login()
    bench.world.advance(29 * MINUTE)
    bench.call(cookie, at.service, 'CurrentTime')
    bench.world.advance(29 * MINUTE)
    expect(bench.call(cookie, at.service, 'CurrentTime')).toBe('now')
    bench.world.advance(30 * MINUTE)
    expect(bench.ended).toHaveLength(1)
    expect(faultOf(() => bench.call(cookie, at.service, 'CurrentTime'))).toBe('NotAuthenticated')
    expect(types(bench)).toEqual(['UserLoginSessionEvent', 'UserLogoutSessionEvent'])
  })

  it('a long poll › keeps its session › and the idle time begins at its end', () => {
    const bench = authorizationBench()
    const cookie = bench.login()
    const release = bench.services.sessions.hold(bench.session(cookie).key)
    bench.world.advance(200 * MINUTE)
    expect(bench.ended).toEqual([])
    release()
    release()
    bench.world.advance(29 * MINUTE)
    expect(bench.ended).toEqual([])
    bench.world.advance(MINUTE)
    expect(bench.ended).toHaveLength(1)
  })

  it('the limits › come from the options of the node', () => {
    const bench = authorizationBench({ kind: 'esxi' })
    const option = (key: string, value: number): object => ({ key, value })
    bench.tx(tx => tx.update({ node: 'esx-01', id: 'HostAgentSettings' }, draft => {
      draft.props['setting'] = [
        option('Config.HostAgent.vmacore.soap.maxSessionCount', 2),
        option('Config.HostAgent.vmacore.soap.sessionTimeout', 5),
      ]
    }))
    const first = bench.login('root')
    expect(bench.services.sessions.isFull('esx-01')).toBe(false)
    bench.login('root')
    expect(bench.services.sessions.isFull('esx-01')).toBe(true)
    bench.call(first, { type: 'SessionManager', value: 'ha-sessionmgr' }, 'Logout')
    expect(bench.services.sessions.isFull('esx-01')).toBe(false)
    bench.world.advance(5 * MINUTE)
    expect(bench.ended).toHaveLength(2)
  })

  it('sessionList and currentSession › show key, activity and calls', () => {
    const bench = authorizationBench()
    const cookie = bench.login()
    const other = bench.login()
    bench.world.advance(1000)
    bench.call(cookie, at.service, 'CurrentTime')
    const list = property(bench, 'sessionList', other) as UserSession[]
    expect(list.map(item => [item.key, item.lastActiveTime, item.callCount])).toEqual([
      [bench.session(cookie).key, '2026-01-05T08:00:01Z', 1],
      [bench.session(other).key, '2026-01-05T08:00:01Z', 1],
    ])
    expect(property(bench, 'currentSession')).toBeUndefined()
    expect(property(bench, 'defaultLocale')).toBe('en')
    expect(property(bench, 'supportedLocaleList')).toContain('zh_CN')
  })

  it('a read › makes no transaction', () => {
    const bench = authorizationBench()
    const cookie = bench.login()
    const revision = bench.world.revision
    bench.call(cookie, at.service, 'CurrentTime')
    property(bench, 'sessionList', cookie)
    expect(bench.world.revision).toBe(revision)
  })

  it('SessionIsActive › compares key and name › on vCenter', () => {
    const bench = authorizationBench()
    const cookie = bench.login()
    const { key } = bench.session(cookie)
    const active = (sessionID: string, userName: string): unknown =>
      bench.call(cookie, at.sessions, 'SessionIsActive', { sessionID, userName })
    expect(active(key, 'vsphere.local\\administrator')).toBe(true)
    expect(active(key, 'root')).toBe(false)
    expect(active('52', 'root')).toBe(false)
    const host = authorizationBench({ kind: 'esxi' })
    const args = { sessionID: key, userName: 'root' }
    const self: MoRef = { type: 'SessionManager', value: 'ha-sessionmgr' }
    expect(faultOf(() => host.call(host.login(), self, 'SessionIsActive', args))).toBe('NotImplemented')
  })

  it('TerminateSession › ends others › never all or nothing but all', () => {
    const bench = authorizationBench()
    const cookie = bench.login()
    const other = bench.login()
    const key = bench.session(other).key
    const end = (...sessionId: string[]): string =>
      faultOf(() => bench.call(cookie, at.sessions, 'TerminateSession', { sessionId }))
    expect(end(key, 'unknown')).toBe('NotFound')
    expect(end(bench.session(cookie).key)).toBe('InvalidArgument')
    expect(bench.ended).toEqual([])
    expect(end(key)).toBe('none')
    expect(bench.ended).toEqual([key])
    expect(bench.events().at(-1)).toMatchObject({
      _typeName: 'SessionTerminatedEvent', sessionId: key, terminatedUsername: 'VSPHERE.LOCAL\\Administrator',
    })
  })

  it('CloneSession › opens one more session › once for each ticket, while the parent lives', () => {
    const bench = authorizationBench()
    const cookie = bench.login()
    const ticket = (): string => bench.call(cookie, at.sessions, 'AcquireCloneTicket') as string
    const clone = (cloneTicket: string, from?: string): UserSession =>
      bench.call(from, at.sessions, 'CloneSession', { cloneTicket }) as UserSession
    const first = ticket()
    expect(first).toMatch(/^cst-VCT-52/)
    expect(faultOf(() => clone(first, cookie))).toBe('InvalidLogin')
    const session = clone(first)
    expect(session.userName).toBe('VSPHERE.LOCAL\\Administrator')
    expect(session.key).not.toBe(bench.session(cookie).key)
    expect(faultOf(() => clone(first))).toBe('InvalidLogin')
    const second = ticket()
    bench.call(cookie, at.sessions, 'Logout')
    expect(faultOf(() => clone(second))).toBe('InvalidLogin')
  })

  it('AcquireGenericServiceTicket › lets one matching request in', () => {
    const bench = authorizationBench()
    const cookie = bench.login()
    const spec = (url: string, method?: string): object => ({
      spec: { _typeName: 'SessionManagerHttpServiceRequestSpec', url, ...(method === undefined ? {} : { method }) },
    })
    const acquire = (url: string, method?: string): { id: string, ticketType: string } =>
      bench.call(cookie, at.sessions, 'AcquireGenericServiceTicket', spec(url, method)) as never
    const { id, ticketType } = acquire('https://vc/folder/a%20b.iso?dsName=x', 'httpPut')
    expect(ticketType).toBe('VcServiceTicket')
    const redeem = (method: string, path: string, ticket = id): string | undefined =>
      bench.services.sessions.redeemServiceTicket('vc-01', ticket, method, path)?.key
    expect(redeem('GET', '/folder/a%20b.iso?dsName=x')).toBeUndefined()
    expect(redeem('PUT', '/folder/other')).toBeUndefined()
    expect(redeem('PUT', '/folder/a%20b.iso?dsName=x')).toBe(bench.session(cookie).key)
    expect(redeem('PUT', '/folder/a%20b.iso?dsName=x')).toBeUndefined()
    const late = acquire('https://vc/x').id
    bench.world.advance(6 * MINUTE)
    expect(redeem('GET', '/x', late)).toBeUndefined()
    expect(faultOf(() => bench.call(undefined, at.sessions, 'AcquireGenericServiceTicket', spec('/x'))))
      .toBe('NotAuthenticated')
  })

  it('AcquireLocalTicket › makes a password that is good once › on a host', () => {
    const host = authorizationBench({ kind: 'esxi' })
    const self: MoRef = { type: 'SessionManager', value: 'ha-sessionmgr' }
    const ticket = host.call(undefined, self, 'AcquireLocalTicket', { userName: 'root' })
    expect(ticket).toMatchObject({ userName: 'root' })
    const slot = host.world.ofType('lab', 'LocalTicket')[0]!
    const { password } = slot.record!.inner as { password: string }
    host.login('root', password)
    expect(faultOf(() => host.login('root', password))).toBe('InvalidLogin')
    expect(faultOf(() => host.call(undefined, self, 'AcquireLocalTicket', { userName: 'x' }))).toBe('InvalidLogin')
    const bench = authorizationBench()
    expect(faultOf(() => bench.call(undefined, at.sessions, 'AcquireLocalTicket', { userName: 'x' })))
      .toBe('NotSupported')
  })

  it('UpdateServiceMessage › changes the message › with its event', () => {
    const bench = authorizationBench()
    const cookie = bench.login()
    bench.call(cookie, at.sessions, 'UpdateServiceMessage', { message: 'hello' })
    bench.call(cookie, at.sessions, 'UpdateServiceMessage', { message: 'bye' })
    expect(bench.world.get('vc-01', 'SessionManager')!.props['message']).toBe('bye')
    expect(bench.events().at(-1)).toMatchObject({
      _typeName: 'GlobalMessageChangedEvent', message: 'bye', prevMessage: 'hello',
    })
  })

  it('ImpersonateUser › takes over the rights of a user who is logged in', () => {
    const bench = authorizationBench({ users: [{ name: 'u', groups: ['Administrators'] }] })
    const cookie = bench.login()
    const by = (userName: string): UserSession =>
      bench.call(cookie, at.sessions, 'ImpersonateUser', { userName }) as UserSession
    expect(faultOf(() => by('u'))).toBe('InvalidLogin')
    bench.login('u')
    const { key } = bench.session(cookie)
    expect(by('u@vsphere.local')).toMatchObject({ key, userName: 'VSPHERE.LOCAL\\u', fullName: 'u vsphere.local' })
    expect(bench.session(cookie).principal.groups).toContain('VSPHERE.LOCAL\\Administrators')
  })

  it('a user without privileges › does nothing to other sessions', () => {
    const bench = authorizationBench({ users: [{ name: 'u' }] })
    const admin = bench.login()
    const permission = [{ principal: 'u', group: false, roleId: -2, propagate: true }]
    bench.call(admin, at.authz, 'SetEntityPermissions', { entity: at.root, permission })
    const u = bench.login('u')
    const by = (method: string, args: object): string => faultOf(() => bench.call(u, at.sessions, method, args))
    expect(by('TerminateSession', { sessionId: [] })).toBe('NoPermission')
    expect(by('UpdateServiceMessage', { message: 'x' })).toBe('NoPermission')
    expect(by('ImpersonateUser', { userName: 'administrator' })).toBe('NoPermission')
    expect(by('SessionIsActive', { sessionID: 'x', userName: 'y' })).toBe('NoPermission')
    expect(by('AcquireCloneTicket', {})).toBe('none')
  })

  it('keys and cookies › are the same in two labs of one seed', () => {
    const cookies = [authorizationBench(), authorizationBench()].map(bench => bench.login())
    expect(cookies[0]).toBe(cookies[1])
  })
})
