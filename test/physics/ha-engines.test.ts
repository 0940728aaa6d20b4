import { describe, expect, it } from 'vitest'
import { setEngine } from '../../emulator/physics/ha/fdm/agent.js'
import { RandomStreams } from '../../emulator/world/random.js'
import { HaLab, type HaLabOptions } from '../support/ha-lab.js'

/**
 * Design decision 16: the engine that computes the next instant at which a verdict could change
 * says exactly what the engine says that looks at every single heartbeat.
 */

const HOSTS = ['esx-01', 'esx-02', 'esx-03', 'esx-04']

/** Random faults and heals at random milliseconds; the same for the same seed. */
function torment(lab: HaLab, seed: string, { loss, seconds }: { loss: boolean, seconds: number }): void {
  const chance = new RandomStreams(seed)
  const pick = <T>(items: readonly T[]): T => items[chance.below('pick', items.length)]!
  const heals: Array<() => void> = []
  const faults: Array<() => void> = [
    () => { heals.push(lab.isolate([pick(HOSTS)])) },
    () => { heals.push(lab.isolate([pick(HOSTS)], { networks: ['storage'] })) },
    () => { heals.push(lab.isolate(HOSTS.filter(() => chance.next('half') < 0.5), { to: HOSTS, except: [] })) },
    () => { heals.push(lab.isolate([pick(HOSTS)], { to: ['gateway'], except: [] })) },
    () => { heals.push(lab.isolate([pick(HOSTS)], { port: 8182 })) },
    () => { heals.push(lab.isolate(['vc1'], { except: [] })) },
    () => {
      const host = pick(HOSTS)
      lab.crash(host)
      heals.push(() => lab.emit('hardware.powerRestored', { node: host }))
    },
    () => {
      const host = pick(HOSTS)
      const agent = pick(['fdm', 'hostd'] as const)
      lab.emit('agent.changed', { host, agent, state: 'stopped' })
      heals.push(() => lab.emit('agent.changed', { host, agent, state: 'running' }))
    },
    () => {
      const host = pick(HOSTS)
      lab.emit('hardware.hung', { node: host, hung: true })
      heals.push(() => lab.emit('hardware.hung', { node: host, hung: false }))
    },
    ...(loss ? [() => { heals.push(lab.isolate([pick(HOSTS)], { loss: 0.5 + chance.next('loss') / 2 })) }] : []),
  ]
  let at = 0
  while (at < seconds * 1000) {
    // Whole seconds now and then: a fault at the very instant of a heartbeat.
    const step = 1 + chance.below('time', 30_000)
    at += chance.next('whole') < 0.3 ? Math.ceil(step / 1000) * 1000 - (at % 1000) : step
    lab.to(at / 1000)
    if (heals.length > 0 && chance.next('heal') < 0.5) heals.splice(chance.below('which', heals.length), 1)[0]!()
    else pick(faults)()
  }
  lab.to(seconds + 300)
  for (const heal of heals) heal()
  lab.to(seconds + 700)
}

function story(engine: 'lazy' | 'beats', seed: string, options: HaLabOptions & { loss: boolean }): string[] {
  const lab = new HaLab(options)
  if (engine === 'beats') lab.change(tx => setEngine(tx, { heartbeats: 'beats' }))
  lab.mark()
  torment(lab, seed, { loss: options.loss, seconds: 400 })
  checkInvariants(lab)
  const signals = lab.said.map(({ at, kind, payload }) => `${at} ${kind} ${JSON.stringify(payload)}`)
  const shown = HOSTS.map(host => `${host} ${lab.shown(host)} ${lab.own(host)}`)
  const events = lab.told().map(([at, name]) => `${at} ${name}`)
  return [...signals.sort(), ...events.sort(), ...shown, `primaries ${lab.primaries().join()}`]
}

/** I3, I4, I7 of availability.md part 7, and that who says something says something new. */
function checkInvariants({ said }: HaLab): void {
  const isolated = new Map<unknown, number>()
  const leading = new Set<unknown>()
  const judged = new Map<string, unknown>()
  for (const { at, kind, payload } of said) {
    const { host } = payload
    switch (kind) {
      case 'ha.isolated': isolated.set(host, at); break
      case 'ha.isolationEnded': isolated.delete(host); break
      case 'ha.isolationResponse':
        expect(at - isolated.get(host)!).toBeGreaterThanOrEqual(30_000)
        break
      case 'ha.primaryElected':
        expect(leading.has(host)).toBe(false)
        leading.add(host)
        for (const key of judged.keys()) if (key.startsWith(`${String(host)}>`)) judged.delete(key)
        break
      case 'ha.primaryGone': leading.delete(host); break
      case 'ha.judged': {
        const key = `${String(payload['primary'])}>${String(host)}`
        expect(payload['state']).not.toBe(payload['was'])
        if (judged.has(key)) expect(payload['was']).toBe(judged.get(key))
        judged.set(key, payload['state'])
      }
    }
  }
}

const seeds = Array.from({ length: 8 }, (_, index) => String(index + 1))

describe('the lazy engine and the one of beats', () => {
  it.each(seeds)('say the same under cuts, crashes and storage losses (seed %s)', seed => {
    const lazy = story('lazy', seed, { loss: false })
    expect(lazy.length).toBeGreaterThan(10)
    expect(lazy.at(-1)).toMatch(/^primaries esx-0\d$/)
    expect(lazy.filter(line => /^esx-0\d (connectedToMaster|master) by/.test(line))).toHaveLength(4)
    expect(story('beats', seed, { loss: false })).toEqual(lazy)
  })

  it.each(seeds.slice(0, 4))('and on paths that lose packets, with the same draws (seed %s)', seed => {
    expect(story('beats', seed, { loss: true })).toEqual(story('lazy', seed, { loss: true }))
  })

  it('without heartbeat datastores too', () => {
    const options = { loss: false, das: { hBDatastoreCandidatePolicy: 'userSelectedDs' } }
    expect(story('beats', '99', options)).toEqual(story('lazy', '99', options))
  })
})
