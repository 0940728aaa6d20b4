/** Sessions as clients meet them at the door: cookies, ends, tickets, versions (protocols.md 1.5, 4). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SoapClient } from '../../clients/sdk/soap-client.js'
import type { Value } from '../../clients/sdk/soap-xml.js'
import type { MoRef } from '../../emulator/schema/model.js'
import { envelope, post } from '../doors/support.js'
import type { TestLab } from '../support/test-lab.js'
import {
  END, PASSWORD, currentTime, decentRaw, faultOf, holdings, loginAs, named, openFrontLab, rawTo, until,
} from './front-lab.js'

const MINUTE = 60000
const manager: MoRef = { type: 'SessionManager', value: 'SessionManager' }
const service: MoRef = { type: 'ServiceInstance', value: 'ServiceInstance' }
const collector = ['PropertyCollector', 'propertyCollector']

let lab: TestLab
let admin: SoapClient
beforeEach(async () => {
  lab = openFrontLab()
  admin = await lab.client('vc-01')
})
afterEach(() => lab.close())

interface UserSession {
  readonly key: string
  readonly userName: string
  readonly locale: string
  readonly messageLocale: string
  readonly callCount: string
}

async function current(client: SoapClient): Promise<UserSession | undefined> {
  const { currentSession } = await client.properties(manager, ['currentSession'])
  return currentSession as unknown as UserSession | undefined
}

async function alive(client: SoapClient): Promise<boolean> {
  return (await client.post(currentTime)).status === 200
}

async function park(client: SoapClient) {
  const raw = await rawTo(lab)
  const { waits } = holdings(lab)
  raw.send(post(envelope('WaitForUpdatesEx', '<version></version>', collector), [`Cookie: ${client.cookie}`]))
  await until(() => holdings(lab)['waits'] === waits! + 1)
  return raw
}

const loginBody = (userName: string, password = PASSWORD): string =>
  envelope('Login', `<userName>${userName}</userName><password>${password}</password>`, ['SessionManager', 'SessionManager'])

describe('cookies', () => {
  it('one Set-Cookie, on the login only › in the product\'s form', async () => {
    const client = await lab.anonymous('vc-01')
    const set = async (body: string): Promise<Value | string[] | undefined> => (await client.post(body)).headers['set-cookie'] as string[]
    expect(await set(envelope('RetrieveServiceContent'))).toBeUndefined()
    expect(await set(loginBody('reader@vsphere.local', 'wrong'))).toBeUndefined()
    expect(await set(currentTime)).toBeUndefined()
    expect(await set(loginBody('reader@vsphere.local'))).toEqual([
      expect.stringMatching(/^vmware_soap_session="[0-9a-f]{40}"; Path=\/; HttpOnly;$/),
    ])
    expect(await set(currentTime)).toBeUndefined()
    expect(await set(loginBody('reader@vsphere.local'))).toBeUndefined()
    expect(await set(envelope('Logout', '', ['SessionManager', 'SessionManager']))).toBeUndefined()
  })

  it('with TLS › is Secure; a host\'s is a UUID that begins with 52', async () => {
    const secure = openFrontLab({ doors: { secureCookies: true } })
    const client = await secure.anonymous('vc-01')
    expect((await client.post(loginBody('reader@vsphere.local'))).headers['set-cookie'])
      .toEqual([expect.stringMatching(/; Path=\/; HttpOnly; Secure;$/)])
    await secure.close()
    const host = await lab.client('esx-01')
    expect(host.cookie).toMatch(/^vmware_soap_session="52[0-9a-f]{6}-[0-9a-f]{4}-/)
  })

  it('comes back in every form clients send › and is known', async () => {
    const value = /"([^"]+)"/.exec(admin.cookie!)![1]!
    const forms = [
      `vmware_soap_session="${value}"`, `vmware_soap_session=${value}`, `vmware_soap_session="${value}"; Path=/; HttpOnly; Secure;`,
      `a=b; vmware_soap_session="${value}"`, `vmware_soap_session="${value}";`, ` vmware_soap_session = "${value}" `,
    ]
    const client = await lab.anonymous('vc-01')
    for (const cookie of forms) expect((await client.post(currentTime, { cookie })).status, cookie).toBe(200)
    for (const cookie of ['', `vmware_soap_session="${value}x"`, `vmware_soap_sessio="${value}"`, value]) {
      expect((await client.post(currentTime, { cookie })).status, cookie).toBe(500)
    }
  })
})

describe('ends of sessions', () => {
  it('a dead cookie › NotAuthenticated with the object and the privilege of the call', async () => {
    const vm = named(lab, 'VirtualMachine', 'VM_A')
    await admin.call(manager, 'Logout')
    expect(await faultOf(admin.call(vm, 'PowerOnVM_Task'))).toMatchObject({
      type: 'NotAuthenticated', detail: { object: vm, privilegeId: 'VirtualMachine.Interact.PowerOn' },
    })
    expect(await faultOf(admin.call(service, 'CurrentTime'))).toMatchObject({
      type: 'NotAuthenticated', detail: { object: service, privilegeId: 'System.View' },
    })
    expect(await current(admin)).toBeUndefined()
    expect(lab.defects).toEqual([])
  })

  it('a dead cookie › a property that needs a session stands in missingSet, an anonymous one is there', async () => {
    await admin.call(manager, 'Logout')
    const found = await admin.callAll({ type: 'PropertyCollector', value: 'propertyCollector' }, 'RetrieveProperties', {
      specSet: { propSet: { type: 'SessionManager', pathSet: ['defaultLocale', 'sessionList'] }, objectSet: { obj: manager } },
    })
    expect(found).toMatchObject([{
      propSet: { name: 'defaultLocale', val: 'en' },
      missingSet: { path: 'sessionList', fault: { fault: { _typeName: 'NotAuthenticated', object: manager } } },
    }])
  })

  it('TerminateSession › ends another session, its objects and its parked wait', async () => {
    const victim = await loginAs(lab, 'reader')
    const before = holdings(lab)
    await victim.call({ type: 'ViewManager', value: 'ViewManager' }, 'CreateListView', {})
    const raw = await park(victim)
    const { key } = (await current(victim))!
    await admin.call(manager, 'TerminateSession', { sessionId: key })
    expect(decentRaw(await raw.until(END))).toMatchObject({ status: 500, fault: 'NotAuthenticated' })
    raw.socket.destroy()
    expect(await alive(victim)).toBe(false)
    expect(holdings(lab)).toMatchObject({ waits: 0, sessionObjects: 0, sessions: before['sessions']! - 1, jobs: before['jobs']! - 1 })
    expect((await faultOf(admin.call(manager, 'TerminateSession', { sessionId: key }))).type).toBe('NotFound')
  })

  it('TerminateSession › one\'s own is InvalidArgument; without the privilege NoPermission', async () => {
    const reader = await loginAs(lab, 'reader')
    const { key } = (await current(admin))!
    expect(await faultOf(admin.call(manager, 'TerminateSession', { sessionId: key }))).toMatchObject({
      type: 'InvalidArgument', detail: { invalidProperty: 'sessionId' },
    })
    expect(await faultOf(reader.call(manager, 'TerminateSession', { sessionId: key }))).toMatchObject({
      type: 'NoPermission', detail: { privilegeId: 'Sessions.TerminateSession' },
    })
    expect(await alive(admin)).toBe(true)
  })

  it('idle time-out › counts lab time since the last call', async () => {
    for (let i = 0; i < 3; i += 1) {
      lab.world.advance(29 * MINUTE)
      expect(await alive(admin)).toBe(true)
    }
    lab.world.advance(30 * MINUTE)
    expect(await alive(admin)).toBe(false)
    expect(holdings(lab)).toMatchObject({ sessions: 0 })
  })

  it('idle time-out › does not come while a long poll waits', async () => {
    const raw = await park(admin)
    lab.world.advance(300 * MINUTE)
    expect(holdings(lab)).toMatchObject({ waits: 1, sessions: 1 })
    raw.socket.destroy()
    await until(() => holdings(lab)['waits'] === 0)
    expect(await alive(admin)).toBe(true)
    lab.world.advance(61 * MINUTE)
    expect(await alive(admin)).toBe(false)
  })
})

describe('tickets', () => {
  it('clone ticket › opens one session of the same user, once, on a connection without one', async () => {
    const reader = await loginAs(lab, 'reader')
    const ticket = await reader.call(manager, 'AcquireCloneTicket')
    expect(ticket).toMatch(/^cst-VCT-52/)
    expect((await faultOf(admin.call(manager, 'CloneSession', { cloneTicket: ticket }))).type).toBe('InvalidLogin')
    const fresh = await lab.anonymous('vc-01')
    const clone = await fresh.call(manager, 'CloneSession', { cloneTicket: ticket }) as unknown as UserSession
    expect(clone.userName).toBe('VSPHERE.LOCAL\\reader')
    expect(clone.key).not.toBe((await current(reader))!.key)
    expect(await current(fresh)).toMatchObject({ key: clone.key })
    const again = await lab.anonymous('vc-01')
    expect((await faultOf(again.call(manager, 'CloneSession', { cloneTicket: ticket }))).type).toBe('InvalidLogin')
  })

  it('clone ticket › dies with its session', async () => {
    const reader = await loginAs(lab, 'reader')
    const ticket = await reader.call(manager, 'AcquireCloneTicket')
    await reader.call(manager, 'Logout')
    const fresh = await lab.anonymous('vc-01')
    expect((await faultOf(fresh.call(manager, 'CloneSession', { cloneTicket: ticket }))).type).toBe('InvalidLogin')
  })

  it('service ticket › is good for one request to its path', async () => {
    const path = '/folder/VM_A/VM_A.vmx?dcPath=DC1&dsName=shared-01'
    const acquire = async () => await admin.call(manager, 'AcquireGenericServiceTicket', {
      spec: { _typeName: 'SessionManagerHttpServiceRequestSpec', method: 'httpGet', url: `https://vc-01.lab.test${path}` },
    }) as unknown as { id: string, ticketType: string }
    const { id, ticketType } = await acquire()
    expect(ticketType).toBe('VcServiceTicket')
    const redeem = (method: string, at: string) => lab.lab.services.sessions.redeemServiceTicket('vc-01', id, method, at)
    expect([redeem('PUT', path), redeem('GET', '/folder/other')]).toEqual([undefined, undefined])
    expect(redeem('GET', path)?.principal.name).toBe('VSPHERE.LOCAL\\Administrator')
    expect(redeem('GET', path)).toBeUndefined()
    const nobody = await lab.anonymous('vc-01')
    expect((await faultOf(nobody.call(manager, 'AcquireGenericServiceTicket', {
      spec: { _typeName: 'SessionManagerHttpServiceRequestSpec', url: path },
    }))).type).toBe('NotAuthenticated')
  })
})

describe('what a session may change of itself and of all', () => {
  it('SetLocale › shows in the session; an unknown one is InvalidLocale', async () => {
    await admin.call(manager, 'SetLocale', { locale: 'de' })
    expect(await current(admin)).toMatchObject({ locale: 'de' })
    expect((await faultOf(admin.call(manager, 'SetLocale', { locale: 'xx_YY' }))).type).toBe('InvalidLocale')
    expect(await current(admin)).toMatchObject({ locale: 'de' })
  })

  it('ImpersonateUser › acts with the rights of the other, who is logged in', async () => {
    const before = await current(admin)
    expect((await faultOf(admin.call(manager, 'ImpersonateUser', { userName: 'VSPHERE.LOCAL\\reader' }))).type).toBe('InvalidLogin')
    const reader = await loginAs(lab, 'reader')
    expect(await faultOf(reader.call(manager, 'ImpersonateUser', { userName: 'VSPHERE.LOCAL\\Administrator' }))).toMatchObject({
      type: 'NoPermission', detail: { privilegeId: 'Sessions.ImpersonateUser' },
    })
    const other = await admin.call(manager, 'ImpersonateUser', { userName: 'reader@vsphere.local' }) as unknown as UserSession
    expect(other).toMatchObject({ key: before!.key, userName: 'VSPHERE.LOCAL\\reader' })
    const vm = named(lab, 'VirtualMachine', 'VM_A')
    expect((await faultOf(admin.call(vm, 'PowerOnVM_Task'))).type).toBe('NoPermission')
  })

  it('UpdateServiceMessage › is seen by all, and is an event', async () => {
    const reader = await loginAs(lab, 'reader')
    expect(await faultOf(reader.call(manager, 'UpdateServiceMessage', { message: 'no' }))).toMatchObject({
      type: 'NoPermission', detail: { privilegeId: 'Sessions.GlobalMessage' },
    })
    await admin.call(manager, 'UpdateServiceMessage', { message: 'down at <noon> & "later"' })
    expect(await reader.properties(manager, ['message'])).toEqual({ message: 'down at <noon> & "later"' })
    const found = await admin.callAll({ type: 'EventManager', value: 'EventManager' }, 'QueryEvents', {
      filter: { eventTypeId: 'vim.event.GlobalMessageChangedEvent' },
    })
    expect(found).toHaveLength(1)
  })
})

describe('versions', () => {
  const content = async (version: string): Promise<Record<string, Value>> => (await lab.anonymous('vc-01', version)).content()

  it('a client of 5.5 › is shown nothing that came later', async () => {
    const old = await content('5.5')
    expect(old).not.toHaveProperty('guestCustomizationManager')
    expect(old).not.toHaveProperty('cryptoManager')
    expect(old).toHaveProperty('viewManager')
    expect(old['about']).not.toHaveProperty('patchLevel')
    const client = await lab.client('vc-01', undefined, '5.5')
    const { config } = await client.properties(named(lab, 'VirtualMachine', 'VM_ON'), ['config'])
    expect(config).toHaveProperty('hardware')
    expect(config).not.toHaveProperty('migrateEncryption')
  })

  it('a client of 9.1 › is served as the newest', async () => {
    const [newer, newest] = [await content('9.1.0.0'), await content('8.0.3.0')]
    expect(newer).toEqual(newest)
    expect(newer).toHaveProperty('guestCustomizationManager')
    expect(newer['about']).toMatchObject({ apiVersion: '8.0.3.0', patchLevel: expect.any(String) })
  })

  it('NoPermission › names what is missing from 7.0.3.2 on only', async () => {
    const vm = named(lab, 'VirtualMachine', 'VM_A')
    const [old, fresh] = [await lab.client('vc-01', 'reader@vsphere.local', '6.7'), await loginAs(lab, 'reader')]
    expect((await faultOf(old.call(vm, 'PowerOnVM_Task'))).detail).not.toHaveProperty('missingPrivileges')
    expect((await faultOf(fresh.call(vm, 'PowerOnVM_Task'))).detail).toHaveProperty('missingPrivileges')
  })
})
