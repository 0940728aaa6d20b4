import { describe, expect, it } from 'vitest'
import { ask, openQuestion, type Question } from '../../emulator/physics/compute/questions.js'
import { terminate } from '../../emulator/physics/compute/power.js'
import type { VirtualMachineProps } from '../../emulator/schema/generated/types.js'
import { GateLab, faultOf } from '../support/gate-lab.js'

const VC = 'vc-01'
const question: Question = {
  message: 'msg.test', text: 'Go on?', arguments: ['db-01'], choices: ['Retry', 'Cancel'], defaultIndex: 0,
}

function asking(): { lab: GateLab, vm: ReturnType<GateLab['named']>, show: (node?: string) => VirtualMachineProps } {
  const lab = new GateLab()
  const vm = lab.named(VC, 'VirtualMachine', 'db-01')
  const own = lab.named('esx-02', 'VirtualMachine', 'db-01')
  put(lab, question)
  return { lab, vm, show: (node = VC) => lab.props<VirtualMachineProps>(node, node === VC ? vm : own) }
}

function put(lab: GateLab, asked: Question): string {
  const { world } = lab.lab
  return world.transact({ kind: 'lab', what: 'test' }, tx =>
    ask(tx, world.find('esx-02', lab.named('esx-02', 'VirtualMachine', 'db-01').value)!, asked))
}

describe('runtime.question', () => {
  it('shows text, answers and message on the host and on vCenter, and is an event', () => {
    const lab = new GateLab()
    const mark = lab.eventCount(VC)
    put(lab, question)
    const vm = lab.named(VC, 'VirtualMachine', 'db-01')
    expect(lab.props<VirtualMachineProps>(VC, vm).runtime.question).toMatchObject({
      id: '_vmx1', text: 'msg.test:Go on?',
      choice: { choiceInfo: [{ key: '0', summary: 'Retry' }, { key: '1', summary: 'Cancel' }], defaultIndex: 0 },
      message: [{ id: 'msg.test', argument: ['db-01'], text: 'Go on?' }],
    })
    expect(lab.events(VC, mark)).toEqual(['VmMessageEvent'])
    expect(put(lab, question)).toBe('_vmx1')
    expect(put(lab, { ...question, message: 'msg.other' })).toBe('_vmx2')
  })

  it('lets the heartbeat go late after 21 s, and come back with the answer', () => {
    const { lab, vm, show } = asking()
    expect(show().runtime.powerState).toBe('poweredOn')
    lab.lab.world.advance(20_999)
    expect(show().guestHeartbeatStatus).toBe('green')
    lab.lab.world.advance(1)
    expect(show().guestHeartbeatStatus).toBe('yellow')
    lab.lab.world.advance(30_000)
    expect(show().guestHeartbeatStatus).toBe('red')
    lab.call(VC, vm, 'AnswerVM', { questionId: '_vmx1', answerChoice: '0' })
    expect(show().runtime.question).toBeUndefined()
    expect(show('esx-02').runtime.question).toBeUndefined()
    expect(show().guestHeartbeatStatus).toBe('green')
    lab.lab.world.advance(60_000)
    expect(show().guestHeartbeatStatus).toBe('green')
  })

  it('stops other operations with QuestionPending', () => {
    const { lab, vm, show } = asking()
    for (const method of ['PowerOffVM_Task', 'ResetVM_Task', 'SuspendVM_Task']) {
      expect(lab.task(VC, vm, method).error?.fault)
        .toMatchObject({ _typeName: 'QuestionPending', text: 'msg.test:Go on?' })
    }
    expect(faultOf(() => lab.call(VC, vm, 'ShutdownGuest'))).toBe('QuestionPending')
    expect(lab.failed(VC, vm, 'ReconfigVM_Task', { spec: { annotation: 'x' } })).toBe('QuestionPending')
    expect(show().runtime.powerState).toBe('poweredOn')
  })

  it('goes with the VM › when it is terminated, or its host loses power', () => {
    const { lab, show } = asking()
    const { world } = lab.lab
    world.transact({ kind: 'lab', what: 'test' }, tx => {
      terminate(tx, world.find('esx-02', lab.named('esx-02', 'VirtualMachine', 'db-01').value)!, { instant: true })
    })
    expect(show().runtime).toMatchObject({ powerState: 'poweredOff' })
    expect(show().runtime.question).toBeUndefined()
    lab.done(VC, lab.named(VC, 'VirtualMachine', 'db-01'), 'PowerOnVM_Task')
    put(lab, question)
    lab.lab.faults.inject('host-crash', 'esx-02', {})
    expect(show('esx-02').runtime.question).toBeUndefined()
    world.advance(60_000)
    expect(show('esx-02').guestHeartbeatStatus).toBe('gray')
  })

  it('holds a guest that boots, which then needs the rest of its time', () => {
    const lab = new GateLab({ durations: 'realistic' })
    const vm = lab.named(VC, 'VirtualMachine', 'db-01')
    lab.call(VC, vm, 'ResetVM_Task')
    lab.lab.world.advance(10_000)
    put(lab, question)
    lab.lab.world.advance(60_000)
    const tools = (): string | undefined => lab.props<VirtualMachineProps>(VC, vm).guest?.toolsRunningStatus
    expect(tools()).toBe('guestToolsNotRunning')
    lab.call(VC, vm, 'AnswerVM', { questionId: '_vmx1', answerChoice: '0' })
    expect(tools()).toBe('guestToolsNotRunning')
    lab.lab.world.advance(25_000)
    expect(tools()).toBe('guestToolsRunning')
  })
})

