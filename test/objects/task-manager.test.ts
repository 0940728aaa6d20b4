import { describe, expect, it } from 'vitest'
import { historyCollector } from '../../emulator/objects/history-collector.js'
import { taskHistoryCollector } from '../../emulator/objects/task-history-collector.js'
import { taskManager } from '../../emulator/objects/task-manager.js'
import { task as taskDefinition } from '../../emulator/objects/task.js'
import type { TaskDescription, TaskFilterSpec, TaskInfo } from '../../emulator/schema/generated/types.js'
import type { MoRef } from '../../emulator/schema/model.js'
import { createTask, type TaskJob } from '../../emulator/services/tasks.js'
import { makeBench, root, tree, type Bench, type TestUser } from '../support/hand-made.js'

const manager = { type: 'TaskManager', value: 'TaskManager' }
const definitions = [taskManager, taskDefinition, taskHistoryCollector, historyCollector]
const nothing: TaskJob = () => undefined

function bench(): Bench {
  const made = makeBench({ definitions, durations: 'realistic', jobs: { nothing } })
  made.tx(tx => {
    const extensions = tx.find('vc-01', 'ExtensionManager')!
    tx.update(extensions, draft => {
      draft.props['extensionList'] = [{ key: 'org.example', taskList: [{ taskID: 'org.example.job' }] }]
    })
  })
  return made
}

function start(lab: Bench, entity: MoRef, extra: object = {}): MoRef {
  return lab.tx(tx => ({
    type: 'Task',
    value: createTask(tx, lab.services, lab.node, {
      descriptionId: 'VirtualMachine.powerOn', entity: tx.find('vc-01', entity.value)!,
      job: 'nothing', payload: {}, userName: root.name, durationMs: 100, ...extra,
    }).address.id,
  }))
}

function create(lab: Bench, args: object = {}, user: TestUser = root): TaskInfo {
  return lab.call(manager, 'CreateTask', {
    obj: tree.vm, taskTypeId: 'org.example.job', cancelable: true, ...args,
  }, user) as TaskInfo
}

const info = (lab: Bench, ref: MoRef): TaskInfo => lab.props(ref.value)['info'] as TaskInfo
const keys = (tasks: unknown): string[] => (tasks as TaskInfo[]).map(each => each.key)

describe('Task', () => {
  it('CancelTask › ends a cancelable task with RequestCanceled, once', () => {
    const lab = bench()
    const ref = start(lab, tree.vm, { cancelable: true })
    lab.call(ref, 'CancelTask')
    expect(info(lab, ref)).toMatchObject({
      state: 'error', cancelled: true, error: { fault: { _typeName: 'RequestCanceled' } },
    })
    expect(lab.outcome(ref, 'CancelTask')).toMatchObject({ fault: { type: 'InvalidState' } })
    lab.world.advance(1000)
    expect(info(lab, ref).state).toBe('error')
  })

  it('CancelTask › is NotSupported › when the task is not cancelable', () => {
    const lab = bench()
    expect(lab.outcome(start(lab, tree.vm), 'CancelTask')).toMatchObject({ fault: { type: 'NotSupported' } })
  })

  it('CancelTask › needs Global.CancelTask › for the task of another user', () => {
    const lab = bench()
    const user: TestUser = { name: 'limited', hides: (_slot, id) => id === 'Global.CancelTask' }
    expect(lab.outcome(start(lab, tree.vm, { cancelable: true }), 'CancelTask', {}, user))
      .toMatchObject({ fault: { type: 'NoPermission', fields: { privilegeId: 'Global.CancelTask' } } })
    const own = start(lab, tree.vm, { cancelable: true, userName: 'limited' })
    lab.call(own, 'CancelTask', {}, user)
    expect(info(lab, own).cancelled).toBe(true)
  })

  it('a client task › runs, tells progress and ends as its client says', () => {
    const lab = bench()
    const { task } = create(lab)
    expect(lab.outcome(task, 'UpdateProgress', { percentDone: 1 })).toMatchObject({ fault: { type: 'InvalidState' } })
    lab.call(task, 'SetTaskState', { state: 'running' })
    lab.call(task, 'UpdateProgress', { percentDone: 42 })
    lab.call(task, 'SetTaskDescription', { description: { key: 'org.example.init', message: 'init' } })
    expect(info(lab, task)).toMatchObject({
      state: 'running', progress: 42, description: { key: 'org.example.init' },
    })
    expect(lab.outcome(task, 'UpdateProgress', { percentDone: 101 })).toMatchObject({ fault: { type: 'OutOfBounds' } })
    lab.call(task, 'SetTaskState', { state: 'success', result: 'fine' })
    expect(info(lab, task)).toMatchObject({ state: 'success', result: 'fine' })
    expect(lab.outcome(task, 'SetTaskState', { state: 'running' })).toMatchObject({ fault: { type: 'InvalidState' } })
  })

  it('a client task › keeps the fault that its client reports', () => {
    const lab = bench()
    const { task } = create(lab)
    lab.call(task, 'SetTaskState', {
      state: 'error', fault: { fault: { _typeName: 'NotFound' }, localizedMessage: 'lost' },
    })
    expect(info(lab, task).error).toEqual({ fault: { _typeName: 'NotFound' }, localizedMessage: 'lost' })
  })

  it('SetTaskState › is refused › for a task that the lab works on', () => {
    const lab = bench()
    expect(lab.outcome(start(lab, tree.vm), 'SetTaskState', { state: 'success' }))
      .toMatchObject({ fault: { type: 'InvalidState' } })
  })
})

