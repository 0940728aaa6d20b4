import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SoapClient } from '../../clients/sdk/soap-client.js'
import { SoapFault, ref } from '../../clients/sdk/soap-xml.js'
import { createTestLab, type TestLab } from '../support/test-lab.js'

let lab: TestLab
let client: SoapClient
const manager = ref('PerformanceManager', 'PerfMgr')

beforeAll(async () => {
  lab = createTestLab()
  client = await lab.client('vc-01')
})
afterAll(() => lab.close())

interface Counter { key: string, level: string, nameInfo: { key: string }, groupInfo: { key: string } }

async function counters(): Promise<Counter[]> {
  const { perfCounter } = await client.properties(manager, ['perfCounter'])
  return (perfCounter as unknown as { PerfCounterInfo: Counter[] }).PerfCounterInfo
}

describe('PerformanceManager', () => {
  it('perfCounter › holds the catalogue, each counter once', async () => {
    const all = await counters()
    expect(all.length).toBeGreaterThan(500)
    expect(new Set(all.map(counter => counter.key)).size).toBe(all.length)
    expect(all.some(({ groupInfo, nameInfo }) => groupInfo.key === 'cpu' && nameInfo.key === 'usage')).toBe(true)
  })

  it('QueryPerfCounter › gives the counters of the ids, in the order asked', async () => {
    const [first, second] = await counters()
    const found = await client.callAll(manager, 'QueryPerfCounter', { counterId: [second!.key, first!.key] })
    expect(found.map(counter => (counter as unknown as Counter).key)).toEqual([second!.key, first!.key])
  })

  it('QueryPerfCounter › faults with InvalidArgument for an unknown id', async () => {
    const thrown = await client.callAll(manager, 'QueryPerfCounter', { counterId: 999999 })
      .catch((error: unknown) => error)
    expect(thrown).toBeInstanceOf(SoapFault)
    expect((thrown as SoapFault).type).toBe('InvalidArgument')
    expect((thrown as SoapFault).detail).toMatchObject({ invalidProperty: 'counterId' })
  })

  it('QueryPerfCounterByLevel › gives more counters at a higher level and refuses others', async () => {
    const at = async (level: number): Promise<number> =>
      (await client.callAll(manager, 'QueryPerfCounterByLevel', { level })).length
    expect(await at(1)).toBeGreaterThan(0)
    expect(await at(4)).toBeGreaterThan(await at(1))
    const thrown = await at(5).catch((error: unknown) => error)
    expect((thrown as SoapFault).type).toBe('InvalidArgument')
  })
})
