import { listOf } from '../../clients/sdk/soap-client.js'
import type { Ref } from '../../clients/sdk/soap-xml.js'
import { element, readNested, type Node } from '../../emulator/objects/esxcli/nested-xml.js'
import type { Door, Fields } from './door.js'

/** A row of an answer by names of fields; lists stay lists, rows inside rows are rows. */
export interface CliRow {
  readonly [field: string]: string | readonly string[] | CliRow
}

/** A refusal that came inside the result. */
export interface CliFault {
  readonly type: string
  readonly errMsg: readonly string[]
  readonly faultMsg: string
}

/** esxcli over SOAP, as the public clients do it (operations.md 1). */
export class Esxcli {
  readonly #door: Door
  readonly executer: Ref
  readonly types: Ref

  constructor(door: Door, executer: Ref, types: Ref) {
    this.#door = door
    this.executer = executer
    this.types = types
  }

  /** On the host itself, or on a vCenter for a host that it manages. */
  static async open(door: Door, host?: string): Promise<Esxcli> {
    const self = host === undefined ? { type: 'HostSystem', value: 'ha-host' } : await door.named('HostSystem', host)
    return new Esxcli(door, await door.call(self, 'RetrieveManagedMethodExecuter') as Ref,
      await door.call(self, 'RetrieveDynamicTypeManager') as Ref)
  }

  /** `network firewall get`, with options by their names on the wire. */
  async raw(command: string, options: Readonly<Record<string, string | readonly string[]>> = {}): Promise<Fields> {
    const words = command.split(' ')
    return await this.#door.call(this.executer, 'ExecuteSoap', {
      moid: `ha-cli-handler-${words.slice(0, -1).join('-')}`, version: 'urn:vim25/5.0', method: `vim.EsxCLI.${words.join('.')}`,
      argument: Object.entries(options).map(([name, value]) => ({
        name, val: [value].flat().map(each => element(name, each)).join(''),
      })),
    }) as Fields
  }

  /** The answer's document. */
  async answer(command: string, options: Readonly<Record<string, string | readonly string[]>> = {}): Promise<Node> {
    const result = await this.raw(command, options)
    if (result['response'] === undefined) throw new Error(`${command}: ${JSON.stringify(result)}`)
    return readNested(result['response'] as string)
  }

  async rows(command: string, options: Readonly<Record<string, string>> = {}): Promise<CliRow[]> {
    return (await this.answer(command, options)).children.map(rowOf)
  }

  /** The one row with a value in a field. */
  async row(command: string, field: string, value: string): Promise<CliRow> {
    const rows = await this.rows(command)
    const found = rows.find(each => each[field] === value)
    if (found === undefined) throw new Error(`no row ${field}=${value} in ${JSON.stringify(rows)}`)
    return found
  }

  async object(command: string, options: Readonly<Record<string, string>> = {}): Promise<CliRow> {
    return rowOf(await this.answer(command, options))
  }

  async value(command: string, options: Readonly<Record<string, string | readonly string[]>> = {}): Promise<string> {
    return (await this.answer(command, options)).text
  }

  async fault(command: string, options: Readonly<Record<string, string>> = {}): Promise<CliFault> {
    const fault = (await this.raw(command, options))['fault'] as Fields | undefined
    if (fault === undefined) throw new Error(`${command} was not refused`)
    const detail = readNested(fault['faultDetail'] as string)
    const inside = detail.children.find(child => child.name === 'fault')!
    return { type: inside.type, errMsg: inside.children.map(child => child.text), faultMsg: fault['faultMsg'] as string }
  }

  /** What a client is told of a namespace; undefined: NotFound. */
  async info(namespace: string): Promise<Node | undefined> {
    const result = await this.#door.call(this.executer, 'ExecuteSoap', {
      moid: 'ha-dynamic-type-manager-local-cli-cliinfo', version: 'urn:vim25/5.0', method: 'vim.CLIInfo.FetchCLIInfo',
      argument: [{ name: 'typeName', val: element('typeName', `vim.EsxCLI.${namespace}`) }],
    }) as Fields
    return result['response'] === undefined ? undefined : readNested(result['response'] as string)
  }

  /** Ids and types of the objects that have commands. */
  async instances(): Promise<{ id: string, moType: string }[]> {
    const found = await this.#door.soap.callAll(this.types, 'DynamicTypeMgrQueryMoInstances')
    return listOf<Fields>(found as never) as never
  }
}

function rowOf(node: Node): CliRow {
  const row: Record<string, string | string[] | CliRow> = {}
  for (const child of node.children) {
    const value = child.children.length > 0 ? rowOf(child) : child.text
    const before = row[child.name]
    row[child.name] = before === undefined ? value : [before, value].flat() as string[]
  }
  return row
}

/** Names and texts of a node's children. */
export function textsOf(node: Node, name: string): string[] {
  return node.children.filter(child => child.name === name).map(child => child.text)
}
