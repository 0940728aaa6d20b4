import { afterEach, describe, expect, it } from 'vitest'
import type { HostSystemProps } from '../../../emulator/schema/generated/types.js'
import { CONFIGURATOR, MANAGER, VC, VchaLab } from '../../support/vcha-lab.js'
import { ROOT, rest } from '../../vapi/rest.js'

let lab: VchaLab

afterEach(() => lab.close())

interface Nic { readonly ipv4: { readonly address: string, readonly prefix: number, readonly default_gateway: string } }

/** Addresses by which the vCenter's doors and its host know it. */
async function shown(): Promise<{ rest: string, gateway: string, managed: string, host: string | undefined }> {
  const client = await lab.login()
  const { ipv4 } = (await rest('GET', `${await lab.test.vami(VC)}/api/appliance/networking/interfaces/nic0`, { login: ROOT })).body as Nic
  const option = await client.call({ type: 'OptionManager', value: 'VpxSettings' }, 'QueryOptions', { name: 'VirtualCenter.ManagedIP' })
  const summary = lab.test.world.get<HostSystemProps>('esx-01', 'ha-host')!.props.summary
  const host = lab.test.world.ofType(VC, 'HostSystem')[0]!.address.id
  const seen = (await client.properties({ type: 'HostSystem', value: host }, ['summary.managementServerIp']))['summary.managementServerIp']
  expect(seen).toBe(summary.managementServerIp)
  return {
    rest: ipv4.address, gateway: ipv4.default_gateway, managed: (option as unknown as { value: { _value?: string } | string }).value as string,
    host: summary.managementServerIp,
  }
}

async function failOver(planned: boolean): Promise<void> {
  const client = await lab.login()
  await lab.task(client, MANAGER, 'initiateFailover_Task', { planned })
  lab.advance(600)
}

describe('the public address of a vCenter with vCenter HA', () => {
  it('is that of the active node, where the passive one has its own; there and back', async () => {
    lab = new VchaLab({ vcha: { ips: { failover: '192.0.2.20' } } })
    const first = { rest: '192.0.2.10', gateway: '192.0.2.254', managed: '192.0.2.10', host: '192.0.2.10' }
    expect(await shown()).toEqual(first)
    const config = await (await lab.login()).call(CONFIGURATOR, 'getVchaConfig') as unknown as
      Record<string, { failoverIp?: { ip: { ipAddress: string } } }>
    expect([1, 2].map(n => config[`failoverNodeInfo${n}`]!.failoverIp!.ip.ipAddress)).toEqual(['192.0.2.10', '192.0.2.20'])
    await failOver(true)
    expect(lab.serving).toBe('vc-01-peer')
    expect(await lab.health(await lab.login())).toMatchObject({ nodes: ['active 10.1.0.12 up', 'passive 10.1.0.11 up', 'witness 10.1.0.13 up'] })
    expect(await shown()).toEqual({ rest: '192.0.2.20', gateway: '192.0.2.254', managed: '192.0.2.20', host: '192.0.2.20' })
    await failOver(true)
    expect(lab.serving).toBe('vc-01')
    expect(await shown()).toEqual(first)
  })

  it('goes along with the role, where the passive one has none', async () => {
    lab = new VchaLab()
    const before = await shown()
    const config = await (await lab.login()).call(CONFIGURATOR, 'getVchaConfig') as unknown as Record<string, object>
    expect(config['failoverNodeInfo1']).not.toHaveProperty('failoverIp')
    lab.inject('vcha-node-down', { node: 'active' })
    lab.advance(600)
    expect(lab.serving).toBe('vc-01-peer')
    expect(await shown()).toEqual(before)
  })
})
