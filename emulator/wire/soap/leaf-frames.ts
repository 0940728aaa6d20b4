/** Readers of elements that hold text: scalars, enums and references. */
import type { MoRef } from '../../schema/model.js'
import { wrapAny } from '../any-values.js'
import { parseScalar, type ScalarKind } from '../scalars.js'
import type { XmlElement } from '../xml-model.js'
import { detach, type DecodeContext, type Frame } from './frame.js'

export abstract class LeafFrame implements Frame {
  protected content = ''
  protected readonly offset: number
  private readonly local: string

  constructor(
    protected readonly context: DecodeContext,
    element: XmlElement,
  ) {
    this.offset = element.offset
    this.local = element.local
  }

  child(element: XmlElement): Frame {
    throw this.context.error(`Unexpected element ${element.local}`, element.offset)
  }

  text(value: string): void {
    this.content = this.content === '' ? value : this.content + value
  }

  take(): void {}

  abstract end(): unknown

  protected reject(type: string): never {
    const shown = this.content.length > 64 ? `${this.content.slice(0, 64)}...` : this.content
    const message = `Value "${shown}" of ${this.local} is not a valid ${type}`
    throw this.context.error(message, this.offset)
  }
}

/** A value of a scalar kind. */
export class ScalarFrame extends LeafFrame {
  constructor(
    context: DecodeContext,
    private readonly kind: ScalarKind,
    element: XmlElement,
  ) {
    super(context, element)
  }

  end(): unknown {
    const value = parseScalar(this.kind, this.content)
    if (value === undefined) this.reject(this.kind)
    return typeof value === 'string' ? detach(value) : value
  }
}

/** A literal, which the enum must have. */
export class EnumFrame extends LeafFrame {
  constructor(
    context: DecodeContext,
    private readonly name: string,
    element: XmlElement,
  ) {
    super(context, element)
  }

  end(): string {
    const literal = this.content.trim()
    const values = this.context.enum(this.name)?.values
    const at = values?.indexOf(literal) ?? -1
    return values?.[at] ?? this.reject(this.name)
  }
}

/** `<host type="HostSystem">host-16</host>`; `xsi:type` and `serverGuid` are ignored. */
export class MoRefFrame extends LeafFrame {
  private readonly type: string | undefined

  constructor(
    context: DecodeContext,
    private readonly declared: string,
    element: XmlElement,
  ) {
    super(context, element)
    this.type = element.attribute('type')?.trim()
  }

  end(): MoRef {
    const value = this.content.trim()
    if (value === '') {
      throw this.context.error('Managed object reference without a value', this.offset)
    }
    return { type: this.checkedType(), value: detach(value) }
  }

  private checkedType(): string {
    const { type, declared } = this
    const { schema, namespace } = this.context
    if (type === undefined) return declared
    const found = schema.managed(type, namespace) ?? schema.managed(type)
    if (found === undefined) throw this.context.error(`Unknown managed type "${type}"`, this.offset)
    const name = found.name
    if (declared === 'ManagedObject' || declared === '' || name === declared) return name
    if (schema.isA(name, declared) || schema.isA(declared, name)) return name
    throw this.context.error(`Reference to a ${name} where a ${declared} is expected`, this.offset)
  }
}

/** A scalar or enum of an any slot, put into the form decision 0002 gives it there. */
export class WrapFrame implements Frame {
  constructor(
    private readonly inner: LeafFrame,
    private readonly type: string,
  ) {}

  child(element: XmlElement): Frame {
    return this.inner.child(element)
  }

  text(value: string): void {
    this.inner.text(value)
  }

  take(): void {}

  end(): unknown {
    return wrapAny(this.type, this.inner.end())
  }
}
