import { describe, expect, it } from 'vitest'
import { scenarioProblems } from '../../emulator/play-scenario.js'
import { parseScenario } from '../../emulator/scenario/load.js'

/** What is wrong with the last of some steps, as `path: text`. */
function wrong(...steps: string[]): string {
  const scenario = parseScenario(`scenario: test\nsteps:\n${steps.map(step => `  - ${step}\n`).join('')}`, 'test')
  return scenarioProblems(scenario).map(({ path, text }) => `${path.slice(2).map(String).join('.')}: ${text}`).join('\n')
}

describe('names that a lab does not have', () => {
  it.each([
    ['{ inject: host-crsh, target: esx-02 }', 'inject: there is no fault host-crsh; did you mean host-crash?'],
    ['{ inject: host-crash, target: esx-20 }', 'target: host-crash needs a host; esx-20 is none; did you mean esx-0'],
    ['{ inject: host-crash, target: { one-of: [esx-01, esx-33] } }', 'target: host-crash needs a host; esx-33 is none'],
    ['{ inject: host-crash, target: esx-02, casue: psod }', 'casue: wrong options for host-crash: there is no option casue; did you mean cause?'],
    ['{ inject: host-crash, target: esx-02, fro: 5m }', 'fro: wrong options for host-crash: there is no option fro; did you mean for?'],
    ['{ inject: host-crash, target: esx-02, cause: ghosts }', 'cause: wrong options for host-crash: cause:'],
    ['{ heal: crash }', 'heal: no active fault crash: no step injects it; injected are: none'],
    ['{ call: PowerOfVM_Task, object: vm/db-01 }', 'call: VirtualMachine has no method PowerOfVM_Task; did you mean PowerOffVM_Task?'],
    ['{ call: PowerOffVM_Task, object: vm/bd-01 }', 'object: there is no vm/bd-01 on vc-01; did you mean vm/db-01?'],
    ['{ call: PowerOffVM_Task, object: virtualmachine/db-01 }', 'object: there is no virtualmachine/db-01 on vc-01'],
    ['{ call: PowerOffVM_Task, object: vm/db-01, node: esx-3 }', 'node: there is no node esx-3; did you mean esx-01?'],
    ['{ call: PowerOffVM_Task, object: vm/db-01, fault: InvalidPowrState }', 'fault: there is no fault InvalidPowrState; did you mean InvalidPowerState?'],
    ['{ call: PowerOnVM_Task, object: vm/db-01, args: { hots: 1 } }', 'args.hots: PowerOnVM_Task has no hots; did you mean host?'],
    ['{ call: PowerOnVM_Task, object: vm/db-01, args: { host: { ref: host/esx-9 } } }', 'args: there is no host/esx-9 on vc-01; did you mean host/esx-0'],
    ['{ call: Rename_Task, object: vm/db-01 }', 'args: Rename_Task needs newName'],
    ['{ call: Rename_Task, object: vm/db-01, args: { newName: 5 } }', 'args.newName: a string is needed'],
    ['{ call: MigrateVM_Task, object: vm/db-01, args: { priority: urgent } }', 'args.priority: urgent is no VirtualMachineMovePriority; it is one of'],
    ['{ call: ReconfigVM_Task, object: vm/db-01, args: { spec: { deviceChange: [{ device: { _typeName: VirtualDsk, key: 1 } }] } } }',
      'args.spec.deviceChange.0.device: VirtualDsk is no VirtualDevice; did you mean VirtualDisk?'],
    ['{ workload: vm/non-*, writes: 1MiB/s }', 'workload: there is no vm/non-* on vc-01'],
    ['{ shell: ls, node: esx-1 }', 'node: there is no node esx-1; did you mean esx-01?'],
    ['{ expect: { shell: ls, node: esx-1, exit: 0 } }', 'expect.node: there is no node esx-1; did you mean esx-01?'],
    ['{ expect: { object: vm/db-01, property: runtime.powerStat, is: x } }', 'expect.property: VirtualMachineRuntimeInfo has no property powerStat; did you mean powerState?'],
    ['{ expect: { object: vm/db-01, property: runtime.host.nmae, is: x } }', 'expect.property: HostSystem has no property nmae; did you mean name?'],
    ['{ expect: { object: vm/db-01, property: name, is: x, on: esx-1 } }', 'expect.on: there is no node esx-1; did you mean esx-01?'],
    ['{ never: { each: "vm/w3b-*", property: name, is: x } }', 'never.each: there is no vm/w3b-* on vc-01'],
    ['{ expect: { event: HostConectionLostEvent } }', 'expect.event: there is no event HostConectionLostEvent; did you mean HostConnectionLostEvent?'],
    ['{ expect: { event: esx.audit.host.boto } }', 'expect.event: there is no event esx.audit.host.boto; did you mean esx.audit.host.boot?'],
    ['{ expect: { event: VmPoweredOnEvent, vm: db-02 } }', 'expect.vm: there is no vm/db-02 on vc-01; did you mean vm/db-01?'],
    ['{ expect: { order: [VmPoweredOnEvent, { event: Nonsense }] } }', 'expect.order.1.event: there is no event Nonsense'],
    ['{ expect: { task: PowerOnVM_Tsk } }', 'expect.task: there is no method PowerOnVM_Tsk; did you mean PowerOnVM_Task?'],
    ['{ expect: { task: PowerOnVM_Task, error: InvalidStat } }', 'expect.error: there is no fault InvalidStat; did you mean InvalidState?'],
    ['{ expect: { alarm: Host conection and power state, status: red } }', 'expect.alarm: there is no alarm Host conection and power state on vc-01; did you mean'],
    ['{ expect: { log: vpx.log, node: vc-01, pattern: x } }', 'expect.log: vc-01 has no log vpx.log; did you mean vpxd.log?'],
    ['{ expect: { log: rhttpproxy.log, node: esx-01, pattern: x } }', 'expect.log: esx-01 has no log rhttpproxy.log'],
    ['{ expect: { connect: "esx-9:443", is: open } }', 'expect.connect: there is no node esx-9'],
    ['{ expect: { http: "https://vc-02/", status: 200 } }', 'expect.http: there is no node vc-02; did you mean vc-01?'],
    ['{ expect: { http: "https://vc-01/folder/x", status: 200 } }', 'expect.http: what https://vc-01/folder/x answers is known to its door only'],
    ['{ expect: { truth: run-on, object: vm/db-01, is: x } }', 'expect.truth: there is no fact run-on; did you mean runs-on?'],
    ['{ expect: { truth: runs-on, object: vm/db-07, is: x } }', 'expect.object: runs-on knows no vm/db-07; did you mean vm/db-01?'],
    ['{ expect: { truth: power, object: node/esx-7, is: x } }', 'expect.object: power knows no node/esx-7; did you mean node/esx-0'],
  ])('%s', (step, text) => {
    expect(wrong(step)).toContain(text)
    expect(wrong(step).startsWith(text)).toBe(true)
  })

  it('that a call brings into being › are no error', () => {
    expect(wrong(
      '{ call: Rename_Task, object: vm/db-01, args: { newName: db-old } }',
      '{ expect: { object: vm/db-old, property: name, is: db-old }, by: 1m }',
      '{ expect: { event: VmRenamedEvent, vm: db-old }, by: 1m }',
      '{ inject: api-fault, target: vc-01, method: X }',
    )).toBe('')
  })

  it('heal before its injection › is an error', () => {
    expect(wrong('{ inject: host-crash, target: esx-02, at: 1m, as: crash }', '{ heal: crash, at: 30s }'))
      .toBe('heal: crash is healed before it is injected')
  })

  it('several mistakes › are all told', () => {
    expect(wrong('{ inject: host-crsh, target: esx-02 }', '{ call: Nonsens, object: vm/db-01 }').split('\n')).toHaveLength(2)
  })
})
