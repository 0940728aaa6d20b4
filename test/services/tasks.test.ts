import { describe, expect, it } from 'vitest'
import type { TaskInfo } from '../../emulator/schema/generated/types.js'
import type { MoRef } from '../../emulator/schema/model.js'
import { fault, notEmulated } from '../../emulator/services/method-fault.js'
import { createTask, type TaskJob } from '../../emulator/services/tasks.js'
import { RECENT_LIMIT, TASK_KEPT_MS } from '../../emulator/services/tasks/lists.js'
import { makeBench, tree, type Bench, type BenchOptions } from '../support/hand-made.js'

const jobs: Record<string, TaskJob> = {
  rename: ((run, payload: { name: string }) => {
    const slot = run.tx.find(run.node.name, run.entity.value)!
    run.tx.update<{ name: string }>(slot, draft => { draft.props.name = payload.name })
    return run.entity
  }) as TaskJob,
  spoil: (run => {
    const slot = run.tx.find(run.node.name, run.entity.value)!
    run.tx.update<{ name: string }>(slot, draft => { draft.props.name = 'spoiled' })
    throw fault('InvalidState')
  }) as TaskJob,
  missing: (() => { throw notEmulated('spec.flash') }) as TaskJob,
  defect: (() => { throw new TypeError('our mistake') }) as TaskJob,
}

function start(bench: Bench, job: string | undefined, extra: object = {}): MoRef {
  return bench.tx(tx => ({
    type: 'Task',
    value: createTask(tx, bench.services, bench.node, {
      descriptionId: 'VirtualMachine.rename',
      name: 'Rename_Task',
      entity: tx.find(bench.node.name, tree.vm.value)!,
      userName: 'VSPHERE.LOCAL\\alice',
      opId: 'op-7',
      ...(job === undefined ? {} : { job, payload: { name: 'renamed' } }),
      ...extra,
    }).address.id,
  }))
}

const info = (bench: Bench, task: MoRef): TaskInfo => bench.props(task.value)['info'] as TaskInfo
const bench = (options: BenchOptions = {}): Bench => makeBench({ jobs, ...options })

describe('task', () => {
  it('task › is queued and listed › when it was just created', () => {
    const lab = bench()
    const task = start(lab, 'rename')
    expect(info(lab, task)).toMatchObject({
      key: task.value, state: 'queued', descriptionId: 'VirtualMachine.rename', name: 'Rename_Task',
      entity: tree.vm, entityName: 'web-01', cancelled: false, cancelable: false,
      reason: { _typeName: 'TaskReasonUser', userName: 'VSPHERE.LOCAL\\alice' }, activationId: 'op-7',
    })
    expect(task.value).toBe('task-1')
    expect(lab.props('TaskManager')['recentTask']).toEqual([task])
    expect(lab.props(tree.vm.value)['recentTask']).toEqual([task])
  })

  it('task › does its work at the same instant › when durations are instant', () => {
    const lab = bench()
    const task = start(lab, 'rename', { durationMs: 1200 })
    lab.world.advance(0)
    expect(lab.props(tree.vm.value)['name']).toBe('renamed')
    const done = info(lab, task)
    expect(done).toMatchObject({ state: 'success', result: tree.vm })
    expect(done.completeTime).toBe(done.queueTime)
  })

  it('task › runs with progress and ends after its duration › when durations are realistic', () => {
    const lab = bench({ durations: 'realistic' })
    const task = start(lab, 'rename', { durationMs: 1000 })
    lab.world.advance(0)
    expect(info(lab, task)).toMatchObject({ state: 'running', progress: 0 })
    lab.world.advance(300)
    expect(info(lab, task)).toMatchObject({ state: 'running', progress: 30 })
    lab.world.advance(699)
    expect(lab.props(tree.vm.value)['name']).toBe('web-01')
    lab.world.advance(1)
    expect(info(lab, task)).toMatchObject({ state: 'success' })
    expect(info(lab, task).progress).toBeUndefined()
  })

  it('task › ends in error with its own changes undone › when the job throws a MethodFault', () => {
    const lab = bench()
    const task = start(lab, 'spoil')
    lab.world.advance(0)
    expect(lab.props(tree.vm.value)['name']).toBe('web-01')
    expect(info(lab, task)).toMatchObject({
      state: 'error', error: { fault: { _typeName: 'InvalidState' } },
    })
  })

  it('task › ends with SystemError and the lab is told › when the job has a defect', () => {
    const lab = bench()
    const defects: unknown[] = []
    lab.world.onDefect = error => { defects.push(error) }
    const task = start(lab, 'defect')
    lab.world.advance(0)
    expect(info(lab, task).error?.fault).toMatchObject({ _typeName: 'SystemError' })
    expect(defects).toHaveLength(1)
  })

  it('task › notes what is not emulated › when its work comes across it', () => {
    const misses: string[] = []
    const lab = bench({ noteMiss: (method, path) => misses.push(`${method} ${path}`) })
    const task = start(lab, 'missing')
    lab.world.advance(0)
    expect(info(lab, task).error?.fault).toMatchObject({ _typeName: 'NotImplemented' })
    expect(misses).toEqual(['VirtualMachine.Rename_Task spec.flash'])
  })

  it('task › stays in the lists for ten minutes, then is gone › when it has ended', () => {
    const lab = bench()
    const task = start(lab, 'rename')
    lab.world.advance(TASK_KEPT_MS - 1)
    expect(lab.world.get('vc-01', task.value)).toBeDefined()
    lab.world.advance(60_001)
    expect(lab.world.get('vc-01', task.value)).toBeUndefined()
    expect(lab.props('TaskManager')['recentTask']).toEqual([])
    expect(lab.props(tree.vm.value)['recentTask']).toEqual([])
    expect(lab.world.agenda.size).toBe(0)
  })

  it('task › the list of the manager is bounded › when many have ended', () => {
    const lab = bench()
    for (let i = 0; i < RECENT_LIMIT + 20; i += 1) {
      start(lab, 'rename')
      lab.world.advance(0)
    }
    expect(lab.props('TaskManager')['recentTask']).toHaveLength(RECENT_LIMIT)
    expect(lab.props(tree.vm.value)['recentTask']).toHaveLength(50)
  })

  it('task › finished ones are in the log of the node › on a vCenter', () => {
    const lab = bench()
    const task = start(lab, 'rename')
    lab.world.advance(0)
    expect([...lab.world.log('tasks/vc-01').since(1)].map(item => item.value)).toEqual([info(lab, task)])
  })

  it('task › has the host form of key and no TaskEvent › on a host', () => {
    const lab = bench({ kind: 'esxi' })
    lab.tx(tx => createTask(tx, lab.services, lab.node, {
      descriptionId: 'VirtualMachine.powerOn', entity: undefined,
    }))
    expect(lab.world.find('esx-01', 'haTask-none-vim.VirtualMachine.powerOn-1')).toBeDefined()
    expect(lab.world.logs().map(log => log.name)).not.toContain('events/esx-01')
  })

  it('task › posts a TaskEvent whose key is its chain › on a vCenter', () => {
    const lab = bench()
    const task = start(lab, 'rename')
    const event = lab.props('EventManager')['latestEvent']
    expect(event).toMatchObject({
      _typeName: 'TaskEvent', fullFormattedMessage: 'Task: Rename virtual machine',
      userName: 'VSPHERE.LOCAL\\alice', vm: { vm: tree.vm, name: 'web-01' },
      host: { host: tree.host }, datacenter: { name: 'DC0' },
    })
    expect(info(lab, task).eventChainId).toBe((event as { key: number }).key)
  })
})
