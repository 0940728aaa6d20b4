import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { shippedTestedMethods } from '../../emulator/dispatch/coverage-file.js'
import { restOperationNames } from '../../emulator/dispatch/rest.js'
import { coverageFile, coveragePage } from '../../emulator/dispatch/coverage-page.js'
import { coverage, testedMethods } from '../../emulator/dispatch/coverage.js'
import { Registry } from '../../emulator/dispatch/registry.js'
import { change, partial, type Definition } from '../../emulator/objects/define.js'
import { loadSchema } from '../../emulator/schema/schema.js'
import { NAMESPACES } from '../../emulator/schema/versions.js'
import { mergeTestLog } from '../support/global-setup.js'
import { testLog } from '../support/test-log.js'

const schema = loadSchema()
const done = change(() => undefined)

function definition(type: string, methods: Definition['methods']): Definition {
  return { type, methods, virtual: {}, jobs: {} }
}

const registry = new Registry(schema, [
  definition('ManagedEntity', { Rename_Task: done }),
  definition('Folder', { CreateFolder: done, Destroy_Task: done }),
  definition('VirtualMachine', {
    PowerOnVM_Task: done, AcquireTicket: partial(() => undefined, 'webmks tickets only'),
  }),
])

function rowOf(tested: readonly string[], type: string) {
  const joined = coverage(schema, registry, new Set(tested), NAMESPACES)
  return joined.types.find(row => row.type === type)!
}

describe('coverage', () => {
  it('counts each method of every namespace once', () => {
    const all = NAMESPACES.flatMap(namespace => schema.names('managed', namespace)
      .flatMap(name => schema.managed(name, namespace)!.ownMethods)).length
    const { totals, namespaces } = coverage(schema, registry, new Set(), NAMESPACES)
    expect(totals).toEqual({ all, implemented: 5, partial: 2, tested: 0 })
    expect(Object.keys(namespaces)).toEqual(NAMESPACES)
  })

  it('shows the note of a method that leaves something out', () => {
    const method = rowOf([], 'VirtualMachine').methods.find(({ name }) => name === 'AcquireTicket')
    expect(method).toEqual({
      name: 'AcquireTicket', state: 'partial', note: 'webmks tickets only', tested: false,
    })
  })

  it('calls a method partial when only some subtypes have it', () => {
    const method = rowOf([], 'ManagedEntity').methods.find(({ name }) => name === 'Destroy_Task')
    expect(method).toMatchObject({ state: 'partial', note: 'only on Folder' })
  })

  it('counts what a type inherits beside its own methods', () => {
    expect(rowOf([], 'VirtualMachine')).toMatchObject({
      counts: { implemented: 2, partial: 1, tested: 0 }, inherited: 1,
    })
  })

  it('counts a method as tested only when it is implemented', () => {
    const tested = ['VirtualMachine.PowerOnVM_Task', 'VirtualMachine.PowerOffVM_Task']
    expect(rowOf(tested, 'VirtualMachine').counts.tested).toBe(1)
  })
})

describe('testedMethods', () => {
  const method = 'VirtualMachine.PowerOnVM_Task'

  it('takes a result and a declared MethodFault', () => {
    expect(testedMethods(schema, [{ method, outcome: 'ok' }])).toContain(method)
    expect(testedMethods(schema, [{ method, outcome: 'InvalidPowerState' }])).toContain(method)
  })

  it('does not take refusals that come before the handler', () => {
    const outcomes = ['NotImplemented', 'NotAuthenticated', 'NoPermission', 'InvalidRequest']
    expect(testedMethods(schema, outcomes.map(outcome => ({ method, outcome })))).toEqual(new Set())
  })
})

describe('coveragePage', () => {
  const joined = coverage(schema, registry, new Set(['Folder.CreateFolder']), NAMESPACES)

  it('has one line for each managed type and lists what is implemented', () => {
    const page = coveragePage(joined)
    for (const { type } of joined.types) expect(page).toContain(`| ${type} |`)
    expect(page).toContain('- Tested: CreateFolder\n')
    expect(page).toContain('AcquireTicket (not tested; webmks tickets only)')
  })

  it('lists the operations of REST by service, when it is given them', () => {
    expect(coveragePage(joined)).not.toContain('## REST operations')
    const page = coveragePage(joined, restOperationNames())
    expect(page).toContain('| vcenter/vcha | 13 |')
    expect(page).toContain('`POST /vcenter/vcha/cluster?action=failover&vmw-task=true`')
  })

  it('ships the tested methods by name', () => {
    expect(coverageFile(joined).tested).toEqual(['Folder.CreateFolder'])
  })
})

describe('shippedTestedMethods', () => {
  it('is empty when the package has no coverage file', () => {
    expect(shippedTestedMethods('file:///nowhere/at/all/module.js')).toEqual(new Set())
  })
})

describe('testLog', () => {
  it('writes each pair of method and outcome once, and the merge sorts them', () => {
    const folder = mkdtempSync(join(tmpdir(), 'test-log-'))
    const log = testLog(folder)!
    const calls = [['B.b', 'ok'], ['A.a', 'NotFound'], ['B.b', 'ok']] as const
    for (const [method, outcome] of calls) log({ method, outcome })
    writeFileSync(join(folder, 'other.txt'), 'B.b ok\nA.a ok\n')
    expect(mergeTestLog(folder)).toEqual(['A.a NotFound', 'A.a ok', 'B.b ok'])
    rmSync(folder, { recursive: true })
  })

  it('is off without a folder', () => {
    expect(testLog('')).toBeUndefined()
  })
})
