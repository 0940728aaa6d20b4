import { afterEach, describe, expect, it } from 'vitest'
import { passes, path, pings } from '../../emulator/physics/network/paths.js'
import { doorState } from '../../emulator/physics/network/doors.js'
import { probeSocket } from '../support/socket-probe.js'
import { eventIds } from '../support/event-ids.js'
import { createTestLab, type TestLab } from '../support/test-lab.js'

const mgmt = { network: 'management' } as const

let lab: TestLab
afterEach(() => lab.close())

function connection(host: string): unknown {
  const found = lab.world.ofType('vc-01', 'HostSystem')
    .map(slot => lab.world.read<{ name: string, runtime: { connectionState: string } }>(slot)!.props)
    .find(props => props.name.startsWith(host))
  return found?.runtime.connectionState
}

describe('network-isolate', () => {
  it('vCenter › gives the host up after its window and takes it back when the network heals', () => {
    lab = createTestLab({ lab: 'cluster' })
    const { id } = lab.lab.faults.inject('network-isolate', 'esx-02', {})
    expect(pings(lab.world, 'esx-02', 'gateway')).toBe(false)
    expect(pings(lab.world, 'esx-02', 'gateway', 'storage')).toBe(true)
    lab.world.advance(59_000)
    expect(connection('esx-02')).toBe('connected')
    lab.world.advance(16_000)
    expect(connection('esx-02')).toBe('notResponding')
    expect(connection('esx-03')).toBe('connected')
    lab.lab.faults.heal(id)
    lab.world.advance(10_000)
    expect(connection('esx-02')).toBe('connected')
  })

  it('a real client › gets no byte while it lasts, and its answer afterwards', async () => {
    lab = createTestLab({ lab: 'cluster', watched: true })
    const url = await lab.url('esx-02')
    expect(await probeSocket(url)).toBe('open')
    const { id } = lab.lab.faults.inject('network-isolate', 'esx-02', {})
    expect(await probeSocket(url)).toBe('timeout')
    lab.lab.faults.heal(id)
    expect(await probeSocket(url)).toBe('open')
  })

  it('a session of before › goes on afterwards, since the machine never stopped', async () => {
    lab = createTestLab({ lab: 'cluster', watched: true })
    const client = await lab.client('esx-02')
    const { id } = lab.lab.faults.inject('network-isolate', 'esx-02', {})
    lab.lab.faults.heal(id)
    await lab.doorsSettled()
    expect(typeof await client.call({ type: 'ServiceInstance', value: 'ServiceInstance' }, 'CurrentTime')).toBe('string')
  })
})

describe('network-partition', () => {
  it('groups › lose each other and keep whoever is in none', () => {
    lab = createTestLab({ lab: 'cluster' })
    const { id } = lab.lab.faults.inject('network-partition', '', { groups: 'esx-01,esx-02|esx-03,esx-04,vc-01' })
    expect(passes(lab.world, 'esx-01', 'esx-02', mgmt)).toBe(true)
    expect(passes(lab.world, 'esx-01', 'esx-03', mgmt)).toBe(false)
    expect(passes(lab.world, 'esx-04', 'esx-02', mgmt)).toBe(false)
    expect(pings(lab.world, 'esx-01', 'gateway')).toBe(true)
    lab.lab.faults.heal(id)
    expect(passes(lab.world, 'esx-01', 'esx-03', mgmt)).toBe(true)
  })

  it('a link with an arrow › is cut one way only', () => {
    lab = createTestLab({ lab: 'cluster' })
    lab.lab.faults.inject('network-partition', 'esx-01 -> esx-02', {})
    expect(passes(lab.world, 'esx-01', 'esx-02', mgmt)).toBe(false)
    expect(passes(lab.world, 'esx-02', 'esx-01', mgmt)).toBe(true)
    expect(pings(lab.world, 'esx-02', 'esx-01')).toBe(false)
  })

  it('a list without groups › is refused with what is missing', () => {
    lab = createTestLab({ lab: 'cluster' })
    expect(() => lab.lab.faults.inject('network-partition', '', {})).toThrow(/groups/)
  })
})

