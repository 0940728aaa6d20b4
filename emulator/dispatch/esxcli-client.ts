import { CLI_INFO } from '../objects/esxcli/cli-info.js'
import { readNested, element, type Node } from '../objects/esxcli/nested-xml.js'
import { reflectorOf } from '../inventory/host-managers.js'
import type {
  DynamicTypeMgrAllTypeInfo, DynamicTypeMgrMoInstance, ReflectManagedMethodExecuterSoapResult,
} from '../schema/generated/types.js'
import type { Later } from '../services/call.js'
import type { MoRef } from '../schema/model.js'
import type { NodeInfo } from '../services/nodes.js'
import type { Invoker } from './hold.js'
import type { Gate, Outcome } from './invoke.js'
import type { CallOrigin } from './session-calls.js'

/** An option of a command, as the host tells it. */
export interface CliParam {
  /** On the wire: `rulesetid`. */
  readonly name: string
  /** `ruleset-id` */
  readonly option: string
  readonly help: string
  /** `-r`, `--ruleset-id` */
  readonly aliases: readonly string[]
  /** It takes no value. */
  readonly flag: boolean
  readonly required: boolean
  /** `string`, `boolean`, `long`, `string[]` */
  readonly type: string
}

export interface CliCommand {
  readonly name: string
  readonly help: string
  readonly params: readonly CliParam[]
  /** `formatter`, `fields:Ruleset`, `header:Ruleset` … (operations.md 1). */
  readonly hints: ReadonlyMap<string, string>
  /** Types of the fields of the answer (`string`, `long`, `boolean`, `string[]`, …), by data type and field. */
  readonly fields: ReadonlyMap<string, ReadonlyMap<string, string>>
}

export interface CliNamespace {
  /** `network.firewall` */
  readonly name: string
  readonly help: string
  readonly commands: readonly CliCommand[]
}

/** A data object of an answer: the name of its type and its fields by their names on the wire. */
export interface CliRow {
  readonly type: string
  readonly fields: ReadonlyMap<string, readonly (string | CliRow)[]>
}

/** What a command answers. */
export type CliAnswer =
  | { readonly kind: 'value', readonly type: 'string' | 'boolean' | 'long', readonly text: string }
  | { readonly kind: 'object', readonly row: CliRow }
  | { readonly kind: 'rows', readonly rows: readonly CliRow[] }
  /** `type` is the MethodFault's; `lines` are what a client prints. */
  | { readonly kind: 'fault', readonly type: string, readonly lines: readonly string[] }

/** A command that the host has begun. */
export interface CliPending {
  readonly later: Later
  /** The answer from what `later` gives. */
  read(value: unknown): CliAnswer
}

/**
 * esxcli as a program of a host: a client of that host's managed objects like any other, by the same
 * gate. What only concerns clients from outside does not concern it.
 */
export class EsxcliClient {
  readonly #gate: Invoker & Pick<Gate, 'services'>
  readonly #node: NodeInfo
  readonly #cookie: string
  readonly #origin: CallOrigin

  /** `cookie` is that of a session at the host (`openSession`). */
  constructor(gate: Invoker & Pick<Gate, 'services'>, node: NodeInfo, cookie: string, origin: CallOrigin) {
    this.#gate = gate
    this.#node = node
    this.#cookie = cookie
    this.#origin = { opId: origin.opId, client: { ...origin.client, local: true } }
  }

  /** Names of all namespaces that have commands: `network.firewall`. */
  namespaces(): readonly string[] {
    const found = this.#now('InternalDynamicTypeManager', 'DynamicTypeMgrQueryMoInstances', {
      filterSpec: { _typeName: 'DynamicTypeMgrMoFilterSpec', typeSubstr: PREFIX },
    }) as readonly DynamicTypeMgrMoInstance[]
    return found.map(({ moType }) => moType.slice(PREFIX.length))
  }

  /** The commands of a namespace; undefined: it has none, or there is no such namespace. */
  describe(namespace: string): CliNamespace | undefined {
    const name = `${PREFIX}${namespace}`
    const info = this.#now('ReflectManagedMethodExecuter', 'ExecuteSoap', {
      moid: CLI_INFO.id, version: VERSION, method: `${CLI_INFO.type}.${CLI_INFO.method}`,
      argument: [{ name: 'typeName', val: element('typeName', name) }],
    }) as ReflectManagedMethodExecuterSoapResult
    if (info.response === undefined) return undefined
    const types = this.#now('InternalDynamicTypeManager', 'DynamicTypeMgrQueryTypeInfo', {
      filterSpec: { _typeName: 'DynamicTypeMgrTypeFilterSpec', typeSubstr: name },
    }) as DynamicTypeMgrAllTypeInfo
    return namespaceOf(readNested(info.response), types, name)
  }

  /** Runs a command with values by parameter name; resolves when the host has done it. */
  async run(namespace: string, command: string, values: ReadonlyMap<string, readonly string[]>): Promise<CliAnswer> {
    const answer = this.begin(namespace, command, values)
    if ('kind' in answer) return answer
    return new Promise((resolve, reject) => { answer.later.start(value => resolve(answer.read(value)), reject) })
  }

  /** The same for who must not wait: the answer, or what to wait for and how to read it. */
  begin(namespace: string, command: string, values: ReadonlyMap<string, readonly string[]>): CliAnswer | CliPending {
    const path = `${namespace}.${command}`
    const outcome = this.#invoke('ReflectManagedMethodExecuter', 'ExecuteSoap', {
      moid: `ha-cli-handler-${namespace.replaceAll('.', '-')}`, version: VERSION, method: `${PREFIX}${path}`,
      argument: [...values].map(([name, each]) => ({ name, val: each.map(value => element(name, value)).join('') })),
    })
    if (outcome.kind !== 'later') return answerOf(path, outcome)
    return { later: outcome.later, read: value => answerOf(path, { kind: 'result', value }) }
  }

  #now(type: Reflector, method: string, args: Record<string, unknown>): unknown {
    const outcome = this.#invoke(type, method, args)
    if (outcome.kind === 'fault') throw outcome.fault
    if (outcome.kind === 'later') throw new Error(`${method} waits`)
    return outcome.value
  }

  #invoke(type: Reflector, method: string, args: Record<string, unknown>): Outcome {
    const { schema } = this.#gate.services
    const self: MoRef = reflectorOf('ha-host', type)
    return this.#gate.invoke(this.#node, {
      self, method: schema.method(type, method)!, args, cookie: this.#cookie,
      version: schema.versions.newest('vim25'), ...this.#origin,
    })
  }
}

