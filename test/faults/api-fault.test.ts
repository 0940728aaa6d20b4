import { afterEach, describe, expect, it } from 'vitest'
import { SoapFault, ref } from '../../clients/sdk/soap-xml.js'
import { createTestLab, type TestLab } from '../support/test-lab.js'

let lab: TestLab
afterEach(() => lab.close())

async function faultOf(run: Promise<unknown>): Promise<SoapFault | undefined> {
  try {
    await run
    return undefined
  } catch (error) {
    if (error instanceof SoapFault) return error
    throw error
  }
}

const instance = ref('ServiceInstance', 'ServiceInstance')

describe('api-fault', () => {
  it('answers matching calls of its node with the MethodFault and its fields, until it is healed', async () => {
    lab = createTestLab()
    const client = await lab.client('vc-01')
    const host = await lab.client('esx-01')
    const active = lab.lab.faults.inject('api-fault', 'vc-01', {
      method: 'CurrentTime', fault: 'InvalidArgument', fields: { invalidProperty: 'clock' },
    })
    const thrown = await faultOf(client.call(instance, 'CurrentTime'))
    expect(thrown?.type).toBe('InvalidArgument')
    expect(thrown?.detail).toMatchObject({ invalidProperty: 'clock' })
    expect(await host.call(instance, 'CurrentTime')).toMatch(/Z$/)
    lab.lab.faults.heal(active.id)
    expect(await client.call(instance, 'CurrentTime')).toMatch(/Z$/)
  })

  it('strikes count times and ends by itself', async () => {
    lab = createTestLab()
    const client = await lab.client('vc-01')
    lab.lab.faults.inject('api-fault', 'vc-01', { method: 'ServiceInstance.*', fault: 'HostConnectFault', count: 2 })
    const outcomes: Array<string | undefined> = []
    for (let i = 0; i < 4; i += 1) outcomes.push((await faultOf(client.call(instance, 'CurrentTime')))?.type)
    expect(outcomes).toEqual(['HostConnectFault', 'HostConnectFault', undefined, undefined])
    expect(lab.lab.faults.active()).toEqual([])
  })

  it('strikes the same calls for the same seed, and not all of them', async () => {
    const run = async (): Promise<boolean[]> => {
      lab = createTestLab({ seed: '5' })
      const client = await lab.client('vc-01')
      lab.lab.faults.inject('api-fault', 'vc-01', { method: 'CurrentTime', probability: 0.5 })
      const struck: boolean[] = []
      for (let i = 0; i < 20; i += 1) struck.push(await faultOf(client.call(instance, 'CurrentTime')) !== undefined)
      return struck
    }
    const first = await run()
    await lab.close()
    expect(await run()).toEqual(first)
    expect(new Set(first).size).toBe(2)
  })

  it('refuses options that make no sense and changes nothing', () => {
    lab = createTestLab()
    expect(() => lab.lab.faults.inject('api-fault', 'vc-01', { method: 'X', probability: 2 })).toThrow('probability')
    expect(() => lab.lab.faults.inject('api-fault', 'nowhere', { method: 'X' })).toThrow('nowhere')
    expect(lab.lab.faults.active()).toEqual([])
  })
})

describe('api-delay', () => {
  it('holds matching calls before they run and lets others pass', async () => {
    lab = createTestLab()
    const client = await lab.client('vc-01')
    const other = await lab.client('vc-01')
    lab.lab.faults.inject('api-delay', 'vc-01', { method: 'CurrentTime', delay: '80ms' })
    const order: string[] = []
    const held = client.call(instance, 'CurrentTime').then(() => order.push('held'))
    await other.call(instance, 'RetrieveServiceContent').then(() => order.push('passed'))
    await held
    expect(order).toEqual(['passed', 'held'])
  })
})