describe('network-loss', () => {
  it('every heartbeat lost › the host stops responding; none of some › it stays', () => {
    lab = createTestLab({ lab: 'cluster' })
    lab.lab.faults.inject('network-loss', 'esx-02 <-> vc-01', { loss: '100%' })
    lab.lab.faults.inject('network-loss', 'esx-03 <-> vc-01', { loss: '30%' })
    lab.world.advance(600_000)
    expect(connection('esx-02')).toBe('notResponding')
    expect(connection('esx-03')).toBe('connected')
  })

  it('most heartbeats lost › the host flaps, the same way for the same seed', () => {
    const losses = (seed: string): string[] => {
      lab = createTestLab({ lab: 'cluster', seed })
      const seen: string[] = []
      lab.lab.faults.inject('network-loss', 'esx-03 -> vc-01', { loss: 0.85 })
      for (let minute = 0; minute < 240; minute += 1) {
        lab.world.advance(60_000)
        seen.push(String(connection('esx-03')))
      }
      return seen
    }
    const first = losses('7')
    expect(new Set(first)).toEqual(new Set(['connected', 'notResponding']))
    expect(losses('7')).toEqual(first)
    expect(losses('8')).not.toEqual(first)
  })

  it('losses on one way › are independent and add up', () => {
    lab = createTestLab({ lab: 'cluster' })
    lab.lab.faults.inject('network-loss', 'esx-02', { loss: 0.5 })
    lab.lab.faults.inject('network-loss', 'esx-02 -> vc-01', { loss: 0.5 })
    expect(path(lab.world, 'esx-02', 'vc-01', mgmt).loss).toBe(0.75)
  })

  it.each(['120%', '-1', 'much', ''])('loss %j › is refused', loss => {
    lab = createTestLab({ lab: 'cluster' })
    expect(() => lab.lab.faults.inject('network-loss', 'esx-02', { loss })).toThrow(/share/)
  })
})

describe('network-latency', () => {
  it('a way › takes so much longer, there and back', () => {
    lab = createTestLab({ lab: 'cluster' })
    lab.lab.faults.inject('network-latency', 'vc-01', { latency: '40ms', jitter: '10ms' })
    expect(doorState(lab.world, 'vc-01', 443)).toMatchObject({ answer: 'open', latencyMs: 80, jitterMs: 20 })
    expect(doorState(lab.world, 'esx-01', 443)).toMatchObject({ latencyMs: 0 })
  })
})

describe('port-block', () => {
  it.each([['refuse', 'refused'], ['drop', 'timeout'], ['reset', 'reset']] as const)(
    '%s › is what a real client gets, and other ports stay', async (how, answer) => {
      lab = createTestLab({ lab: 'cluster', watched: true })
      const url = await lab.url('esx-03')
      const { id } = lab.lab.faults.inject('port-block', 'esx-03', { port: 443, how })
      await lab.doorsSettled()
      expect(await probeSocket(url)).toBe(answer)
      expect(doorState(lab.world, 'esx-03', 902).answer).toBe('open')
      lab.lab.faults.heal(id)
      await lab.doorsSettled()
      expect(await probeSocket(url)).toBe('open')
    })

  it('443 alone › the host stays connected by its heartbeats, and what it did meanwhile shows afterwards', async () => {
    lab = createTestLab({ lab: 'cluster' })
    const { id } = lab.lab.faults.inject('port-block', 'esx-02', { port: 443 })
    lab.world.advance(600_000)
    expect(connection('esx-02')).toBe('connected')
    const state = (node: string): unknown => lab.world.ofType(node, 'VirtualMachine')
      .map(slot => lab.world.read<{ name: string, runtime: { powerState: string } }>(slot)!.props)
      .find(props => props.name === 'esx-02-vm-01')?.runtime.powerState
    const host = await lab.client('esx-02')
    const vm = lab.world.ofType('esx-02', 'VirtualMachine')
      .find(slot => lab.world.read(slot)!.props['name'] === 'esx-02-vm-01')!
    await host.call({ type: 'VirtualMachine', value: vm.address.id }, 'PowerOffVM_Task')
    lab.world.advance(60_000)
    expect([state('esx-02'), state('vc-01')]).toEqual(['poweredOff', 'poweredOn'])
    lab.lab.faults.heal(id)
    lab.world.advance(10_000)
    expect(state('vc-01')).toBe('poweredOff')
    expect(connection('esx-02')).toBe('connected')
  })

  it('UDP 902 alone › the host drops out and comes back, again and again (V22)', () => {
    lab = createTestLab({ lab: 'cluster' })
    lab.lab.faults.inject('port-block', 'esx-03 -> vc-01', { port: 902, protocol: 'udp' })
    const seen: Array<readonly [number, unknown]> = []
    for (let second = 1; second <= 400; second += 1) {
      lab.world.advance(1000)
      const state = connection('esx-03')
      if (seen.at(-1)?.[1] !== state) seen.push([second, state])
    }
    const lost = seen.filter(([, state]) => state === 'notResponding').map(([at]) => at)
    expect(lost[0]).toBeGreaterThanOrEqual(60)
    expect(lost[0]).toBeLessThanOrEqual(75)
    expect(lost.length).toBeGreaterThan(2)
    const back = seen.slice(1).filter(([, state]) => state === 'connected').map(([at]) => at)
    for (const [index, at] of back.entries()) {
      const next = lost[index + 1]
      if (next === undefined) continue
      expect(next - at).toBeGreaterThanOrEqual(30)
      expect(next - at).toBeLessThanOrEqual(90)
    }
    lab.lab.faults.healAll()
    lab.world.advance(40_000)
    expect(connection('esx-03')).toBe('connected')
  })
})