type Reflector = 'ReflectManagedMethodExecuter' | 'InternalDynamicTypeManager'

const PREFIX = 'vim.EsxCLI.'
const VERSION = 'urn:vim25/5.0'

function namespaceOf(info: Node, types: DynamicTypeMgrAllTypeInfo, typeName: string): CliNamespace {
  const methods = types.managedTypeInfo?.find(({ name }) => name === typeName)?.method ?? []
  return {
    name: textIn(info, 'name'), help: textIn(info, 'help'),
    commands: nodesIn(info, 'method').map(method => {
      const name = textIn(method, 'name')
      const params = methods.find(each => each.name === name)?.paramTypeInfo ?? []
      return {
        name, help: textIn(method, 'help'),
        fields: fieldsOf(types, `${typeName}.${name}.`),
        hints: new Map(nodesIn(method, 'hints').map(hint => [textIn(hint, 'key'), textIn(hint, 'value')])),
        params: nodesIn(method, 'param').map(param => {
          const found = params.find(each => each.name === textIn(param, 'name'))
          return {
            name: textIn(param, 'name'), option: textIn(param, 'displayName'), help: textIn(param, 'help'),
            aliases: nodesIn(param, 'aliases').map(({ text }) => text), flag: textIn(param, 'flag') === 'true',
            required: found?.annotation?.some(each => each.name === 'optional') !== true, type: found?.type ?? 'string',
          }
        }),
      }
    }),
  }
}

function fieldsOf({ dataTypeInfo = [] }: DynamicTypeMgrAllTypeInfo, prefix: string): CliCommand['fields'] {
  return new Map(dataTypeInfo.filter(({ name }) => name.startsWith(prefix)).map(({ name, property = [] }) =>
    [name.slice(prefix.length), new Map(property.map(each => [each.name, each.type]))]))
}

function answerOf(path: string, outcome: Exclude<Outcome, { kind: 'later' }>): CliAnswer {
  if (outcome.kind === 'fault') return { kind: 'fault', type: outcome.fault.type, lines: [outcome.fault.message] }
  const { response, fault } = outcome.value as ReflectManagedMethodExecuterSoapResult
  if (fault !== undefined) {
    const detail = nodesIn(readNested(fault.faultDetail!), 'fault')[0]!
    const lines = nodesIn(detail, 'errMsg').map(({ text }) => text)
    return { kind: 'fault', type: detail.type, lines: lines.length === 0 ? [fault.faultMsg] : lines }
  }
  const root = readNested(response!)
  if (root.type === 'ArrayOfDataObject') return { kind: 'rows', rows: root.children.map(child => rowOf(path, child)) }
  if (root.type === 'string' || root.type === 'boolean' || root.type === 'long') {
    return { kind: 'value', type: root.type, text: root.text }
  }
  return { kind: 'object', row: rowOf(path, root) }
}

function rowOf(path: string, node: Node): CliRow {
  const fields = new Map<string, (string | CliRow)[]>()
  for (const child of node.children) {
    const value = child.type === '' ? child.text : rowOf(path, child)
    fields.set(child.name, [...fields.get(child.name) ?? [], value])
  }
  return { type: node.type.slice(`VimEsxCLI${path.replaceAll('.', '')}`.length), fields }
}

function nodesIn(node: Node, name: string): Node[] {
  return node.children.filter(child => child.name === name)
}

function textIn(node: Node, name: string): string {
  return nodesIn(node, name)[0]?.text ?? ''
}
