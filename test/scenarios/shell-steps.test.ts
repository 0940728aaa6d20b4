import { describe, expect, it } from 'vitest'
import { playScenario } from '../../emulator/play-scenario.js'
import { parseScenario } from '../../emulator/scenario/load.js'
import { textReport } from '../../emulator/scenario/report.js'
import type { ScenarioResult } from '../../emulator/scenario/runner.js'

function play(...steps: string[]): ScenarioResult {
  return playScenario(parseScenario(`scenario: test\nsteps:\n${steps.map(step => `  - ${step}\n`).join('')}`, 'test'))
}

function passed(...steps: string[]): boolean {
  return play(...steps).passed
}

describe('a line in a shell', () => {
  it('ends with 0 unless another status is wanted', () => {
    expect(passed('{ shell: ls /tmp, node: esx-01 }')).toBe(true)
    expect(passed('{ shell: ls /nope, node: esx-01 }')).toBe(false)
    expect(passed('{ shell: ls /nope, node: esx-01, exit: 1 }')).toBe(true)
    expect(passed('{ shell: ls /tmp, node: esx-01, exit: 1 }')).toBe(false)
  })

  it('prints what is wanted, errors included', () => {
    expect(passed('{ shell: vmware -v, node: esx-01, output: { matches: "ESXi 8\\\\.0\\\\.3 build-\\\\d+$" } }')).toBe(true)
    expect(passed('{ shell: vmware -v, node: esx-01, output: { contains: ESXi 7 } }')).toBe(false)
    expect(passed('{ shell: foo, node: esx-01, exit: 127, output: { is: "sh: foo: not found" } }')).toBe(true)
    expect(passed('{ shell: vmware -v, node: esx-01, output: { not: build } }')).toBe(false)
  })

  it('changes the lab, and what needs lab time does not hold the run up', () => {
    const result = play(
      '{ shell: "sleep 30; vim-cmd hostsvc/start_ssh", node: esx-01, at: 10s, as: late }',
      '{ expect: { event: esx.audit.ssh.enabled, node: esx-01 }, from: late+30s, by: late+31s }',
      '{ note: end, at: late+60s }',
    )
    expect(result.passed, textReport(result, 'test')).toBe(true)
    const lines = result.timeline.filter(item => item.kind === 'act').map(item => [item.at, item.text])
    expect(lines).toEqual([
      [10_000, 'shell sleep 30; vim-cmd hostsvc/start_ssh at esx-01: runs'],
      [40_000, 'shell sleep 30; vim-cmd hostsvc/start_ssh at esx-01: exit 0'],
    ])
  })

  it('waits for a task of the lab', () => {
    expect(passed(
      '{ shell: "vim-cmd vmsvc/power.off 2 && vim-cmd vmsvc/power.getstate 2", node: esx-01, output: { contains: Powered off }, at: 10s }',
      '{ note: end, at: 2m }',
    )).toBe(true)
  })

  it('that never ends has failed where an end is wanted', () => {
    expect(passed('{ shell: tail -f /var/log/hostd.log, node: esx-01 }', '{ note: end, at: 1m }')).toBe(true)
    expect(passed('{ shell: tail -f /var/log/hostd.log, node: esx-01, exit: 0 }', '{ note: end, at: 1m }')).toBe(false)
  })

  it('follows a log until there is what it looks for', () => {
    expect(passed(
      '{ shell: "tail -n 0 -f /var/log/vobd.log | grep -m 1 ssh.enabled", node: esx-01, output: { contains: SSH is enabled }, at: 10s }',
      '{ shell: vim-cmd hostsvc/start_ssh, node: esx-01, at: 20s }', '{ note: end, at: 1m }',
    )).toBe(true)
  })

  it('cannot be run on a machine that is off', () => {
    const crash = '{ inject: host-crash, target: esx-01, at: 10s, as: crash }'
    expect(passed(crash, '{ shell: ls, node: esx-01, at: crash+1s }')).toBe(false)
    expect(passed(crash, '{ expect: { shell: ls, node: esx-01, exit: 0 }, at: crash+1s }')).toBe(false)
  })
})

describe('the output of a command', () => {
  it('is expected at a moment, in time, throughout, never', () => {
    const stop = '{ shell: /etc/init.d/hostd stop, node: esx-01, at: 10s, as: stop }'
    const status = 'shell: /etc/init.d/hostd status, node: esx-01'
    expect(passed(stop, `{ expect: { ${status}, exit: 0 }, at: 5s }`)).toBe(true)
    expect(passed(stop, `{ expect: { ${status}, exit: 3 }, by: stop }`)).toBe(true)
    expect(passed(stop, `{ expect: { ${status}, output: { contains: is running } }, during: [0s, 9s] }`)).toBe(true)
    expect(passed(stop, `{ expect: { ${status}, output: { contains: is running } }, during: [0s, 20s] }`)).toBe(false)
    expect(passed(stop, `{ never: { ${status}, exit: 3 } }`, '{ note: end, at: 20s }')).toBe(false)
    expect(passed(`{ never: { ${status}, exit: 3 } }`, '{ note: end, at: 20s }')).toBe(true)
  })

  it('is looked at each second of a span', () => {
    expect(passed('{ shell: "sleep 4; touch /tmp/done", node: esx-01, at: 10s, as: work }',
      '{ expect: { shell: ls /tmp/done, node: esx-01, exit: 0 }, from: work+4s, by: work+10s }')).toBe(true)
    expect(passed('{ shell: "sleep 4; touch /tmp/done", node: esx-01, at: 10s, as: work }',
      '{ expect: { shell: ls /tmp/done, node: esx-01, exit: 0 }, from: work+6s, by: work+10s }')).toBe(false)
  })

  it('shows in the report what there was instead', () => {
    const result = play('{ expect: { shell: vmware -v, node: esx-01, output: { contains: ESXi 7 } } }')
    expect(result.failures[0]!.actual).toBe('exit 0: VMware ESXi 8.0.3 build-24022510, expected {"contains":"ESXi 7"}')
  })

  it('is the same in every run', () => {
    const steps = ['{ shell: "ping -c 2 esx-02; vim-cmd vmsvc/getallvms", node: esx-01, at: 5s }', '{ note: end, at: 20s }']
    expect(play(...steps).journal).toBe(play(...steps).journal)
  })
})