describe('nic-down', () => {
  it('one of two cards › redundancy is lost, traffic goes on', async () => {
    lab = createTestLab({ lab: 'cluster' })
    lab.lab.faults.inject('nic-down', 'esx-02', { nic: 'vmnic0' })
    expect(pings(lab.world, 'esx-02', 'gateway')).toBe(true)
    expect(await eventIds(lab, 'vc-01')).toEqual([
      'esx.problem.net.vmnic.linkstate.down', 'esx.problem.net.redundancy.lost',
    ])
  })

  it('both cards › the host is cut off; one back › it is connected again', async () => {
    lab = createTestLab({ lab: 'cluster' })
    const { id } = lab.lab.faults.inject('nic-down', 'esx-02', { nic: 'vmnic0,vmnic1' })
    expect(pings(lab.world, 'esx-02', 'gateway')).toBe(false)
    lab.world.advance(75_000)
    expect(connection('esx-02')).toBe('notResponding')
    expect(await eventIds(lab, 'esx-02')).toContain('esx.problem.net.connectivity.lost')
    lab.lab.faults.heal(id)
    lab.world.advance(20_000)
    expect(connection('esx-02')).toBe('connected')
  })

  it('a card without link › shows no linkSpeed', () => {
    lab = createTestLab({ lab: 'cluster' })
    lab.lab.faults.inject('nic-down', 'esx-02', { nic: 'vmnic0' })
    const host = lab.world.get<{ config: { network: { pnic: Array<{ device: string, linkSpeed?: unknown }> } } }>('esx-02', 'ha-host')
    const speeds = host!.props.config.network.pnic.slice(0, 2).map(nic => nic.linkSpeed === undefined)
    expect(speeds).toEqual([true, false])
  })
})

describe('vlan-mismatch', () => {
  it('the links stay up › traffic is dead, and nobody reports an uplink', async () => {
    lab = createTestLab({ lab: 'cluster' })
    lab.lab.faults.inject('vlan-mismatch', 'esx-02', {})
    expect(pings(lab.world, 'esx-02', 'gateway')).toBe(false)
    expect(await eventIds(lab, 'esx-02')).toEqual([])
  })

  it('only the card that is not in use › nothing happens until the other one fails', () => {
    lab = createTestLab({ lab: 'cluster' })
    lab.lab.faults.inject('vlan-mismatch', 'esx-02', { nic: 'vmnic1' })
    expect(pings(lab.world, 'esx-02', 'gateway')).toBe(true)
    lab.lab.faults.inject('nic-down', 'esx-02', { nic: 'vmnic0' })
    expect(pings(lab.world, 'esx-02', 'gateway')).toBe(false)
  })
})