describe('MigrateVM_Task', () => {
  it('is QuestionPending › while a question is open', () => {
    const lab = new GateLab({ lab: 'scenarios/labs/f4.yaml' })
    lab.lab.faults.inject('lock-lost', 'vm/vm-esx-02-1', { hold: true })
    const vm = lab.named('vc1', 'VirtualMachine', 'vm-esx-02-1')
    const host = lab.named('vc1', 'HostSystem', lab.lab.nodes.find(node => node.name === 'esx-01')!.hostName)
    const migrate = (): unknown => lab.done('vc1', vm, 'MigrateVM_Task', { host, priority: 'defaultPriority' })
    expect(migrate).toThrow(/waits for an answer|QuestionPending/)
  })
})

describe('AnswerVM', () => {
  it('is InvalidArgument › for an id or a choice that the question has not', () => {
    const { lab, vm } = asking()
    const answer = (questionId: string, answerChoice: string) => () =>
      lab.call(VC, vm, 'AnswerVM', { questionId, answerChoice })
    expect(faultOf(answer('_vmx7', '0'))).toBe('InvalidArgument')
    expect(faultOf(answer('_vmx1', '2'))).toBe('InvalidArgument')
    expect(faultOf(answer('_vmx1', 'Retry'))).toBe('InvalidArgument')
  })

  it('is ConcurrentAccess › for a question that was answered', () => {
    const { lab, vm } = asking()
    lab.call(VC, vm, 'AnswerVM', { questionId: '_vmx1', answerChoice: '1' })
    const again = (): unknown => lab.call(VC, vm, 'AnswerVM', { questionId: '_vmx1', answerChoice: '1' })
    expect(faultOf(again)).toBe('ConcurrentAccess')
    expect(put(lab, question)).toBe('_vmx2')
    expect(faultOf(again)).toBe('ConcurrentAccess')
  })

  it('works on the host itself', () => {
    const { lab, show } = asking()
    const own = lab.named('esx-02', 'VirtualMachine', 'db-01')
    lab.call('esx-02', own, 'AnswerVM', { questionId: '_vmx1', answerChoice: '0' })
    expect(show().runtime.question).toBeUndefined()
    const { world } = lab.lab
    expect(openQuestion(world, world.find('esx-02', own.value)!)).toBeUndefined()
  })
})
