import { writeLog } from '../physics/logs/write.js'
import { HOST_OPTIONS } from '../physics/options.js'
import { LogHostError, parseLogHosts } from '../physics/syslog/log-hosts.js'
import { LOG_HOST } from '../physics/syslog/settings.js'
import type {
  ChoiceOption, IntOption, OptionDef, OptionManagerMethods, OptionValue, StringOption,
} from '../schema/generated/types.js'
import { requirePrivilege } from '../services/authorization/check.js'
import type { Call, Query } from '../services/call.js'
import { fault, invalidArgument } from '../services/method-fault.js'
import { oneLine } from '../services/one-line.js'
import type { Reader, Slot } from '../world/records.js'
import { defineManagedObject, query } from './define.js'
import { optionChecks } from './option-checks.js'
import { managedHost } from './truth.js'

type Args<M extends keyof OptionManagerMethods> = OptionManagerMethods[M]['args']

interface Options {
  readonly setting?: readonly OptionValue[]
  readonly supportedOption?: readonly OptionDef[]
}

/** All settings, one by its key, or those under a node (`config.log.`); InvalidName: there is none. */
function queryOptions(call: Query, args: Args<'QueryOptions'>): readonly OptionValue[] {
  const setting = optionsOf(call.reader, call.self).setting ?? []
  const { name } = args
  if (name === undefined || name === '') return setting
  const found = name.endsWith('.')
    ? setting.filter(option => option.key.startsWith(name))
    : setting.filter(option => option.key === name)
  if (found.length === 0) throw fault('InvalidName', { name })
  return found
}

/**
 * Changes settings, all or none. A vCenter takes new keys of its own; a host only those it knows.
 * @throws InvalidName for an unknown key, InvalidArgument naming the key for a value that its type
 * does not take, HostNotReachable when vCenter cannot reach the host.
 */
function updateOptions(call: Call, args: Args<'UpdateOptions'>): void {
  const isVcenter = call.node.kind === 'vcenter' && call.self.address.id === 'VpxSettings'
  requirePrivilege(call, call.self, isVcenter ? 'Global.Settings' : 'Host.Config.AdvancedConfig')
  const { setting = [], supportedOption = [] } = optionsOf(call.tx, call.self)
  const defs = new Map(supportedOption.map(def => [def.key, def]))
  const values = new Map(setting.map(option => [option.key, option]))
  for (const { key, value } of args.changedValue) {
    const def = defs.get(key)
    if (key === '' || (def === undefined && !values.has(key) && !isVcenter)) {
      throw fault('InvalidName', { name: key })
    }
    values.set(key, { key, value: checked(def, key, value, values.get(key)?.value) })
  }
  const changed = [...values.values()].sort((a, b) => a.key < b.key ? -1 : 1)
  const host = hostBehind(call)
  const slot = host === undefined ? call.self : call.tx.find(host, HOST_OPTIONS)!
  const record = call.tx.read(slot)!
  call.tx.replace(slot, { props: { ...record.props, setting: changed }, inner: record.inner })
  if (host !== undefined) showInConfig(call, host, changed)
  logChanges(call, slot, args.changedValue)
}

/** hostd says which settings were given which values (operations.md 3.2 "hostd setting"). */
function logChanges({ tx }: Call, { address: { node, id } }: Slot, changed: readonly OptionValue[]): void {
  if (id !== HOST_OPTIONS && id !== 'HostAgentSettings') return
  for (const { key, value } of changed) {
    const shown = (value as { _value?: unknown } | undefined)?._value ?? value
    writeLog(tx, node, 'hostd', { level: 'info', sub: 'Hostsvc', text: `Set called with key '${key}' value '${oneLine(String(shown))}'` })
  }
}

/** The host whose advanced options these are, on the host itself or on its vCenter. */
function hostBehind(call: Call): string | undefined {
  const { id } = call.self.address
  return id === HOST_OPTIONS || id.startsWith('EsxHostAdvSettings-') ? managedHost(call.tx, call.self) : undefined
}

/** HostConfigInfo.option repeats a host's advanced options; vCenter's record of them follows it. */
function showInConfig(call: Call, hostNode: string, option: readonly OptionValue[]): void {
  const host = call.tx.find(hostNode, 'ha-host')
  const record = host === undefined ? undefined : call.tx.read<{ config?: object }>(host)
  if (host === undefined || record?.props.config === undefined) return
  const config = { ...record.props.config, option }
  call.tx.replace(host, { props: { ...record.props, config }, inner: record.inner } as never)
}

function optionsOf(reader: Reader, self: Slot): Options {
  return reader.read<Options>(self)!.props
}

/** The value in the form that its type has; a number comes as int or long, as the client likes. */
function checked(def: OptionDef | undefined, key: string, value: unknown, before: unknown): unknown {
  const type = def?.optionType as (OptionDef['optionType'] & { _typeName?: string }) | undefined
  if (type?.valueIsReadonly === true) throw invalidArgument(key)
  switch (type?._typeName) {
    case 'BoolOption': return typeof value === 'boolean' ? value : refuse(key)
    case 'IntOption': return inRange(type as unknown as IntOption, key, value)
    case 'LongOption': return asLong(inRange(type as unknown as IntOption, key, value))
    case 'FloatOption': return inRange(type as unknown as IntOption, key, value)
    case 'StringOption': return asText(type as unknown as StringOption, key, value)
    case 'ChoiceOption': return asChoice(type as unknown as ChoiceOption, key, value)
    default: return before === undefined || kindOf(before) === kindOf(value) ? value : refuse(key)
  }
}

function inRange(type: IntOption, key: string, value: unknown): number {
  const number = numberOf(value)
  if (number === undefined || number < type.min || number > type.max) return refuse(key)
  return number
}

function asLong(value: number): unknown {
  return { _typeName: 'long', _value: value }
}

function asText(type: StringOption, key: string, value: unknown): string {
  if (typeof value !== 'string') return refuse(key)
  if (optionChecks[key]?.(value) === false) return refuse(key)
  const allowed = type.validCharacters
  if (allowed !== undefined && [...value].some(character => !allowed.includes(character))) {
    return refuse(key)
  }
  if (key === LOG_HOST) checkLogHosts(key, value)
  return value
}

/** The host would not know where to send its messages. */
function checkLogHosts(key: string, value: string): void {
  try {
    parseLogHosts(value)
  } catch (error) {
    if (!(error instanceof LogHostError)) throw error
    refuse(key)
  }
}

function asChoice(type: ChoiceOption, key: string, value: unknown): string {
  const choice = type.choiceInfo.find(choice => choice.key === value)
  return choice === undefined ? refuse(key) : choice.key
}

function numberOf(value: unknown): number | undefined {
  const inside = typeof value === 'object' && value !== null && '_value' in value
    ? (value as { _value: unknown })._value
    : value
  return typeof inside === 'number' ? inside : undefined
}

function kindOf(value: unknown): string {
  return numberOf(value) === undefined ? typeof value : 'number'
}

function refuse(key: string): never {
  throw invalidArgument(key)
}

/** OptionManager: vCenter's settings, a host agent's settings, a host's advanced options. */
export const optionManager = defineManagedObject('OptionManager', {
  methods: { QueryOptions: query(queryOptions), UpdateOptions: updateOptions },
})
