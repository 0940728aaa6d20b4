import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultClusterConfig } from '../../../emulator/inventory/compute.js'
import {
  countSlots, currentPercent, failoverState, requiredPercent, type HostShare,
} from '../../../emulator/physics/ha/admission.js'
import type { ClusterConfigInfoEx } from '../../../emulator/schema/generated/types.js'

function share(host: string, mhz: number, mb: number, ...vms: ReadonlyArray<readonly [number, number]>): HostShare {
  return { host, good: true, mhz, mb, demands: vms.map(([cpu, memory]) => ({ mhz: cpu, mb: memory, vcpus: 1, count: 1 })) }
}

function withPolicy(policy: object, option: Record<string, string> = {}): ClusterConfigInfoEx {
  const base = defaultClusterConfig({ ha: true, drs: false }, 3, 21)
  return { ...base, dasConfig: {
    ...base.dasConfig, admissionControlPolicy: policy as never,
    option: Object.entries(option).map(([key, value]) => ({ key, value })),
  } }
}

const slots = (failoverLevel: number): object => ({ _typeName: 'ClusterFailoverLevelAdmissionControlPolicy', failoverLevel })
const percent = (more: object = {}): object => ({
  _typeName: 'ClusterFailoverResourcesAdmissionControlPolicy', cpuFailoverResourcesPercent: 0,
  memoryFailoverResourcesPercent: 0, autoComputePercentages: false, ...more,
})

describe('slot policy', () => {
  it('keeps the largest hosts free', () => {
    const hosts = [share('a', 16 * 32, 1e6), share('b', 16 * 32, 1e6), share('c', 32 * 32, 1e6)]
    expect(countSlots(withPolicy(slots(1)), hosts)).toMatchObject({ total: 64, unreserved: 32 })
    expect(countSlots(withPolicy(slots(2)), hosts)).toMatchObject({ total: 64, unreserved: 16 })
  })

  it('counts 32 MHz for a VM without reservation, or what das.vmCpuMinMHz says', () => {
    const hosts = [share('a', 3200, 4096, [0, 64]), share('b', 3200, 4096)]
    expect(countSlots(withPolicy(slots(1)), hosts)).toMatchObject({ slotMhz: 32, slotMb: 64, total: 128, used: 1 })
    expect(countSlots(withPolicy(slots(1), { 'das.vmCpuMinMHz': '256' }), hosts)).toMatchObject({ slotMhz: 256, total: 24 })
  })

  it('takes bad hosts out of the capacity, not their VMs out of the need', () => {
    const hosts = [share('a', 1000, 1000, [100, 100]), { ...share('b', 1000, 1000, [100, 100]), good: false }]
    expect(countSlots(withPolicy(slots(1)), hosts)).toMatchObject({ total: 10, used: 2, currentFailoverLevel: 0 })
  })

  it('is what it says › any cluster', () => {
    const vm = fc.tuple(fc.integer({ min: 0, max: 4000 }), fc.integer({ min: 0, max: 4096 }))
    const hosts = fc.array(fc.record({
      mhz: fc.integer({ min: 0, max: 40000 }), mb: fc.integer({ min: 0, max: 65536 }), vms: fc.array(vm, { maxLength: 5 }),
    }), { minLength: 1, maxLength: 6 })
    fc.assert(fc.property(hosts, fc.integer({ min: 1, max: 4 }), (list, level) => {
      const shares = list.map((item, index) => share(`h${index}`, item.mhz, item.mb, ...item.vms))
      const count = countSlots(withPolicy(slots(level)), shares)
      const sizes = count.hosts.map(item => item.slots).sort((a, b) => b - a)
      const left = (k: number): number => sizes.slice(k).reduce((sum, n) => sum + n, 0)
      expect(count.used).toBe(list.flatMap(item => item.vms).length)
      expect(count.unreserved).toBe(Math.max(0, left(level) - count.used))
      expect(count.currentFailoverLevel).toBeLessThan(shares.length)
      if (count.currentFailoverLevel > 0) expect(left(count.currentFailoverLevel)).toBeGreaterThanOrEqual(count.used)
      if (count.currentFailoverLevel + 1 < shares.length) {
        expect(left(count.currentFailoverLevel + 1)).toBeLessThan(count.used)
      }
    }))
  })
})

describe('percentage policy', () => {
  it('rounds what is free down', () => {
    const hosts = [share('a', 12000, 12000, [2000, 0], [1000, 0]), share('b', 12000, 12000, [0, 0], [4000, 0])]
    // 24,000 less 2,000, 1,000, 32 and 4,000: 70.7 %.
    expect(currentPercent(withPolicy(percent()), hosts)).toEqual({ cpu: 70, memory: 100 })
    expect(failoverState(withPolicy(percent({ cpuFailoverResourcesPercent: 70 })), hosts).sufficient).toBe(true)
    expect(failoverState(withPolicy(percent({ cpuFailoverResourcesPercent: 71 })), hosts).sufficient).toBe(false)
  })

  it('computes the share of the largest hosts, each resource for itself', () => {
    const hosts = [share('a', 2000, 1000), share('b', 1000, 3000), share('c', 1000, 1000)]
    const auto = percent({ autoComputePercentages: true })
    expect(requiredPercent(withPolicy(auto), hosts)).toEqual({ cpu: 50, memory: 60 })
    expect(requiredPercent(withPolicy({ ...auto, failoverLevel: 2 }), hosts)).toEqual({ cpu: 75, memory: 80 })
  })

  it('needs two good hosts', () => {
    expect(failoverState(withPolicy(percent()), [share('a', 1000, 1000)]).sufficient).toBe(false)
    expect(failoverState(withPolicy(percent()), [share('a', 1000, 1000), share('b', 1, 1)]).sufficient).toBe(true)
  })
})
