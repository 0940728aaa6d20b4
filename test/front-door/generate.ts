/** Arguments made from the tables: right by their types, odd in their values. */
import type { DataTypeInfo, MethodInfo, MoRef, PropertyInfo, Schema, TypeRef } from '../../emulator/schema/model.js'
import { escapeXml } from '../../clients/sdk/soap-xml.js'

/** A source of chance: a whole number from 0 up to, but not including, `below`. */
export type Dice = (below: number) => number

/** Dice that show the same numbers for the same seed (mulberry32). */
export function diceOf(seed: number): Dice {
  let state = seed >>> 0
  return below => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

const strings = [
  '', 'x', '*', '%', 'VM_A', '[shared-01] VM_A/VM_A.vmx', '[shared-01]', '[nowhere] a/b.vmx', '[', 'a/b', '../../..',
  '__proto__', 'constructor', 'toString', '%2f', '\u00e9\u4e2d\u{1F680}', ' padded ', '1', '-1', 'true', 'vm-1',
  'session[52]52', 'urn:vim25', 'x'.repeat(300), 'config.hardware.device[4000].backing', 'System.View', '\n\t',
]
const integers = [0, 1, -1, 2, 7, 4000, 100, 65536, 2147483647, -2147483648]
const paths = [
  'name', 'config', 'config.name', 'runtime.host', 'config.hardware.device[4000]', 'config.extraConfig["a"]', 'nope', '',
  '.', '..', 'name.', '[', 'config.hardware.device[', 'info.state', '__proto__', 'parent', 'summary.config.name',
]
const times = ['2026-01-05T08:00:00Z', '0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999999Z', '2026-01-05T08:00:00-04:00']

/** Values by name of property that get past the first look-up of a handler. */
const hints: Readonly<Record<string, readonly string[]>> = {
  privId: ['System.View', 'VirtualMachine.Interact.PowerOn'], privIds: ['System.View', 'Folder.Create', 'Nope'],
  roleId: ['-1', '-2', '-5', '10', '11', '12'], dstRoleId: ['-1', '-2', '11'], srcRoleId: ['-2', '11', '12'],
  principal: ['VSPHERE.LOCAL\\u', 'root', 'viewer'], user: ['VSPHERE.LOCAL\\u', 'root'], userName: ['VSPHERE.LOCAL\\u', 'viewer'],
  username: ['VSPHERE.LOCAL\\u', 'viewer'], extensionKey: ['com.vmware.vim.eam', 'VirtualCenter', 'x'], version: ['', '1'],
  key: ['0', '1', '4000', '2000', '-1'], name: ['fresh', 'VM_A', 'a/b', 'x'], newName: ['fresh-2', 'VM_A'], newname: ['fresh-3'],
  numCPUs: ['1', '4'], memoryMB: ['128', '1024', '0'], numCoresPerSocket: ['1', '2'], guestId: ['otherGuest', 'debian12_64Guest', 'x'],
  vmPathName: ['[shared-01]', '[shared-01] VM_A/VM_A.vmx', '[shared-01] new/new.vmx', '[shared-01] VM_A'],
  path: ['[shared-01] VM_A/VM_A.vmx', '[shared-01] image/image.vmx'], fileName: ['[shared-01]', '[shared-01] VM_A/VM_A.vmdk', ''],
  inventoryPath: ['DC1/vm/F/VM_A', '/', ''], datastorePath: ['[shared-01] VM_A/VM_A.vmx', '[shared-01]'], ip: ['10.0.0.1', '192.168.10.51'],
  locale: ['en', 'de', 'xx_YY'], maxCount: ['1', '100', '0', '-1'], maxObjects: ['0', '1', '-1'], maxWaitSeconds: ['0'],
  unitNumber: ['0', '1', '7', '99'], controllerKey: ['1000', '100', '200', '4000'], capacityInKB: ['1024', '10485760'],
  operation: ['add', 'remove', 'edit'], fileOperation: ['create', 'replace', 'destroy'], diskMode: ['persistent', 'independent_persistent'],
  uuid: ['422e4c4c-0000-4000-8000-000000000001', 'x'], fieldKey: ['1', '2'], moType: ['VirtualMachine', 'HostSystem'],
  type: ['VirtualMachine', 'Folder', 'ManagedEntity'], eventTypeId: ['vim.event.UserLoginSessionEvent', 'UserLoginSessionEvent', 'x'],
  token: ['', '1'], url: ['https://vc/folder/x?dcPath=DC1', '/x', ''], pathSet: ['name', 'config.name', 'runtime', 'nope'],
}

export interface Shape {
  /** Out of ten: how often an optional value is sent. */
  readonly optional: number
  readonly depth: number
}

export const minimal: Shape = { optional: 0, depth: 4 }
export const random: Shape = { optional: 3, depth: 4 }

export class Generator {
  readonly #schema: Schema
  readonly #dice: Dice
  readonly #refs: (type: string) => readonly MoRef[]

  /** `refs` names live objects of a managed type. */
  constructor(schema: Schema, dice: Dice, refs: (type: string) => readonly MoRef[]) {
    this.#schema = schema
    this.#dice = dice
    this.#refs = refs
  }

  /** The parameters of a method as XML. */
  parameters(method: MethodInfo, shape: Shape): string {
    return this.#all(method.params, shape)
  }

  pick<T>(list: readonly T[]): T {
    return list[this.#dice(list.length)]!
  }

  #all(slots: readonly PropertyInfo[], shape: Shape): string {
    return slots.filter(slot => this.#wanted(slot, shape)).map(slot => this.#slot(slot, shape)).join('')
  }

  #wanted(slot: PropertyInfo, shape: Shape): boolean {
    if (!slot.optional) return true
    return shape.depth > 0 && this.#dice(10) < shape.optional
  }

  #slot(slot: PropertyInfo, shape: Shape): string {
    const count = !slot.array ? 1 : shape.optional === 0 ? 1 : this.#dice(3)
    return Array.from({ length: count }, () => this.element(slot.property, slot, shape)).join('')
  }

  /** One element for a value of a type. */
  element(tag: string, type: TypeRef, shape: Shape): string {
    switch (type.kind) {
      case 'moref': {
        const ref = this.#ref(type.name)
        return `<${tag} type="${ref.type}">${escapeXml(ref.value)}</${tag}>`
      }
      case 'data': return this.#data(tag, type.name, shape)
      case 'any': return this.#any(tag, shape)
      case 'enum': {
        const values = this.#schema.enum(type.name)?.values ?? ['']
        return `<${tag}>${shape.optional === 0 ? values[0] : this.pick(values)}</${tag}>`
      }
      default: return `<${tag}>${escapeXml(this.#hinted(tag, type.kind))}</${tag}>`
    }
  }

  /** Three of four times a value that fits the property's name, where the kind allows it. */
  #hinted(tag: string, kind: TypeRef['kind']): string {
    const known = Object.hasOwn(hints, tag) ? hints[tag]! : undefined
    const fits = known !== undefined && (!['int', 'long', 'short', 'byte'].includes(kind) || known.every(text => /^-?\d+$/.test(text)))
    return fits && this.#dice(4) > 0 && kind !== 'dateTime' && kind !== 'binary' && kind !== 'boolean'
      ? this.pick(known) : this.#scalar(kind)
  }

  #ref(type: string): MoRef {
    const live = this.#refs(type)
    if (live.length > 0 && this.#dice(5) > 0) return this.pick(live)
    return { type: type === '' ? 'ManagedEntity' : type, value: this.pick(['nobody-1', 'group-d1', 'vm-999', '__proto__']) }
  }

  #data(tag: string, declared: string, shape: Shape): string {
    const inner = { ...shape, depth: shape.depth - 1 }
    const names = this.#schema.subtypes(declared)
    const name = shape.optional === 0 || shape.depth <= 0 ? declared : this.pick(names)
    const type = this.#schema.data(name) as DataTypeInfo
    // Types that hold themselves by a required property would never end.
    const body = shape.depth < -6 ? '' : this.#all(type.properties, inner)
    return `<${tag}${name === declared ? '' : ` xsi:type="${name}"`}>${body}</${tag}>`
  }

  #any(tag: string, shape: Shape): string {
    const choice = this.#dice(8)
    if (choice === 0) return `<${tag} xsi:type="ManagedObjectReference" type="Folder">group-d1</${tag}>`
    if (choice === 1) return `<${tag} xsi:type="ArrayOfString"><string>a</string></${tag}>`
    if (choice === 2) return this.#typed(tag, this.pick(this.#schema.names('data', 'vim25')), shape)
    const kind = this.pick(['string', 'int', 'long', 'boolean', 'double'] as const)
    return `<${tag} xsi:type="xsd:${kind}">${escapeXml(this.#scalar(kind))}</${tag}>`
  }

  #typed(tag: string, name: string, shape: Shape): string {
    const type = this.#schema.data(name)!
    const body = this.#all(type.properties, { optional: 0, depth: Math.min(shape.depth, 1) - 1 })
    return `<${tag} xsi:type="${name}">${body}</${tag}>`
  }

  #scalar(kind: TypeRef['kind']): string {
    switch (kind) {
      case 'boolean': return this.pick(['true', 'false', '1', '0'])
      case 'byte': return String(this.pick([0, 1, -128, 127]))
      case 'short': return String(this.pick([0, 1, -32768, 32767]))
      case 'int': return String(this.pick(integers))
      case 'long': return this.pick(['0', '1', '-1', '1073741824', '9223372036854775807', '-9223372036854775808'])
      case 'float':
      case 'double': return this.pick(['0', '1.5', '-1e10', '1e300'])
      case 'dateTime': return this.pick(times)
      case 'binary': return this.pick(['', 'AAAA', 'AP8='])
      case 'propertyPath': return this.pick(paths)
      case 'typeName': return this.pick(['VirtualMachine', 'ManagedEntity', 'Folder', 'Nope', 'VirtualDisk', ''])
      default: return this.pick(strings)
    }
  }
}
