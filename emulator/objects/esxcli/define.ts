import { fault, type MethodFault } from '../../services/method-fault.js'
import type {
  ChangeSeat, Command, FieldType, Fields, Namespace, Param, Params, ParamType, Scalar, Seat, Struct, Wait,
} from './model.js'

type ValueOf<T> = T extends 'string' ? string : T extends 'boolean' ? boolean : T extends 'long' ? number
  : T extends 'string[]' ? readonly string[]
    : T extends Struct ? T['many'] extends true ? readonly RowOf<T['fields']>[] : RowOf<T['fields']> : never

/** A row with all columns of a table; undefined where a column has no value. */
export type RowOf<F extends Fields> = { readonly [K in keyof F]: ValueOf<F[K]> | undefined }

/** Arguments as the parameters say: what is not required may be undefined. */
type ArgsOf<P extends Params> = {
  readonly [K in keyof P]: P[K]['required'] extends true ? ValueOf<P[K]['type']> : ValueOf<P[K]['type']> | undefined
}

type More = Partial<Pick<Param, 'among' | 'range' | 'flag' | 'secret'>>

type Spelled<T extends ParamType, R extends boolean> = Param & { readonly type: T, readonly required: R }

function spelled<T extends ParamType, R extends boolean>(type: T, required: R) {
  return (short: string | undefined, help: string, more: More = {}): Spelled<T, R> =>
    ({ type, required, short, help, ...more })
}

/** Makers of parameters that must be given. */
export const need = {
  text: spelled('string', true), number: spelled('long', true), truth: spelled('boolean', true), list: spelled('string[]', true),
} as const

/** Makers of parameters that may be left out; a `flag` takes no value. */
export const may = {
  text: spelled('string', false), number: spelled('long', false), truth: spelled('boolean', false),
  list: spelled('string[]', false),
  flag: (short: string | undefined, help: string): Spelled<'boolean', false> =>
    ({ type: 'boolean', required: false, short, help, flag: true }),
} as const

interface Spec<P extends Params> {
  readonly help: string
  readonly params?: P
  readonly hints?: Readonly<Record<string, string>>
  readonly since?: Readonly<Record<string, string>>
}

/** A command that shows rows of a table; `table: false` shows them in blocks, each under its header. */
export function rows<const F extends Fields, const P extends Params = Record<never, never>>(
  type: string, fields: F, spec: Spec<P> & {
    readonly table?: boolean
    readonly run: (seat: Seat, given: ArgsOf<P>) => readonly RowOf<F>[]
  },
): Command {
  const { help, params = {}, hints = {}, since = {}, table = true, run } = spec
  return {
    help, params, result: { kind: 'rows', type, fields, since }, changes: false, run: run as Command['run'],
    hints: { formatter: table ? 'table' : 'simple', ...hints },
  }
}

/** A command that shows one data object. */
export function object<const F extends Fields, const P extends Params = Record<never, never>>(
  type: string, fields: F, spec: Spec<P> & { readonly run: (seat: Seat, given: ArgsOf<P>) => RowOf<F> },
): Command {
  const { help, params = {}, hints = {}, since = {}, run } = spec
  return {
    help, params, result: { kind: 'object', type, fields, since }, changes: false, run: run as Command['run'],
    hints: { formatter: 'simple', ...hints },
  }
}

/** A command that shows one value. */
export function scalar<T extends Scalar, const P extends Params = Record<never, never>>(
  type: T, spec: Spec<P> & { readonly run: (seat: Seat, given: ArgsOf<P>) => ValueOf<T> },
): Command {
  const { help, params = {}, hints = {}, run } = spec
  return {
    help, params, result: { kind: 'scalar', type }, changes: false, run: run as Command['run'],
    hints: { formatter: 'simple', ...hints },
  }
}

/** A command that changes something: the answer is `true`, and a shell shows nothing. */
export function action<const P extends Params = Record<never, never>>(
  spec: Spec<P> & { readonly run: (seat: ChangeSeat, given: ArgsOf<P>) => void | Wait },
): Command {
  const { help, params = {}, hints = {}, run } = spec
  return {
    help, params, result: { kind: 'scalar', type: 'boolean' }, changes: true,
    hints: { formatter: '', ...hints },
    run: ((seat: ChangeSeat, given: ArgsOf<P>) => run(seat, given) ?? true) as Command['run'],
  }
}

export function namespace(name: string, help: string, commands: Namespace['commands']): Namespace {
  return { name, help, commands }
}

/** The fault with which commands refuse: a client prints its lines (operations.md 1). */
export function cliFault(...errMsg: string[]): MethodFault {
  return fault('VimEsxCLICLIFault', { errMsg }, 'EsxCLI.CLIFault.summary')
}

/** A title without spaces and signs: how a field is called on the wire. */
export function wireName(title: string): string {
  return title.replace(/[^A-Za-z0-9]/g, '')
}

/** A long option without its dashes: how a parameter is called on the wire. */
export function wireParam(option: string): string {
  return option.replaceAll('-', '')
}

export function isStruct(type: FieldType): type is Struct {
  return typeof type !== 'string'
}
