import type { ManagedTypeName, MethodArgs, MethodName, Props } from '../schema/generated/types.js'
import type { Call, Query, VirtualProperty } from '../services/call.js'
import type { TaskJob } from '../services/tasks.js'
import type { Reader, Slot, StoredRecord } from '../world/records.js'

/** Arguments as the decoder gives them, by parameter name; absent when the client left them out. */
export type Args = Readonly<Record<string, unknown>>

/** Behaviour of one method. A plain function is a handler that runs inside a transaction. */
export interface Method<A = Args> {
  readonly mode: 'change' | 'query'
  readonly run: (call: never, args: A) => unknown
  /** What is not emulated, for the coverage page; undefined: all of it is. */
  readonly partial?: string | undefined
}

export type ChangeHandler<A> = (call: Call, args: A) => unknown
export type QueryHandler<A> = (call: Query, args: A) => unknown

/** A method whose handler only reads, or waits: no transaction is opened for it. */
export function query<A = Args>(run: QueryHandler<A>, partial?: string): Method<A> {
  return { mode: 'query', run: run as Method<A>['run'], partial }
}

/** A method whose handler may change the world. */
export function change<A = Args>(run: ChangeHandler<A>): Method<A> {
  return { mode: 'change', run: run as Method<A>['run'] }
}

/** A method that leaves something out; `note` says what, in the words of the coverage page. */
export function partial<A = Args>(run: ChangeHandler<A>, note: string): Method<A> {
  return { mode: 'change', run: run as Method<A>['run'], partial: note }
}

/** Behaviour of a managed object type: a table from API names to functions. */
export interface Definition {
  readonly type: string
  /** By WSDL method name. Methods of ancestors are inherited (design.md 13 A). */
  readonly methods: Readonly<Record<string, Method<never>>>
  /** Properties computed at each read, for the reader: they are not stored. */
  readonly virtual: Readonly<Record<string, VirtualProperty>>
  /** Work of this type's tasks by kind (`vm.powerOn`), see `services/tasks.ts`. */
  readonly jobs: Readonly<Record<string, TaskJob>>
  /**
   * Recomputes the properties that repeat others (`summary.*`); pure. Runs on every record of
   * exactly this type that was written, before the commit.
   */
  readonly derive?: (record: StoredRecord, slot: Slot, reader: Reader) => StoredRecord
}

/** A handler or a method for each of the type's methods, own and inherited. */
type MethodTable<T extends ManagedTypeName> = {
  readonly [M in MethodName<T>]?: ChangeHandler<MethodArgs<T, M>> | Method<MethodArgs<T, M>>
}

/**
 * Defines the behaviour of a type. A misspelt method or argument does not compile: both come from
 * the generated tables.
 */
export function defineManagedObject<T extends ManagedTypeName>(
  type: T,
  definition: {
    methods?: MethodTable<T>
    virtual?: { readonly [P in keyof Props<T>]?: VirtualProperty }
    jobs?: Record<string, TaskJob>
    derive?: (record: StoredRecord, slot: Slot, reader: Reader) => StoredRecord
  },
): Definition {
  const methods: Record<string, Method<never>> = {}
  for (const [name, method] of Object.entries(definition.methods ?? {})) {
    const given = method as Method<never> | ChangeHandler<never>
    methods[name] = typeof given === 'function' ? change(given) : given
  }
  return {
    type,
    methods,
    virtual: (definition.virtual ?? {}) as Record<string, VirtualProperty>,
    jobs: definition.jobs ?? {},
    ...(definition.derive === undefined ? {} : { derive: definition.derive }),
  }
}
