import { createSocket } from 'node:dgram'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { decodeHeartbeat, encodeHeartbeat, HEARTBEAT_BYTES } from '../../emulator/doors/heartbeat/datagram.js'
import { HeartbeatPort } from '../../emulator/doors/heartbeat/heartbeat-port.js'
import { Heartbeats } from '../../emulator/heartbeats.js'
import { changeRuleset } from '../../emulator/physics/network/firewall.js'
import { until } from '../front-door/front-lab.js'
import { createTestLab, type TestLab, type TestLabOptions } from '../support/test-lab.js'

let lab: TestLab
let port: HeartbeatPort
let beats: Heartbeats
afterEach(async () => {
  beats.stop()
  await port.close()
  await lab.close()
})

/** A lab whose hosts send to a real port of vc-01; what is due goes out at `tick`. */
async function beating(options: TestLabOptions = {}): Promise<void> {
  lab = createTestLab({ lab: 'cluster', ...options })
  port = new HeartbeatPort({ address: '127.0.0.1', port: 0 })
  const at = await port.open()
  const hosts = lab.lab.nodes.filter(({ kind }) => kind === 'esxi').map(({ name, uuid }) => ({ name, uuid, address: '127.0.0.1' }))
  beats = new Heartbeats(lab.world, hosts, vcenter => vcenter === 'vc-01' ? at : undefined)
}

/** Lets seconds of lab time pass, one by one, as a real clock would. */
function tick(seconds: number): void {
  for (let second = 0; second < seconds; second += 1) {
    lab.world.advance(1000)
    beats.look()
  }
}

function heard(host: string): number {
  return port.heard(lab.node(host).uuid)?.count ?? 0
}

/** Sends a datagram of the test's own and waits until the port has taken it: all before it has come too. */
async function flush(): Promise<void> {
  const strange = port.strange
  const socket = createSocket('udp4')
  socket.send('mark', portNumber(), '127.0.0.1')
  await until(() => port.strange > strange)
  socket.close()
}

function portNumber(): number {
  return port.at!.port
}

function connection(host: string): unknown {
  return lab.world.ofType('vc-01', 'HostSystem')
    .map(slot => lab.world.read<{ name: string, runtime: { connectionState: string } }>(slot)!.props)
    .find(props => props.name.startsWith(host))?.runtime.connectionState
}

