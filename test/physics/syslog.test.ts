import { beforeEach, describe, expect, it } from 'vitest'
import { runService } from '../../emulator/physics/hardware/host-services.js'
import { writeLog } from '../../emulator/physics/logs/write.js'
import { LogHostError, parseLogHosts } from '../../emulator/physics/syslog/log-hosts.js'
import { bringLogHostBack } from '../../emulator/physics/syslog/outage.js'
import { forwardingOf } from '../../emulator/physics/syslog/state.js'
import { truthOfLab } from '../../emulator/truth.js'
import { loadImage, saveImage } from '../../emulator/world/image.js'
import type { Transaction } from '../../emulator/world/transaction.js'
import { faultOf, GateLab } from '../support/gate-lab.js'

describe('Syslog.global.logHost', () => {
  it('is read with its defaults', () => {
    expect(parseLogHosts('')).toEqual([])
    expect(parseLogHosts('udp://loghost.lab.test:514, tcp://10.0.0.9 ,ssl://[fd00::9],plain')).toEqual([
      { protocol: 'udp', host: 'loghost.lab.test', port: 514, formatter: 'RFC_3164', framing: 'non_transparent' },
      { protocol: 'tcp', host: '10.0.0.9', port: 514, formatter: 'RFC_3164', framing: 'non_transparent' },
      { protocol: 'ssl', host: 'fd00::9', port: 1514, formatter: 'RFC_3164', framing: 'non_transparent' },
      { protocol: 'udp', host: 'plain', port: 514, formatter: 'RFC_3164', framing: 'non_transparent' },
    ])
    expect(parseLogHosts('tcp://h:1?formatter=RFC_5424,ssl://h:2?framing=octet_counting,udp://h:3?formatter=rfc_5424'))
      .toMatchObject([
        { formatter: 'RFC_5424', framing: 'octet_counting' }, { formatter: 'RFC_3164', framing: 'octet_counting' },
        { formatter: 'RFC_5424' },
      ])
  })

  it.each([
    'http://h:514', 'tcp://', 'tcp://h:0', 'tcp://h:65536', 'tcp://h:x', 'tcp://h?colour=red', 'tcp://h h', ',',
    'tcp://h?formatter=RFC_9999', 'tcp://h?framing=none', 'udp://h?framing=octet_counting',
    'tcp://h?formatter=RFC_5424&framing=non_transparent', 'tcp://h,tcp://h:514',
  ])('%s › is refused', text => {
    expect(() => parseLogHosts(text)).toThrow(LogHostError)
  })
})

