import type {
  DynamicTypeMgrAllTypeInfo, DynamicTypeMgrDataTypeInfo, DynamicTypeMgrManagedTypeInfo, DynamicTypeMgrMethodTypeInfo,
  DynamicTypeMgrMoInstance, DynamicTypeMgrPropertyTypeInfo, InternalDynamicTypeManagerMethods,
} from '../../schema/generated/types.js'
import type { Query } from '../../services/call.js'
import { defineManagedObject, query, type Definition } from '../define.js'
import { handlerId, namespaces } from './catalogue.js'
import { CLI_INFO, fieldsAt, sorted } from './cli-info.js'
import { isStruct, wireName, wireParam } from './define.js'
import { hostBehind } from './host-call.js'
import type { Command, Fields, FieldType, Namespace } from './model.js'
import { wsdlName } from './nested-xml.js'

type Args<M extends keyof InternalDynamicTypeManagerMethods> = InternalDynamicTypeManagerMethods[M]['args']

const VERSION = 'vim.version.version5'

/** InternalDynamicTypeManager: the types and objects of a host that no WSDL shows (operations.md 1). */
export const dynamicTypeManager: Definition = defineManagedObject('InternalDynamicTypeManager', {
  methods: {
    DynamicTypeMgrQueryMoInstances: query(queryInstances, 'objects other than those of esxcli'),
    DynamicTypeMgrQueryTypeInfo: query(queryTypes, 'types other than those of esxcli'),
  },
})

/** DynamicTypeMgrQueryMoInstances: the objects that have commands; a filter names an id, or a part of a type. */
function queryInstances(
  call: Query, { filterSpec = {} }: Args<'DynamicTypeMgrQueryMoInstances'>,
): readonly DynamicTypeMgrMoInstance[] {
  hostBehind(call)
  const { id, typeSubstr = '' } = filterSpec as { id?: string, typeSubstr?: string }
  return instances.filter(each => (id === undefined || each.id === id) && each.moType.includes(typeSubstr))
}

const instances: readonly DynamicTypeMgrMoInstance[] = [
  ...namespaces.map(({ name }) => ({ id: handlerId(name), moType: typeName(name) })),
  { id: CLI_INFO.id, moType: CLI_INFO.type },
]

/** DynamicTypeMgrQueryTypeInfo: commands as methods, their rows as data types; a filter names a part of the type. */
function queryTypes(call: Query, { filterSpec = {} }: Args<'DynamicTypeMgrQueryTypeInfo'>): DynamicTypeMgrAllTypeInfo {
  const { node } = hostBehind(call)
  const { typeSubstr = '' } = filterSpec as { typeSubstr?: string }
  const all = typesOf(node.product.version)
  const wanted = ({ name }: { readonly name: string }): boolean => name.includes(typeSubstr)
  return { managedTypeInfo: all.managedTypeInfo!.filter(wanted), dataTypeInfo: all.dataTypeInfo!.filter(wanted) }
}

const byVersion = new Map<string, DynamicTypeMgrAllTypeInfo>()

function typesOf(version: string): DynamicTypeMgrAllTypeInfo {
  let types = byVersion.get(version)
  if (types === undefined) {
    types = {
      managedTypeInfo: namespaces.map(managedType),
      dataTypeInfo: namespaces.flatMap(each => dataTypes(each, version)),
    }
    byVersion.set(version, types)
  }
  return types
}

function managedType({ name, commands }: Namespace): DynamicTypeMgrManagedTypeInfo {
  return {
    name: typeName(name), wsdlName: wsdlName(name), version: VERSION, base: ['vmodl.ManagedObject'],
    method: Object.keys(commands).sort().map(each => methodType(`${name}.${each}`, each, commands[each]!)),
  }
}

function methodType(path: string, name: string, { params, result }: Command): DynamicTypeMgrMethodTypeInfo {
  const type = result.kind === 'scalar' ? result.type
    : `${typeName(path)}.${result.type}${result.kind === 'rows' ? '[]' : ''}`
  return {
    name, wsdlName: wsdlName(path), version: VERSION,
    paramTypeInfo: sorted(params).map(([option, param]) => ({
      name: wireParam(option), version: VERSION, type: param.type, ...optional(!param.required),
    })),
    returnTypeInfo: { name: 'result', version: VERSION, type, ...optional(result.kind === 'rows') },
    fault: ['vim.EsxCLI.CLIFault'],
  }
}

function dataTypes({ name, commands }: Namespace, version: string): DynamicTypeMgrDataTypeInfo[] {
  return Object.keys(commands).sort().flatMap(each => {
    const { result } = commands[each]!
    return result.kind === 'scalar' ? [] : structTypes(`${name}.${each}`, result.type, fieldsAt(result, version))
  })
}

function structTypes(path: string, type: string, fields: Fields): DynamicTypeMgrDataTypeInfo[] {
  const inner = Object.values(fields).flatMap(each => isStruct(each) ? structTypes(path, each.type, each.fields) : [])
  return [{
    name: `${typeName(path)}.${type}`, wsdlName: wsdlName(path, type), version: VERSION, base: ['vmodl.DynamicData'],
    property: Object.entries(fields).map(([title, each]) => property(path, title, each))
      .sort((a, b) => a.name < b.name ? -1 : 1),
  }, ...inner]
}

function property(path: string, title: string, type: FieldType): DynamicTypeMgrPropertyTypeInfo {
  const many = isStruct(type) ? type.many === true : type === 'string[]'
  return {
    name: wireName(title), version: VERSION,
    type: isStruct(type) ? `${typeName(path)}.${type.type}${many ? '[]' : ''}` : type,
    ...optional(many),
  }
}

function optional(yes: boolean): { annotation?: { name: string }[] } {
  return yes ? { annotation: [{ name: 'optional' }] } : {}
}

/** `vim.EsxCLI.network.firewall` */
function typeName(name: string): string {
  return `vim.EsxCLI.${name}`
}