describe('902/udp heartbeats', () => {
  it('every host › sends one in 10 s of lab time, of 334 bytes, with a counter', async () => {
    await beating()
    tick(60)
    await flush()
    const hosts = lab.lab.nodes.filter(({ kind }) => kind === 'esxi')
    expect(hosts.map(({ name }) => heard(name))).toEqual(hosts.map(() => 6))
    const first = port.heard(hosts[0]!.uuid)!.counter
    tick(10)
    await flush()
    expect(port.heard(hosts[0]!.uuid)!.counter).toBe(first + 1)
    expect(encodeHeartbeat({ counter: 1, uuid: hosts[0]!.uuid, sentAt: 0 })).toHaveLength(HEARTBEAT_BYTES)
  })

  it('a clock that jumps › sends one for each host, and the counter shows what was left out', async () => {
    await beating()
    tick(10)
    await flush()
    const before = port.heard(lab.node('esx-01').uuid)!
    lab.world.advance(600_000)
    beats.look()
    await flush()
    const after = port.heard(lab.node('esx-01').uuid)!
    expect([after.count - before.count, after.counter - before.counter]).toEqual([1, 60])
  })

  it('V22 902/udp blocked › no datagram comes while the host drops out and comes back; then they do', async () => {
    await beating()
    const { id } = lab.lab.faults.inject('port-block', 'esx-03 -> vc-01', { port: 902, protocol: 'udp' })
    const states: unknown[] = []
    for (let second = 0; second < 400; second += 1) {
      tick(1)
      const state = connection('esx-03')
      if (states.at(-1) !== state) states.push(state)
    }
    await flush()
    expect([heard('esx-03'), heard('esx-01')]).toEqual([0, 40])
    expect(states.slice(0, 4)).toEqual(['connected', 'notResponding', 'connected', 'notResponding'])
    lab.lab.faults.heal(id)
    tick(20)
    await flush()
    expect([heard('esx-03'), connection('esx-03')]).toEqual([2, 'connected'])
  })

  it('what keeps a host from sending › power, vpxa, a disconnection', async () => {
    await beating()
    lab.lab.faults.inject('host-crash', 'esx-04', {})
    lab.lab.faults.inject('agent-stop', 'esx-02', { agent: 'vpxa' })
    const vcenter = await lab.client('vc-01')
    const slot = lab.world.ofType('vc-01', 'HostSystem').find(each => lab.world.read(each)!.props['name'] === 'esx-03')!
    await vcenter.call({ type: 'HostSystem', value: slot.address.id }, 'DisconnectHost_Task')
    tick(60)
    await flush()
    expect(['esx-01', 'esx-02', 'esx-03', 'esx-04'].map(heard)).toEqual([6, 0, 0, 0])
  })

  it('the ruleset vpxHeartbeats closed › nothing leaves, and the host drops out', async () => {
    await beating()
    const change = (enabled: boolean): void => lab.world.transact({ kind: 'lab', what: 'test' }, tx => {
      changeRuleset(tx, 'esx-03', 'vpxHeartbeats', ruleset => ({ ...ruleset, enabled }))
    })
    change(false)
    tick(80)
    await flush()
    expect([heard('esx-03'), connection('esx-03'), heard('esx-01')]).toEqual([0, 'notResponding', 8])
    change(true)
    tick(20)
    await flush()
    expect([heard('esx-03'), connection('esx-03')]).toEqual([2, 'connected'])
  })

  it('a way that loses packets › the datagrams that arrive are those of which the model says so', async () => {
    await beating()
    lab.lab.faults.inject('network-loss', 'esx-01', { loss: '50%' })
    const arrived: boolean[] = []
    const cancel = lab.world.subscribe(({ signals }) => {
      for (const { kind, payload } of signals) {
        if (kind === 'management.beatDrawn') arrived.push((payload as { arrived: boolean }).arrived)
      }
    })
    // A host sends at most one in a quarter of a real second: each beat is waited for.
    for (let beat = 0; beat < 6; beat += 1) {
      const before = heard('esx-01')
      tick(10)
      await flush()
      expect(heard('esx-01') - before, `beat ${beat}`).toBeLessThanOrEqual(arrived.at(-1) === true ? 1 : 0)
    }
    cancel()
    expect(arrived.length).toBe(6)
    expect(arrived).toContain(true)
    expect(arrived).toContain(false)
    expect(heard('esx-04')).toBe(6)
  })

  it('any datagram › is a heartbeat or strange, never a defect', async () => {
    await beating()
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), bytes => {
      const beat = decodeHeartbeat(bytes)
      if (beat !== undefined) expect(encodeHeartbeat(beat)).toHaveLength(HEARTBEAT_BYTES)
    }), { seed: 902, numRuns: 300 })
    fc.assert(fc.property(fc.uuid(), fc.nat(), fc.nat(), (uuid, counter, sentAt) => {
      expect(decodeHeartbeat(encodeHeartbeat({ uuid, counter, sentAt }))).toEqual({ uuid, counter, sentAt })
    }), { seed: 902, numRuns: 100 })
    const damaged = encodeHeartbeat({ counter: 1, uuid: lab.node('esx-01').uuid, sentAt: 1 })
    damaged[0] = 9
    expect(decodeHeartbeat(damaged)).toBeUndefined()
    expect(decodeHeartbeat(Buffer.alloc(HEARTBEAT_BYTES, 0xff))).toBeUndefined()
  })
})
