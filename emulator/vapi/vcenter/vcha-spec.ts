import { canLogIn } from '../../objects/failover-cluster-spec.js'
import type { MoRef } from '../../schema/model.js'
import { bodyOf, wrongInput } from '../operation.js'
import { VapiFault } from '../vapi-error.js'
import type { VcenterCall } from './call.js'

type Fields = Readonly<Record<string, unknown>>

/** A part of the body that is an object. @throws VapiFault invalid_argument when it is missing or something else */
export function part(fields: Fields, name: string): Fields {
  const found = optionalPart(fields, name)
  if (found === undefined) throw wrongInput(name, 'a JSON object')
  return found
}

/** The same for a part that may be left out. */
export function optionalPart(fields: Fields, name: string): Fields | undefined {
  const value = fields[name] ?? undefined
  if (value === undefined) return undefined
  if (typeof value !== 'object' || Array.isArray(value)) throw wrongInput(name, 'a JSON object')
  return value as Fields
}

function text(fields: Fields, name: string): string {
  const value = optionalText(fields, name)
  if (value === undefined) throw wrongInput(name, 'a string')
  return value
}

function optionalText(fields: Fields, name: string): string | undefined {
  const value = fields[name] ?? undefined
  if (value !== undefined && typeof value !== 'string') throw wrongInput(name, 'a string')
  return value
}

/** The body of an operation with one argument `spec`, which /rest wraps. */
export function specOf(call: VcenterCall): Fields {
  const body = bodyOf(call)
  return optionalPart(body, 'spec') ?? body
}

/**
 * The login at the vCenter that manages the nodes' VMs, as ServiceLocator: that of `vc_spec`, or the
 * session's own (API reference, CredentialsSpec).
 * @throws VapiFault unsupported for another vCenter than this one
 */
export function managementOf({ node }: VcenterCall, fields: Fields): Fields {
  const location = optionalPart(fields, 'vc_spec')
  const at = location === undefined ? undefined : part(location, 'active_location')
  const host = at === undefined ? node.hostName : text(at, 'hostname')
  if (![node.hostName, node.address, node.name].includes(host)) {
    throw new VapiFault('unsupported', 'com.fauxsphere.vcha.management', `fauxsphere does not emulate another management vCenter: ${host}.`)
  }
  const username = at === undefined ? undefined : optionalText(at, 'username')
  const password = at === undefined ? undefined : optionalText(at, 'password')
  return {
    instanceUuid: node.uuid, url: `https://${host}`,
    credential: username === undefined
      ? { _typeName: 'ServiceLocatorSAMLCredential' }
      : { _typeName: 'ServiceLocatorNamePassword', username, password: password ?? '' },
  }
}

/** For operations that log in at once. @throws VapiFault invalid_argument when the login is wrong (API reference) */
export function requireManagement(call: VcenterCall, fields: Fields): void {
  const locator = managementOf(call, fields) as unknown as Parameters<typeof canLogIn>[1]
  if (canLogIn({ tx: call.world, node: call.node, services: call.services }, locator, 'vc_spec')) return
  throw new VapiFault('invalid_argument', 'com.fauxsphere.vcha.credentials', 'The login of vc_spec is not right.')
}

/** An `IpSpec` as the settings of SOAP. @throws VapiFault invalid_argument */
export function ipSettings(spec: Fields, name: string): Fields {
  const gateway = optionalText(spec, 'default_gateway')
  const more = gateway === undefined ? {} : { gateway: [gateway] }
  switch (text(spec, 'ip_family')) {
    case 'IPV4': {
      const four = part(spec, 'ipv4')
      const mask = optionalText(four, 'subnet_mask') ?? maskOf(four['prefix'], `${name}.ipv4.prefix`)
      return { ip: { _typeName: 'CustomizationFixedIp', ipAddress: text(four, 'address') }, subnetMask: mask, ...more }
    }
    case 'IPV6': {
      const six = part(spec, 'ipv6')
      const prefix = six['prefix']
      if (!isWhole(prefix, 128)) throw wrongInput(`${name}.ipv6.prefix`, 'from 1 to 128')
      const address = { _typeName: 'CustomizationFixedIpV6', ipAddress: text(six, 'address'), subnetMask: prefix }
      return { ip: { _typeName: 'CustomizationUnknownIpGenerator' }, ipV6Spec: { ip: [address], ...more } }
    }
    default:
      throw wrongInput(`${name}.ip_family`, 'IPV4 or IPV6')
  }
}

function maskOf(prefix: unknown, name: string): string {
  if (!isWhole(prefix, 31)) throw wrongInput(name, 'from 1 to 31')
  const bits = (0xffff_ffff << (32 - prefix)) >>> 0
  return [24, 16, 8, 0].map(shift => (bits >>> shift) & 255).join('.')
}

function isWhole(value: unknown, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most
}

/** A `PlacementSpec` as a NodeDeploymentSpec without its addresses. */
export function placementOf(spec: Fields): Fields {
  const refs = Object.entries({
    esxHost: ['HostSystem', 'host'], resourcePool: ['ResourcePool', 'resource_pool'],
    clusterNetworkPortGroup: ['Network', 'ha_network'], publicNetworkPortGroup: ['Network', 'management_network'],
  } as const).map(([field, [type, name]]) => [field, optionalRef(spec, name, type)])
  const storage = optionalPart(spec, 'storage')
  return {
    nodeName: text(spec, 'name'), folder: { type: 'Folder', value: text(spec, 'folder') },
    ...Object.fromEntries(refs.filter(([, ref]) => ref !== undefined)),
    ...storage?.['datastore'] === undefined ? {} : { datastore: optionalRef(storage, 'datastore', 'Datastore') },
  }
}

function optionalRef(fields: Fields, name: string, type: string): MoRef | undefined {
  const value = optionalText(fields, name)
  return value === undefined ? undefined : { type, value }
}

/**
 * The active node's network, as ClusterNetworkConfigSpec; undefined: its second card is set up already.
 * @throws VapiFault invalid_argument for a network without its type (API reference, ActiveSpec)
 */
export function activeNetwork(active: Fields): Fields | undefined {
  const network = optionalRef(active, 'ha_network', 'Network')
  if (network === undefined) return undefined
  text(active, 'ha_network_type')
  return { networkPortGroup: network, ipSettings: ipSettings(part(active, 'ha_ip'), 'active.ha_ip') }
}
