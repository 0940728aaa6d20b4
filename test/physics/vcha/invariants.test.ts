import { describe, expect, it } from 'vitest'
import { FaultError } from '../../../emulator/faults/active.js'
import { RandomStreams } from '../../../emulator/world/random.js'
import { vchaCheckers } from '../../simulation/checkers/vcha.js'
import { MANAGER, VC, VchaLab } from '../../support/vcha-lab.js'

/** Random faults and heals on a cluster; every fault heals in the end. */
async function storm(seed: string, kind: 'replicated' | 'sharedDisk'): Promise<{ broken: string[], reached: Set<string>, end: string }> {
  const at = new VchaLab({ seed, vcha: { kind, db: seed.endsWith('1') ? 'async' : 'sync' } })
  const broken: string[] = []
  const reached = new Set<string>()
  for (const checker of vchaCheckers) {
    const made = checker.make({ lab: at.test.lab, broken: text => broken.push(`${checker.invariant} at ${at.at}: ${text}`), reached: what => reached.add(what) })
    at.test.world.subscribe(entry => made.after?.(entry))
  }
  const random = new RandomStreams(`storm ${seed}`)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random.next('pick') * list.length)]!
  const active: string[] = []
  try {
    for (let step = 0; step < 60; step += 1) {
      at.advance(Math.floor(random.next('time') * 60))
      const roll = random.next('what')
      try {
        if (roll < 0.3 && active.length > 0) at.heal(active.splice(Math.floor(random.next('pick') * active.length), 1)[0]!)
        else if (roll < 0.55) active.push(at.inject('vcha-node-down', { node: pick(['active', 'passive', 'witness']) }))
        else if (roll < 0.85) active.push(at.inject('vcha-link-cut', { between: pick(['active', 'active,passive', 'active,witness', 'passive,witness', 'all']) }))
        else if (at.serving !== undefined) {
          const info = at.test.node(VC)
          const cookie = at.test.lab.openSession(info)
          if (cookie !== undefined) {
            at.test.lab.gate.invoke(info, {
              self: MANAGER, method: at.test.lab.schema.method('FailoverClusterManager', 'initiateFailover_Task')!,
              args: { planned: random.next('planned') < 0.5 }, version: at.test.lab.schema.versions.newest(), cookie,
              opId: 'op', client: { address: '127.0.0.1', userAgent: 'test' },
            })
          }
        }
      } catch (error) {
        if (!(error instanceof FaultError)) throw error
      }
    }
    for (const id of active.reverse()) at.heal(id)
    at.advance(900)
    return { broken, reached, end: `${at.vcha.cluster} ${at.serving === undefined ? 'nobody' : 'served'}` }
  } finally {
    await at.close()
  }
}

describe('vCenter HA › invariants under random faults', () => {
  it.each(['replicated', 'sharedDisk'] as const)('%s with a witness › I13 and I14 hold, and all is well after the heal', async kind => {
    const reached = new Set<string>()
    for (let seed = 1; seed <= 12; seed += 1) {
      const run = await storm(`${seed}`, kind)
      expect(run.broken, `seed ${seed}`).toEqual([])
      expect(run.end, `seed ${seed}`).toBe('healthy served')
      for (const what of run.reached) reached.add(what)
    }
    expect([...reached]).toEqual(expect.arrayContaining(['nobody serves', 'automatic failover']))
  })
})
