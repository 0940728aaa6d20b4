import { describe, expect, it } from 'vitest'
import { loadSchema } from '../../../emulator/schema/schema.js'
import { compilePath } from '../../../emulator/services/property-collector/paths.js'

const schema = loadSchema()
const known = (path: string): boolean =>
  compilePath(schema, 'VirtualMachine', path, schema.versions.newest('vim25')) !== undefined

describe('keyed paths', () => {
  it.each([
    ['config.hardware.device[4000]', true],
    ['config.hardware.device[4000].deviceInfo.label', true],
    ['config.hardware.device["4000"]', false],
    ['config.hardware.device[4000', false],
    ['config.hardware[4000]', false],
    ['config.extraConfig["guestinfo.a"]', true],
    ['config.extraConfig["5"]', true],
    ['config.extraConfig[5]', false],
    ['config.extraConfig[guestinfo.a]', false],
    ['config["guestinfo.a"]', false],
  ])('quotes › stand around strings and nothing else › %s', (path, there) => {
    expect(known(path)).toBe(there)
  })
})
