/** What a client opens and closes again leaves nothing behind: counted, not weighed. */
import { describe, expect, it } from 'vitest'
import type { MoRef } from '../../emulator/schema/model.js'
import { wellKnownRef } from '../../emulator/services/well-known.js'
import type { TestLab } from '../support/test-lab.js'
import { frontLab, holdings, openFrontLab, PASSWORD } from './front-lab.js'

const CYCLES = 2000
const cyclesOn = { 'vc-01': CYCLES, 'esx-01': 500 } as const

/** Calls of one client without a door, so that thousands take no time. */
class Caller {
  cookie: string | undefined
  readonly #lab: TestLab
  readonly #node: string

  constructor(lab: TestLab, node: string) {
    this.#lab = lab
    this.#node = node
  }

  ref(field: string): MoRef {
    return wellKnownRef(field, this.#lab.node(this.#node).kind)!
  }

  call(self: MoRef, method: string, args: Record<string, unknown> = {}): unknown {
    const { gate, schema } = this.#lab.lab
    const outcome = gate.invoke(this.#lab.node(this.#node), {
      self, method: schema.method(self.type, method)!, args, version: schema.versions.newest('vim25'),
      cookie: this.cookie, opId: 'op', client: { address: '127.0.0.1', userAgent: 'test' },
    })
    if (outcome.kind === 'fault') throw outcome.fault
    return outcome.kind === 'result' ? outcome.value : outcome.later
  }

  login(userName: string): void {
    const { key } = this.call(this.ref('sessionManager'), 'Login', { userName, password: PASSWORD }) as { key: string }
    this.cookie = this.#lab.lab.services.sessions.cookieOf(key)
  }

  logout(): void {
    this.call(this.ref('sessionManager'), 'Logout')
    this.cookie = undefined
  }
}

const spec = (obj: MoRef, type: string, path: string): unknown => ({
  propSet: [{ type, pathSet: [path] }],
  objectSet: [{
    obj, skip: true, selectSet: [{ _typeName: 'TraversalSpec', type: 'ContainerView', path: 'view', skip: false }],
  }],
})

describe('growth', () => {
  const who = [['vc-01', 'reader@vsphere.local'], ['esx-01', 'viewer']] as const
  it.each(who)(`cycles of a whole session on %s › leave every count where it was`, async (node, user) => {
    const lab = openFrontLab()
    const caller = new Caller(lab, node)
    const cycle = (i: number): void => {
      caller.login(user)
      const view = caller.call(caller.ref('viewManager'), 'CreateContainerView', {
        container: caller.ref('rootFolder'), type: ['VirtualMachine'], recursive: true,
      }) as MoRef
      const filter = caller.call(caller.ref('propertyCollector'), 'CreateFilter', {
        spec: spec(view, 'VirtualMachine', 'name'), partialUpdates: false,
      }) as MoRef
      if (i % 2 === 0) {
        caller.call(filter, 'DestroyPropertyFilter')
        caller.call(view, 'DestroyView')
      }
      if (i % 5 === 0) caller.call(caller.ref('sessionManager'), 'AcquireCloneTicket')
      caller.logout()
    }
    cycle(0)
    await Promise.resolve()
    const before = holdings(lab)
    for (let i = 1; i <= cyclesOn[node]; i += 1) {
      cycle(i)
      if (i % 100 === 0) await Promise.resolve()
    }
    expect(holdings(lab)).toEqual(before)
    expect(before).toMatchObject({ sessions: 0, sessionObjects: 0, groups: 0, waits: 0, tickets: 0 })
    expect(lab.lab.services.sessions.all(node)).toEqual([])
    await lab.close()
  })

  it('refused logins › leave no session, no ticket, no job', async () => {
    const lab = openFrontLab()
    const before = holdings(lab)
    const caller = new Caller(lab, 'vc-01')
    for (let i = 0; i < 500; i += 1) expect(() => caller.login(`nobody-${i}`)).toThrow(/incorrect user name/)
    expect(holdings(lab)).toEqual(before)
    await lab.close()
  })

  it('parked waits and their collectors › end with the session', async () => {
    const lab = openFrontLab()
    const before = holdings(lab)
    const caller = new Caller(lab, 'vc-01')
    let faults = 0
    for (let i = 0; i < 200; i += 1) {
      caller.login('reader@vsphere.local')
      const own = caller.call(caller.ref('propertyCollector'), 'CreatePropertyCollector') as MoRef
      const later = caller.call(own, 'WaitForUpdatesEx', {}) as { start: (done: () => void, failed: () => void) => void }
      later.start(() => {}, () => { faults += 1 })
      expect(holdings(lab)).toMatchObject({ waits: 1, collectors: 1 })
      caller.logout()
    }
    expect(faults).toBe(200)
    expect(holdings(lab)).toEqual(before)
    await lab.close()
  })

  it('a session that is never used again › is gone with all it had when its time is over', async () => {
    const lab = openFrontLab({ lab: { ...frontLab, lab: 'idle' } })
    const before = holdings(lab)
    for (let i = 0; i < 50; i += 1) {
      const caller = new Caller(lab, 'vc-01')
      caller.login('reader@vsphere.local')
      caller.call(caller.ref('viewManager'), 'CreateListView', { obj: [] })
    }
    expect(holdings(lab)).toMatchObject({ sessions: 50, sessionObjects: 50, jobs: before['jobs']! + 50 })
    lab.world.advance(31 * 60000)
    expect(holdings(lab)).toEqual(before)
    await lab.close()
  })
})
