import { describe, expect, it } from 'vitest'
import type { PropertyFilterSpec } from '../../../emulator/schema/generated/types.js'
import type { VirtualPropertyLookup } from '../../../emulator/services/call.js'
import { compiledSpec } from '../../../emulator/services/property-collector/spec.js'
import { schema, vmRef } from '../../support/collector-lab.js'

const version = schema.versions.newest('vim25')
const stored: VirtualPropertyLookup = () => undefined
const computed: VirtualPropertyLookup = (_type, property) =>
  property === 'name' ? () => 'computed' : undefined

const spec = (): PropertyFilterSpec => ({
  propSet: [{ type: 'VirtualMachine', pathSet: ['name'] }], objectSet: [{ obj: vmRef(0) }],
})

describe('compiled spec', () => {
  it('is kept for a frozen spec, apart by version and by who reads', () => {
    const frozen = Object.freeze(spec())
    const all = compiledSpec(schema, stored, 'all', frozen, version)
    expect(compiledSpec(schema, stored, 'all', frozen, version)).toBe(all)
    expect(compiledSpec(schema, stored, 'all', frozen, version - 1)).not.toBe(all)
    const some = compiledSpec(schema, computed, 'some', frozen, version)
    expect(some.planFor('VirtualMachine')?.computed).toEqual(['name'])
    expect(all.planFor('VirtualMachine')?.computed).toEqual([])
  })

  it('is made anew for a spec that could be edited', () => {
    const open = spec()
    const first = compiledSpec(schema, stored, 'all', open, version)
    open.propSet![0]!.pathSet = ['runtime.powerState']
    const second = compiledSpec(schema, stored, 'all', open, version)
    expect(second).not.toBe(first)
    expect(second.planFor('VirtualMachine')?.set.paths.map(path => path.path)).toEqual(['runtime.powerState'])
  })
})