describe('where a host sends its log (B1, B16)', () => {
  const HOST = 'esx-01'
  const options = { type: 'OptionManager', value: 'ha-adv-options' }
  let lab: GateLab

  beforeEach(() => { lab = new GateLab() })

  const set = (key: string, value: unknown) =>
    lab.call(HOST, options, 'UpdateOptions', { changedValue: [{ key: `Syslog.global.${key}`, value }] })
  const change = (run: (tx: Transaction) => void) => lab.lab.world.transact({ kind: 'lab', what: 'test' }, run)
  const ruleset = (enabled: boolean) => lab.call(HOST, { type: 'HostFirewallSystem', value: 'firewallSystem' },
    enabled ? 'EnableRuleset' : 'DisableRuleset', { id: 'syslog' })
  const states = () => forwardingOf(lab.lab.world, HOST)?.targets.map(({ state }) => state)
  const truth = (name: string) => truthOfLab(lab.lab.world).facts[name]!['node/esx-01']
  const ids = (node: string) => [...lab.lab.world.log(`events/${node}`).since(1)]
    .map(item => (item.value as { eventTypeId?: string }).eventTypeId).filter(id => id?.startsWith('esx.problem.vmsyslogd'))
  const write = (count: number) => change(tx => {
    for (let i = 0; i < count; i += 1) writeLog(tx, HOST, 'vmkernel', { level: 'info', text: `line ${i}` })
  })

  it('a bad URL › InvalidArgument naming the key, and nothing changes', () => {
    set('logHost', 'udp://loghost')
    expect(() => set('logHost', 'ftp://loghost')).toThrow(expect.objectContaining({
      type: 'InvalidArgument', fields: expect.objectContaining({ invalidProperty: 'Syslog.global.logHost' }),
    }))
    expect(faultOf(() => set('logHost', 'tcp://h:99999'))).toBe('InvalidArgument')
    expect(forwardingOf(lab.lab.world, HOST)?.targets).toMatchObject([{ to: { protocol: 'udp', host: 'loghost' } }])
  })

  it('nobody is told and nothing is kept › without a log host', () => {
    expect(forwardingOf(lab.lab.world, HOST)).toBeUndefined()
    set('logHost', 'udp://loghost')
    set('logHost', '')
    expect(forwardingOf(lab.lab.world, HOST)).toBeUndefined()
    expect(truth('syslog-targets')).toBeUndefined()
  })

  it('the ruleset syslog › is the gate, also for other ports from 8.0 Update 2b on', () => {
    set('logHost', 'udp://loghost,tcp://loghost,tcp://loghost:5140')
    expect(states()).toEqual(['cut', 'lost', 'lost'])
    ruleset(true)
    expect(states()).toEqual(['open', 'lost', 'lost'])
    lab.lab.world.advance(180_000)
    expect(states()).toEqual(['open', 'connected', 'connected'])
    expect(truth('syslog-targets')).toEqual(['udp://loghost:514', 'tcp://loghost:514', 'tcp://loghost:5140'])
    ruleset(false)
    expect(states()).toEqual(['cut', 'lost', 'lost'])
    expect(ids(HOST)).toHaveLength(4)
    expect(ids('vc-01')).toHaveLength(4)
  })

  it('other ports › need a ruleset of their own before that', () => {
    change(tx => tx.update<{ product: { version: string, build: string } }>({ node: 'lab', id: HOST }, ({ props }) => {
      Object.assign(props.product, { version: '8.0.2', build: '22380479' })
    }))
    ruleset(true)
    set('logHost', 'tcp://loghost:514,tcp://loghost:5140')
    expect(states()).toEqual(['connected', 'lost'])
  })

  it('a lost log host › one event, retries each connectRetryDelay, what the queue cannot hold is counted', () => {
    ruleset(true)
    set('remoteHost.connectRetryDelay', 60)
    set('logHost', 'tcp://loghost')
    const down = lab.lab.faults.inject('syslog-target-down', 'loghost', {}, {})
    expect(states()).toEqual(['lost'])
    write(2500)
    lab.lab.world.advance(59_000)
    expect(truth('syslog-dropped')).toBe(0)
    lab.lab.world.advance(1000)
    const dropped = truth('syslog-dropped') as number
    // 90 % of 2000 may wait; the host itself wrote a few lines besides.
    expect(dropped).toBeGreaterThanOrEqual(700)
    expect(dropped).toBeLessThan(720)
    lab.lab.faults.healNamed(down.id)
    expect(states()).toEqual(['lost'])
    lab.lab.world.advance(60_000)
    expect(states()).toEqual(['connected'])
    expect(ids(HOST)).toEqual(['esx.problem.vmsyslogd.remote.failure'])
    const file = [...lab.lab.world.log(`logs/${HOST}/vmsyslogd-dropped`).since(1)].map(item => (item.value as { text: string }).text)
    expect(file.at(-1)).toContain(`${dropped} messages to tcp://loghost:514`)
  })

  it('a fault of another log host or port › is not noticed', () => {
    ruleset(true)
    set('logHost', 'tcp://loghost')
    lab.lab.faults.inject('syslog-target-down', 'other', {}, {})
    lab.lab.faults.inject('syslog-target-down', 'loghost', { port: 1514 }, {})
    expect(states()).toEqual(['connected'])
    lab.lab.faults.inject('syslog-target-down', '', {}, {})
    expect(states()).toEqual(['lost'])
  })

  it('a network cut from the outside › loses it; the network rules, not the fault, say so', () => {
    ruleset(true)
    set('logHost', 'udp://loghost,tcp://loghost')
    const fault = lab.lab.faults.inject('port-block', 'esx-01 -> client', { port: 514 }, {})
    expect(states()).toEqual(['open', 'lost'])
    lab.lab.faults.healNamed(fault.id)
    lab.lab.world.advance(180_000)
    expect(states()).toEqual(['open', 'connected'])
    lab.lab.faults.inject('network-isolate', HOST, {}, {})
    expect(states()).toEqual(['cut', 'lost'])
  })

  it('without power or with vmsyslogd stopped › is silent, and begins anew', () => {
    ruleset(true)
    set('logHost', 'udp://loghost,tcp://loghost')
    // The service is required, so the API does not stop it (HostConfigFault); a crash of it would.
    const service = (running: boolean) => change(tx => runService(tx, HOST, 'vmsyslogd', running, 'agent'))
    service(false)
    expect(states()).toEqual(['silent', 'silent'])
    service(true)
    expect(states()).toEqual(['open', 'connected'])
    const crash = lab.lab.faults.inject('host-crash', HOST, {}, {})
    expect(states()).toEqual(['silent', 'silent'])
    lab.lab.faults.healNamed(crash.id)
    lab.lab.world.advance(600_000)
    expect(states()).toEqual(['open', 'connected'])
    expect(ids(HOST)).toEqual([])
  })

  it('an image › goes on where it was: the next try, what waits, and what was dropped', () => {
    ruleset(true)
    set('logHost', 'tcp://loghost')
    const down = lab.lab.faults.inject('syslog-target-down', 'loghost', {}, {})
    write(2500)
    lab.lab.world.advance(180_000)
    const dropped = truth('syslog-dropped')
    const image = JSON.parse(JSON.stringify(saveImage(lab.lab.world))) as ReturnType<typeof saveImage>
    lab = new GateLab()
    loadImage(lab.lab.world, image)
    expect(states()).toEqual(['lost'])
    expect(truth('syslog-dropped')).toBe(dropped)
    change(tx => bringLogHostBack(tx, down.id))
    lab.lab.world.advance(180_000)
    expect(states()).toEqual(['connected'])
  })

  it('options that say nothing of it › leave a connection alone', () => {
    ruleset(true)
    set('logHost', 'tcp://loghost')
    const before = forwardingOf(lab.lab.world, HOST)
    set('defaultRotate', 9)
    expect(forwardingOf(lab.lab.world, HOST)).toBe(before)
  })
})