describe('TaskManager', () => {
  it('CreateTask › is refused › for a type that no extension has', () => {
    expect(bench().outcome(manager, 'CreateTask', { obj: tree.vm, taskTypeId: 'x', cancelable: false }))
      .toMatchObject({ fault: { type: 'InvalidArgument', fields: { invalidProperty: 'taskType' } } })
  })

  it('CreateTask › gives the same task › for the same activationId', () => {
    const lab = bench()
    const first = create(lab, { activationId: 'again' })
    expect(create(lab, { activationId: 'again' }).key).toBe(first.key)
    expect(create(lab, { parentTaskKey: first.key })).toMatchObject({
      parentTaskKey: first.key, rootTaskKey: first.key,
    })
  })

  it('history › holds finished and unfinished tasks in order, by filter', () => {
    const lab = bench()
    const one = start(lab, tree.vm)
    const two = start(lab, tree.other, { userName: 'bob', durationMs: 5000 })
    const three = start(lab, tree.host)
    lab.world.advance(200)
    const read = (filter: TaskFilterSpec): string[] => {
      const ref = lab.call(manager, 'CreateCollectorForTasks', { filter }) as MoRef
      return keys(lab.call(ref, 'ReadNextTasks', { maxCount: 100 }))
    }
    expect(read({})).toEqual([one.value, two.value, three.value])
    expect(read({ state: ['running'] })).toEqual([two.value])
    expect(read({ state: ['success'] })).toEqual([one.value, three.value])
    expect(read({ userName: { systemUser: false, userList: ['bob'] } })).toEqual([two.value])
    expect(read({ entity: { entity: tree.host, recursion: 'children' } })).toEqual([one.value, two.value])
    expect(read({ entity: { entity: tree.host, recursion: 'self' } })).toEqual([three.value])
    expect(read({ eventChainId: [info(lab, two).eventChainId] })).toEqual([two.value])
    expect(read({ time: { timeType: 'completedTime', beginTime: '2026-01-05T08:00:00Z' } }))
      .toEqual([one.value, three.value])
  })

  it('history › walks back from the newest and survives the Task objects', () => {
    const lab = bench()
    const one = start(lab, tree.vm)
    const two = start(lab, tree.vm)
    lab.world.advance(3_600_000)
    expect(lab.world.get('vc-01', one.value)).toBeUndefined()
    const ref = lab.call(manager, 'CreateCollectorForTasks', { filter: {} }) as MoRef
    lab.call(ref, 'ResetCollector')
    expect(keys(lab.call(ref, 'ReadPreviousTasks', { maxCount: 5 }))).toEqual([two.value, one.value])
  })

  it('latestPage › changes with creation and state, not with progress', () => {
    const lab = bench()
    const ref = lab.call(manager, 'CreateCollectorForTasks', { filter: {} }) as MoRef
    const slot = lab.objects.find(lab.session(), ref.value)!
    const context = { services: lab.services, reader: lab.world, node: lab.node, session: lab.session() }
    const page = (): TaskInfo[] =>
      lab.services.virtualProperty('TaskHistoryCollector', 'latestPage')!(context, slot) as TaskInfo[]
    start(lab, tree.vm, { durationMs: 1000 })
    const queued = page()
    expect(queued.map(each => each.state)).toEqual(['queued'])
    lab.world.advance(0)
    const running = page()
    expect(running.map(each => each.state)).toEqual(['running'])
    lab.world.advance(400)
    expect(page()).toBe(running)
    lab.world.advance(1000)
    expect(page().map(each => each.state)).toEqual(['success'])
  })

  it('CreateCollectorForTasks › is NotSupported › on a host', () => {
    const lab = makeBench({ definitions, kind: 'esxi' })
    expect(lab.outcome({ type: 'TaskManager', value: 'ha-taskmgr' }, 'CreateCollectorForTasks', { filter: {} }))
      .toMatchObject({ fault: { type: 'NotSupported' } })
  })

  it('CreateCollectorWithInfoFilterForTasks › leaves results out', () => {
    const lab = bench()
    const { task } = create(lab)
    lab.call(task, 'SetTaskState', { state: 'success', result: 'big' })
    const ref = lab.call(manager, 'CreateCollectorWithInfoFilterForTasks', {
      filter: {}, infoFilter: { filterTaskResults: { removeAll: true } },
    }) as MoRef
    const [found] = lab.call(ref, 'ReadNextTasks', { maxCount: 1 }) as TaskInfo[]
    expect(found!.result).toBeUndefined()
  })

  it('ReadNextTasksByViewSpec › goes on after a task', () => {
    const lab = bench()
    start(lab, tree.vm)
    const two = start(lab, tree.vm)
    expect(keys(lab.call(manager, 'ReadNextTasksByViewSpec', {
      viewSpec: { _typeName: 'TaskManagerViewByStartId', count: 5, startId: 'task-1' }, filterSpec: {},
    }))).toEqual([two.value])
  })

  it('recentTask and description › are for the reader', () => {
    const lab = bench()
    const one = start(lab, tree.vm)
    const user: TestUser = { name: 'limited', hides: slot => slot.address.id === one.value }
    const slot = lab.world.find('vc-01', 'TaskManager')!
    const read = (property: string, who: TestUser): unknown => lab.services
      .virtualProperty('TaskManager', property)!(
        { services: lab.services, reader: lab.world, node: lab.node, session: lab.session(who) }, slot)
    expect(read('recentTask', root)).toEqual([one])
    expect(read('recentTask', user)).toEqual([])
    const { methodInfo } = read('description', root) as TaskDescription
    expect(methodInfo.find(row => row.key === 'VirtualMachine.powerOn')?.label).toBe('Power On virtual machine')
    expect(methodInfo.find(row => row.key === 'vm.Snapshot.revert')?.label).toBe('Revert snapshot')
  })
})
