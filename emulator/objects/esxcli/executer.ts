import { HOST_OPTIONS, optionsOf } from '../../physics/options.js'
import type { ReflectManagedMethodExecuterMethods, ReflectManagedMethodExecuterSoapResult } from '../../schema/generated/types.js'
import { requirePrivilege } from '../../services/authorization/check.js'
import type { Query } from '../../services/call.js'
import { Later } from '../../services/call.js'
import { fault, invalidArgument, MethodFault, NotEmulated } from '../../services/method-fault.js'
import { XmlError } from '../../wire/xml.js'
import { defineManagedObject, query, type Definition } from '../define.js'
import { argumentsOf } from './arguments.js'
import { commandNamed, handlerId } from './catalogue.js'
import { CLI_INFO, cliInfoXml } from './cli-info.js'
import { hostBehind } from './host-call.js'
import type { Seat } from './model.js'
import { answerXml, document, element, readValues } from './nested-xml.js'
import { runCommand } from './run.js'

type Args = ReflectManagedMethodExecuterMethods['ExecuteSoap']['args']
type Result = ReflectManagedMethodExecuterSoapResult

/** A host that runs no commands for others (network-security.md 12.3). */
const DISABLED = 'Config.HostAgent.plugins.solo.disableRemoteEsxcli'

/**
 * ReflectManagedMethodExecuter: runs a method that is given as text, on the host or through its vCenter
 * (operations.md 1). What a command refuses comes back in the result; only what is wrong with the
 * request as such is a fault of ExecuteSoap.
 */
export const managedMethodExecuter: Definition = defineManagedObject('ReflectManagedMethodExecuter', {
  methods: { ExecuteSoap: query(executeSoap, 'methods of other objects than those of esxcli') },
})

/**
 * ExecuteSoap.
 * @throws NoPermission without Host.Cim.CimInteraction; InvalidArgument naming `version` or `argument`;
 * NotSupported where the host's option refuses esxcli; HostNotConnected or HostNotReachable on a vCenter
 */
function executeSoap(call: Query, { moid, version, method, argument = [] }: Args): Result | Later {
  const seat = seatOf(call)
  if (!/^urn:(vim25|reflect)\/\d+(\.\d+)*$/.test(version)) throw invalidArgument('version')
  const given = new Map(argument.map(({ name, val }) => [name, valuesOf(val)]))
  if (moid === CLI_INFO.id) return answered(() => infoOf(seat, method, given))
  const path = method.replace(/^vim\.EsxCLI\./, '')
  const found = path === method ? undefined : commandNamed(path)
  if (found === undefined || moid !== handlerId(found.namespace.name)) return refused(fault('NotFound'))
  const { command } = found
  const run = (): unknown => runCommand(seat, path, command, argumentsOf(command.params, given))
  return settle(run, value => answerXml(path, command.result, value))
}

function seatOf(call: Query): Seat {
  const { system, node } = hostBehind(call)
  requirePrivilege(call, system, 'Host.Cim.CimInteraction')
  if (call.client.local !== true && optionsOf(call.reader, node.name, HOST_OPTIONS).get(DISABLED) === true) throw fault('NotSupported')
  return { host: node, reader: call.reader, call }
}

function valuesOf(val: string): readonly string[] {
  try {
    return readValues(val)
  } catch (error) {
    if (error instanceof XmlError) throw invalidArgument('argument')
    throw error
  }
}

function infoOf({ host }: Seat, method: string, given: ReadonlyMap<string, readonly string[]>): string {
  if (method !== `${CLI_INFO.type}.${CLI_INFO.method}`) throw fault('NotFound')
  const info = cliInfoXml(given.get('typeName')?.[0] ?? '', host.product.version)
  if (info === undefined) throw fault('NotFound')
  return info
}

/** The answer of what is run now, or of what a task of the host gives later. */
function settle(run: () => unknown, xml: (value: unknown) => string): Result | Later {
  let later: Later | undefined
  const now = answered(() => {
    const value = run()
    if (!(value instanceof Later)) return xml(value)
    later = value
    return ''
  })
  if (later === undefined) return now
  const { start } = later
  return new Later((done, failed) => start(
    value => done(answered(() => xml(value))),
    error => error instanceof MethodFault ? done(refused(error)) : failed(error),
  ))
}

function answered(make: () => string): Result {
  try {
    return { response: make() }
  } catch (error) {
    // A command's own refusals are of other types: this one is about the request's form.
    if (!(error instanceof MethodFault) || error instanceof NotEmulated || error.type === 'InvalidArgument') throw error
    return refused(error)
  }
}

/** A refusal inside the result: its text, and the fault with its own properties as XML. */
function refused(error: MethodFault): Result {
  const lines = (error.fields['errMsg'] as readonly string[] | undefined) ?? []
  const content = `<fault xsi:type="${error.type}">${lines.map(line => element('errMsg', line)).join('')}</fault>`
    + element('localizedMessage', error.message)
  return { fault: { faultMsg: error.message, faultDetail: document('LocalizedMethodFault', content) } }
}
