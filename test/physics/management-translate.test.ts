import { describe, expect, it } from 'vitest'
import { isReference, translate } from '../../emulator/physics/management/translate.js'
import type { VirtualMachineProps } from '../../emulator/schema/generated/types.js'
import { GateLab } from '../support/gate-lab.js'

const known = (ref: { type: string, value: string }) =>
  ref.value === 'lost' ? undefined : { type: ref.type, value: `vc-${ref.value}` }

describe('translate', () => {
  it('gives a value without references back as the same object', () => {
    const value = { name: 'a', list: [1, 2, { deep: ['x'] }], nothing: undefined, none: null }
    expect(translate(value, known)).toBe(value)
    expect(translate('text', known)).toBe('text')
    expect(translate(undefined, known)).toBeUndefined()
  })

  it('exchanges references and shares every branch without one', () => {
    const value = {
      hardware: { device: [{ key: 4000 }] },
      list: [{ type: 'Datastore', value: '1' }],
      deep: { flat: { ds: { type: 'Datastore', value: '2' } }, rest: { a: 1 } },
    }
    const result = translate(value, known) as typeof value
    expect(result).toEqual({
      hardware: { device: [{ key: 4000 }] },
      list: [{ type: 'Datastore', value: 'vc-1' }],
      deep: { flat: { ds: { type: 'Datastore', value: 'vc-2' } }, rest: { a: 1 } },
    })
    expect(result.hardware).toBe(value.hardware)
    expect(result.deep.rest).toBe(value.deep.rest)
    expect(value.list[0]!.value).toBe('1')
  })

  it('leaves out references that vCenter does not know, in fields and in lists', () => {
    const value = { one: { type: 'Network', value: 'lost' }, many: [{ type: 'Network', value: 'lost' }, { type: 'Network', value: '3' }] }
    expect(translate(value, known)).toEqual({ many: [{ type: 'Network', value: 'vc-3' }] })
  })

  it('takes what did not change from what vCenter has already', () => {
    const disk = { key: 2000, backing: { datastore: { type: 'Datastore', value: '1' } } }
    const before = { device: [disk, { key: 4000 }], uuid: 'a' }
    const mine = translate(before, known) as typeof before
    const after = { device: [disk, { key: 4000, on: true }], uuid: 'a' }
    const result = translate(after, known, { host: before, vcenter: mine }) as typeof after
    expect(result).toEqual(translate(after, known))
    expect(result.device[0]).toBe(mine.device[0])
    expect(translate(before, known, { host: before, vcenter: mine })).toBe(mine)
  })

  it('looks again at a list of which vCenter has only a part', () => {
    const lost = { type: 'Network', value: 'lost' }
    const third = { type: 'Network', value: '3' }
    const before = { many: [lost, third] }
    const mine = translate(before, known) as typeof before
    const after = { many: [lost, third, { type: 'Network', value: '4' }] }
    expect(translate(after, known, { host: before, vcenter: mine })).toEqual({
      many: [{ type: 'Network', value: 'vc-3' }, { type: 'Network', value: 'vc-4' }],
    })
  })

  it('takes data objects that only look like references for what they are', () => {
    expect(isReference({ type: 'a', value: 'b', _typeName: 'OptionValue' })).toBe(false)
    expect(isReference({ type: 'a', value: 'b', more: 1 })).toBe(false)
    expect(isReference({ type: 'a', value: 'b' })).toBe(true)
  })
})

describe('mirror of a VM', () => {
  it('shares with the host what holds no reference', () => {
    const lab = new GateLab()
    const own = lab.named('esx-02', 'VirtualMachine', 'db-01')
    lab.done('esx-02', own, 'ReconfigVM_Task', { spec: { annotation: 'changed' } })
    const host = lab.props<VirtualMachineProps>('esx-02', own)
    const mine = lab.props<VirtualMachineProps>('vc-01', lab.named('vc-01', 'VirtualMachine', 'db-01'))
    expect(mine.config?.annotation).toBe('changed')
    expect(mine.config?.files).toBe(host.config?.files)
    expect(mine.guest).toBe(host.guest)
    expect(mine.layoutEx).toBe(host.layoutEx)
    expect(mine.capability).toBe(host.capability)
  })
})
