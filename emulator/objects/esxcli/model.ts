import type { NodeInfo } from '../../services/nodes.js'
import type { Query } from '../../services/call.js'
import type { Reader } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'

/** Type of a parameter, as the host's type information names it. */
export type ParamType = 'string' | 'boolean' | 'long' | 'string[]'

/** A parameter of a command; its key in the command's table is the long option without dashes in front. */
export interface Param {
  readonly type: ParamType
  readonly required: boolean
  /** `-r`; undefined: there is only the long form. */
  readonly short: string | undefined
  readonly help: string
  /** Words that the command takes; undefined: any. */
  readonly among?: readonly string[]
  /** Numbers that the command takes. */
  readonly range?: readonly [number, number]
  /** An option without a value: it is there or it is not. */
  readonly flag?: boolean
  /** No log shows its value. */
  readonly secret?: boolean
}

export type Params = Readonly<Record<string, Param>>

/** A data object inside a row, or several of it. */
export interface Struct {
  readonly type: string
  readonly fields: Fields
  readonly many?: boolean
}

export type FieldType = ParamType | Struct

/** Columns by title in the order in which they are shown; on the wire a title has no spaces. */
export type Fields = Readonly<Record<string, FieldType>>

export type Scalar = 'string' | 'boolean' | 'long'

interface Shown {
  readonly type: string
  readonly fields: Fields
  /** The first version of the product that shows a column, by title; the others are in all versions. */
  readonly since: Readonly<Record<string, string>>
}

/** What a command gives: one value, one data object, or rows of one type. */
export type Result =
  | { readonly kind: 'scalar', readonly type: Scalar }
  | Shown & { readonly kind: 'object' }
  | Shown & { readonly kind: 'rows' }

export type Row = Readonly<Record<string, unknown>>

/** Values by parameter key. */
export type Given = Readonly<Record<string, unknown>>

/** Where a command runs: always on the host itself, whoever asked. */
export interface Seat {
  readonly host: NodeInfo
  readonly reader: Reader
  /** The call that brought the command, on the host or on its vCenter. */
  readonly call: Query
}

/** The seat of a command that changes something. */
export interface ChangeSeat extends Seat {
  readonly tx: Transaction
}

/** A command of esxcli: what clients are told of it, and what it does. */
export interface Command {
  readonly help: string
  readonly params: Params
  readonly result: Result
  /** How the answer is shown: `header`, `show-header`, `table-columns` … beside what follows from `result`. */
  readonly hints: Readonly<Record<string, string>>
  readonly changes: boolean
  /** Gives a scalar, a Row or Rows as `result` says; a `Wait` when the host needs time for it. */
  readonly run: (seat: never, given: never) => unknown
}

/** Commands of one namespace by name; the help says what the namespace is about. */
export interface Namespace {
  /** `network.firewall.ruleset` */
  readonly name: string
  readonly help: string
  readonly commands: Readonly<Record<string, Command>>
}

/** The command ends when a task of the host has ended, and faults as the task does. */
export class Wait {
  readonly task: string
  readonly value: unknown

  constructor(task: string, value: unknown) {
    this.task = task
    this.value = value
  }
}
