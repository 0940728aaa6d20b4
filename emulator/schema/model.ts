/**
 * What a look-up in the vSphere type tables answers. Data only: the tables are generated
 * (`schema/generated/`), the look-ups live in `schema/schema.ts`.
 *
 * Names are WSDL names (`VirtualMachine`, `PowerOnVM_Task`), as on the wire.
 */

/** Position in the ordered list of API versions of one namespace; 0 is the oldest. */
export type VersionIndex = number

/** A sister API, named by the last part of its XML namespace (`urn:vim25`). */
export type Namespace = 'vim25' | 'pbm' | 'sms' | 'eam' | 'vslm' | 'vsan'

/**
 * How a value travels. `data` is a data object, `moref` a managed object reference, `any` a slot
 * of type xsd:anyType. `typeName`, `methodName` and `propertyPath` are strings on the wire.
 */
export type ValueKind =
  | 'boolean' | 'byte' | 'short' | 'int' | 'long' | 'float' | 'double'
  | 'string' | 'dateTime' | 'binary' | 'anyURI'
  | 'typeName' | 'methodName' | 'propertyPath'
  | 'any' | 'moref' | 'data' | 'enum'

/** The type of a property, a parameter or a result. */
export interface TypeRef {
  readonly kind: ValueKind
  /** WSDL name: `string`, `HostSystem`, `VirtualDevice`; for `moref` the declared managed type. */
  readonly name: string
  readonly array: boolean
}

/** A property of a data type or of a managed type, or a parameter of a method. */
export interface PropertyInfo extends TypeRef {
  /** The property's own name on the wire; `name` above is its type. */
  readonly property: string
  readonly optional: boolean
  readonly since: VersionIndex
  /** Privilege to read the property, or that the call needs on the referenced parameter object. */
  readonly privilege?: string | undefined
}

export interface DataTypeInfo {
  readonly kind: 'data'
  readonly name: string
  readonly namespace: Namespace
  readonly base: DataTypeInfo | undefined
  readonly since: VersionIndex
  /** All properties in wire order: base type first, then own. */
  readonly properties: readonly PropertyInfo[]
  /** True for MethodFault, RuntimeFault and everything below them. */
  readonly isFault: boolean
  /** True when some other type extends this one, so a slot of it may hold a subtype. */
  readonly hasSubtypes: boolean
}

export interface EnumInfo {
  readonly kind: 'enum'
  readonly name: string
  readonly namespace: Namespace
  readonly since: VersionIndex
  readonly values: readonly string[]
  /** Since-version of literals that came after the enum itself; from patches.json. */
  readonly valueSince: ReadonlyMap<string, VersionIndex>
}

export interface MethodInfo {
  readonly kind: 'method'
  /** WSDL name, as in the request body. */
  readonly name: string
  /** VMODL name, as in task descriptionIds: `powerOn` of `VirtualMachine.powerOn`. */
  readonly vmodlName: string
  readonly owner: string
  readonly namespace: Namespace
  readonly since: VersionIndex
  readonly params: readonly PropertyInfo[]
  /** Undefined for void. For a `_Task` method it is the moref of the Task. */
  readonly result: (TypeRef & { readonly optional: boolean }) | undefined
  /** For a `_Task` method, the type that `Task.info.result` carries; undefined for void. */
  readonly taskResult: TypeRef | undefined
  readonly isTask: boolean
  /** Privilege needed on the object itself; undefined: no check on the object. */
  readonly privilege: string | undefined
  /** WSDL names of the declared MethodFaults. */
  readonly faults: readonly string[]
}

export interface ManagedTypeInfo {
  readonly kind: 'managed'
  readonly name: string
  readonly namespace: Namespace
  /** `vim.VirtualMachine`: used in fault texts and event arguments. */
  readonly vmodlName: string
  readonly base: ManagedTypeInfo | undefined
  readonly since: VersionIndex
  /** All managed properties, inherited first. */
  readonly properties: readonly PropertyInfo[]
  /** Own methods only; use `Schema.method(type, name)` to search the ancestors too. */
  readonly ownMethods: readonly MethodInfo[]
}

export type TypeInfo = DataTypeInfo | EnumInfo | ManagedTypeInfo

/**
 * The tables of every namespace, read lazily: asking for a type builds that type only.
 * Implemented by `loadSchema()` in `schema/schema.ts`.
 */
export interface Schema {
  /** Data type, enum or managed type by WSDL name; undefined if there is none. vim25 wins. */
  type(name: string, namespace?: Namespace): TypeInfo | undefined
  data(name: string, namespace?: Namespace): DataTypeInfo | undefined
  managed(name: string, namespace?: Namespace): ManagedTypeInfo | undefined
  enum(name: string, namespace?: Namespace): EnumInfo | undefined
  /** A method of a managed type or of its ancestors. */
  method(managedType: string, method: string, namespace?: Namespace): MethodInfo | undefined
  /** Every method of that WSDL name anywhere in the namespace (to tell unknown from misplaced). */
  methodsNamed(method: string, namespace?: Namespace): readonly MethodInfo[]
  /** A managed or data property, inherited ones included; `since` is not checked. */
  property(typeName: string, property: string, namespace?: Namespace): PropertyInfo | undefined
  /** True if `name` is `ancestor` or extends it (data or managed types). */
  isA(name: string, ancestor: string): boolean
  /** The type itself, or its nearest ancestor that exists at `version`. */
  compatible(type: DataTypeInfo, version: VersionIndex): DataTypeInfo
  /** Names of all types of a kind, sorted. */
  names(kind: 'data' | 'enum' | 'managed', namespace?: Namespace): readonly string[]
  /** Names of a type and all that extend it. */
  subtypes(name: string): readonly string[]
  readonly versions: Versions
}

/** API versions of a namespace, oldest first: `versions.list('vim25')` is `2.0, 2.5, …`. */
export interface Versions {
  list(namespace?: Namespace): readonly string[]
  /** Index of a version id such as `8.0.3.0`; undefined if unknown. */
  index(id: string, namespace?: Namespace): VersionIndex | undefined
  newest(namespace?: Namespace): VersionIndex
}

/** Value forms in memory: plain JSON, see `docs/decisions/0002-values-in-memory.md`. */
export interface MoRef {
  readonly type: string
  readonly value: string
}
