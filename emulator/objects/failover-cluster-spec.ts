import { isIPv4, isIPv6 } from 'node:net'
import type { NodeAddress } from '../physics/vcha/state.js'
import type {
  CustomizationIPSettings, ServiceLocator, SourceNodeSpec, VirtualMachineProps,
} from '../schema/generated/types.js'
import { hasPassword } from '../services/accounts.js'
import { judgeLogin } from '../services/accounts/verify.js'
import type { Call, Services } from '../services/call.js'
import { fault, invalidArgument, notEmulated } from '../services/method-fault.js'
import { findVm } from '../physics/vcha/links.js'
import { findTruth } from '../physics/management/truth.js'
import type { NodeInfo } from '../services/nodes.js'
import type { Reader, Slot } from '../world/records.js'
import type { MoRef } from '../schema/model.js'
import { refOf } from '../services/refs.js'
import { slotOf } from './truth.js'

interface Typed { readonly _typeName?: string }

/**
 * Static settings of a node on the vCenter HA network, or of a failover address.
 * @throws InvalidArgument with the path of what is no static address, or is mixed or missing
 */
export function addressOf(settings: CustomizationIPSettings, path: string): NodeAddress {
  const gateway = settings.gateway ?? settings.ipV6Spec?.gateway
  const more = gateway === undefined || gateway.length === 0 ? {} : { gateway }
  const type = (settings.ip as Typed)._typeName
  const six = settings.ipV6Spec?.ip ?? []
  if (type === 'CustomizationFixedIp') {
    if (six.length > 0) throw invalidArgument(`${path}.ipV6Spec`)
    const ip = (settings.ip as unknown as { ipAddress: string }).ipAddress
    if (!isIPv4(ip)) throw invalidArgument(`${path}.ip.ipAddress`)
    if (settings.subnetMask === undefined || maskBits(settings.subnetMask) === undefined) throw invalidArgument(`${path}.subnetMask`)
    return { ip, mask: settings.subnetMask, ...more }
  }
  if (six.length !== 1 || (six[0] as Typed)._typeName !== 'CustomizationFixedIpV6') throw invalidArgument(`${path}.ip`)
  const { ipAddress, subnetMask } = six[0] as unknown as { ipAddress: string, subnetMask: number }
  if (!isIPv6(ipAddress)) throw invalidArgument(`${path}.ipV6Spec.ip`)
  return { ip: ipAddress, prefix: subnetMask, ...more }
}

/**
 * The rules for addresses of one cluster (availability.md 2.1): distinct, one family, one subnet, and
 * that another than the public one.
 * @throws InvalidArgument with the path of the first that breaks one
 */
export function checkAddresses(publicIp: string, addresses: ReadonlyArray<readonly [path: string, address: NodeAddress]>): void {
  const [first] = addresses
  const seen = new Set([publicIp])
  for (const [path, address] of addresses) {
    if (seen.has(address.ip)) throw invalidArgument(path)
    seen.add(address.ip)
    if ((address.prefix === undefined) !== (first![1].prefix === undefined)) throw invalidArgument(path)
    if (address.mask === undefined) continue
    if (address.mask !== first![1].mask || network(address.ip, address.mask) !== network(first![1].ip, address.mask)) {
      throw invalidArgument(path)
    }
    if (network(address.ip, address.mask) === network(publicIp, address.mask)) throw invalidArgument(path)
  }
}

/**
 * The VM that the vCenter itself is, as it says it: on its host.
 * `login` says whether the management vCenter would let the caller in: the task finds out.
 * @throws InvalidArgument when it is another one, NotImplemented for another vCenter
 */
export function sourceVm(call: Call, spec: SourceNodeSpec, path: string): { readonly source: MoRef, readonly login: boolean } {
  const login = canLogIn(call, spec.managementVc, `${path}.managementVc`)
  const slot = slotOf(call, spec.activeVc)
  const truth = findTruth(call.tx, slot)
  if (truth === undefined || !isOwn(call, truth)) throw invalidArgument(`${path}.activeVc`)
  return { source: refOf(slot), login }
}

function isOwn(call: Call, vm: Slot): boolean {
  const own = call.tx.read<VirtualMachineProps, { appliance?: string }>(vm)?.inner.appliance
  return own === call.node.name || own?.startsWith(`vcha/${call.node.name}/`) === true
}

/**
 * True if a login at the vCenter that manages the appliances is right; that is this vCenter. A SAML
 * credential without a token stands for the user who calls.
 * @throws NotImplemented for another vCenter, and for a token
 */
export function canLogIn(
  { tx, node, services }: { tx: Reader, node: NodeInfo, services: Services }, locator: ServiceLocator, path: string,
): boolean {
  const { instanceUuid, credential } = locator
  if (instanceUuid.toLowerCase() !== node.uuid.toLowerCase()) throw notEmulated(path)
  const { _typeName: type, username = '', password = '', token } = credential as Typed & Readonly<Record<string, string | undefined>>
  if (type === 'ServiceLocatorSAMLCredential' && token === undefined) return true
  if (type !== 'ServiceLocatorNamePassword') throw notEmulated(`${path}.credential`)
  if (services.behaviour.anyLogin) return username !== '' && password !== ''
  return 'account' in judgeLogin(tx, node, username, account => hasPassword(account, password))
}

/** The VM of a vCenter on its host that has no cluster. @throws InvalidState when it is none */
export function ownVm(call: Pick<Call, 'tx' | 'node'>): Slot {
  const vm = findVm(call.tx, call.node.name)
  if (vm === undefined) throw fault('InvalidState')
  return vm
}

function network(ip: string, mask: string): number {
  return (bitsOf(ip) & bitsOf(mask)) >>> 0
}

function bitsOf(ip: string): number {
  return ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0) | 0
}

function maskBits(mask: string): number | undefined {
  if (!isIPv4(mask)) return undefined
  const text = (bitsOf(mask) >>> 0).toString(2).padStart(32, '0')
  return /^1+0+$/.test(text) ? text.indexOf('0') : undefined
}
