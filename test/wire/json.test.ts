import { describe, expect, it } from 'vitest'
import { enteredObject, objectContents } from '../../emulator/schema/bulk.js'
import type { TypeRef } from '../../emulator/schema/model.js'
import { jsonDecodeArgs } from '../../emulator/wire/json/decode.js'
import { jsonEncode, jsonFault } from '../../emulator/wire/json/encode.js'
import { methodOf, schema, versionOf } from '../support/wire.js'

const version = versionOf('8.0.3.0')
const ref = (kind: TypeRef['kind'], name: string, array = false): TypeRef => ({ kind, name, array })
const text = (value: unknown, type: TypeRef, id = '8.0.3.0') =>
  jsonEncode(value, type, schema, versionOf(id))
const any = ref('any', 'anyType')

describe('VI-JSON answer (protocols.md 5.1)', () => {
  it('puts _typeName first and leaves out what is unset › data object', () => {
    expect(text({ label: 'l', summary: 's' }, ref('data', 'Description'))).toBe(
      '{"_typeName":"Description","label":"l","summary":"s"}',
    )
    const disk = { key: 1, _typeName: 'VirtualDisk', deviceInfo: { label: '', summary: '' } }
    expect(text(disk, ref('data', 'VirtualDevice'))).toBe(
      '{"_typeName":"VirtualDisk","key":1,"deviceInfo":{"_typeName":"Description","label":"",' +
        '"summary":""}}',
    )
  })

  it('types references › declared and any slots', () => {
    const expected = '{"_typeName":"ManagedObjectReference","type":"Folder","value":"group-d1"}'
    const value = { type: 'Folder', value: 'group-d1' }
    expect(text(value, ref('moref', 'Folder'))).toBe(expected)
    expect(text(value, any)).toBe(expected)
  })

  it('wraps primitives and arrays › any slots', () => {
    const rows: [unknown, string][] = [
      ['x', '{"_typeName":"string","_value":"x"}'],
      [true, '{"_typeName":"boolean","_value":true}'],
      [5, '{"_typeName":"int","_value":5}'],
      [{ _typeName: 'long', _value: 5 }, '{"_typeName":"long","_value":5}'],
      [
        { _typeName: 'long', _value: '9223372036854775807' },
        '{"_typeName":"long","_value":9223372036854775807}',
      ],
      [
        { _typeName: 'ArrayOfString', _value: ['a'] },
        '{"_typeName":"ArrayOfString","_value":["a"]}',
      ],
      [
        { _typeName: 'ArrayOfAnyType', _value: [1] },
        '{"_typeName":"ArrayOfAnyType","_value":[{"_typeName":"int","_value":1}]}',
      ],
      [
        { _typeName: 'ManagedEntityStatus', _value: 'red' },
        '{"_typeName":"ManagedEntityStatus","_value":"red"}',
      ],
      [{ _typeName: 'ArrayOfTag', _value: [] }, '{"_typeName":"ArrayOfTag","_value":[]}'],
    ]
    for (const [value, expected] of rows) expect(text(value, any)).toBe(expected)
  })

  it('is filtered by version › properties and types', () => {
    const nic = { _typeName: 'VirtualVmxnet3', key: 1, uptCompatibilityEnabled: true }
    expect(text(nic, ref('data', 'VirtualDevice'), '2.5')).toBe(
      '{"_typeName":"VirtualVmxnet","key":1}',
    )
  })

  it('writes bulk results like plain ones › contents and entering objects', () => {
    const read = (props: Readonly<Record<string, unknown>>) => props['name']
    const path = { path: 'name', type: ref('string', 'string'), read }
    const item = {
      ref: { type: 'VirtualMachine', value: 'vm-1' },
      props: { name: 'a' },
      paths: { key: 'name', paths: [path] },
    }
    const obj = item.ref
    const contents = objectContents({ shape: 'RetrieveResult', items: [item], token: 't' })
    const result = { token: 't', objects: [{ obj, propSet: [{ name: 'name', val: 'a' }] }] }
    const type = ref('data', 'RetrieveResult')
    expect(text(contents, type)).toBe(text(result, type))
    const change = { name: 'name', op: 'assign', val: 'a' }
    const update = ref('data', 'ObjectUpdate')
    expect(text(enteredObject(item), update)).toBe(
      text({ kind: 'enter', obj, changeSet: [change] }, update),
    )
  })

  it('puts faultstring into the fault › InvalidLogin', () => {
    expect(jsonFault({ _typeName: 'InvalidLogin' }, 'no "x"', schema, version)).toBe(
      '{"_typeName":"InvalidLogin","faultstring":"no \\"x\\""}',
    )
  })

  it('refuses › value that is not of the type', () => {
    expect(() => text({ label: 5 }, ref('data', 'Description'))).toThrow(TypeError)
    expect(() => text('5', ref('int', 'int'))).toThrow(TypeError)
  })
})

describe('VI-JSON request (protocols.md 5.1)', () => {
  const args = (type: string, name: string, body: string) =>
    jsonDecodeArgs(methodOf(type, name), Buffer.from(body), schema, version)
  const option = (value: string) =>
    args(
      'OptionManager',
      'UpdateOptions',
      `{"changedValue":[{"_typeName":"OptionValue","key":"k","value":${value}}]}`,
    )
  const value = (json: string) =>
    (option(json)['changedValue'] as { value?: unknown }[])[0]?.value

  it('reads arguments › Login, and none from an empty body', () => {
    expect(args('SessionManager', 'Login', '{"userName":"u","password":"p"}')).toEqual({
      userName: 'u',
      password: 'p',
    })
    expect(args('ServiceInstance', 'CurrentTime', '')).toEqual({})
  })

  it('reads typed objects and null as unset › device change', () => {
    const body =
      '{"spec":{"_typeName":"VirtualMachineConfigSpec","name":null,"deviceChange":[{"operation":' +
      '"add","device":{"_typeName":"VirtualDisk","key":-1,"capacityInKB":9007199254740993}}]}}'
    expect(args('VirtualMachine', 'ReconfigVM_Task', body)).toEqual({
      spec: {
        deviceChange: [
          {
            _typeName: 'VirtualDeviceConfigSpec',
            operation: 'add',
            device: { _typeName: 'VirtualDisk', key: -1, capacityInKB: '9007199254740993' },
          },
        ],
      },
    })
  })

  it('reads wrapped values › any slots come back as they were written', () => {
    const values: unknown[] = [
      'x',
      true,
      5,
      1.5,
      { _typeName: 'long', _value: 5 },
      { _typeName: 'long', _value: '-9223372036854775808' },
      { _typeName: 'dateTime', _value: '2026-11-24T06:00:00Z' },
      { _typeName: 'binary', _value: 'AQI=' },
      { _typeName: 'ManagedEntityStatus', _value: 'red' },
      { _typeName: 'ArrayOfInt', _value: [1, 2] },
      { _typeName: 'ArrayOfAnyType', _value: ['a', 1] },
      { type: 'Folder', value: 'group-d1' },
      { _typeName: 'Description', label: 'l', summary: 's' },
    ]
    for (const each of values) expect(value(text(each, any))).toEqual(each)
    expect(value('"bare"')).toBe('bare')
  })

  const wrong: [string, string][] = [
    ['{', 'Parse error'],
    ['[]', 'is not an object'],
    ['{"nope":1}', 'Unknown parameter nope of UpdateOptions'],
    ['{"changedValue":{}}', 'is not an array'],
    ['{"changedValue":[{"value":1}]}', 'Required property key of OptionValue is missing'],
    ['{"changedValue":[{"key":1}]}', 'not a valid string'],
    ['{"changedValue":[{"key":"k","__proto__":{}}]}', 'Unknown property __proto__'],
    ['{"changedValue":[{"key":"k","value":{"_typeName":"Nope"}}]}', 'Unknown type Nope'],
    ['{"changedValue":[{"key":"k","value":{"_typeName":"int","_value":5000000000}}]}', 'valid int'],
    ['{"changedValue":[{"_typeName":"Description","key":"k"}]}', 'is not a OptionValue'],
    [`{"changedValue":${'['.repeat(5000)}${']'.repeat(5000)}}`, 'is not an object'],
  ]
  for (const [body, expected] of wrong) {
    it(`refuses › ${body.slice(0, 70)}`, () => {
      expect(() => args('OptionManager', 'UpdateOptions', body)).toThrow(expected)
    })
  }
})
