import { X509Certificate } from 'node:crypto'
import type { Extension, ExtensionManagerMethods } from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'
import { visible } from '../services/authorization/check.js'
import type { Call, Query } from '../services/call.js'
import { refOf } from '../services/refs.js'
import { fault, invalidArgument } from '../services/method-fault.js'
import { toDateTime } from '../world/clock.js'
import type { Reader } from '../world/records.js'
import { defineManagedObject, partial, query } from './define.js'

type Args<M extends keyof ExtensionManagerMethods> = ExtensionManagerMethods[M]['args']

/** What an extension's record holds beside the list: keys are by extension. */
interface ManagerInner {
  readonly publicKeys?: Readonly<Record<string, string>>
  /** SHA-1 thumbprints of certificates that extensions log in with. */
  readonly certificates?: Readonly<Record<string, string>>
  readonly serviceAccounts?: Readonly<Record<string, string>>
}

interface Managed { readonly config?: { readonly managedBy?: { readonly extensionKey: string } } }

function register(call: Call, args: Args<'RegisterExtension'>): void {
  const { extension } = args
  if (extension.key === '') throw invalidArgument('extension.key')
  const list = extensionsOf(call.tx, call)
  if (list.some(other => other.key === extension.key)) throw invalidArgument('extension.key')
  setList(call, [...list, { ...extension, lastHeartbeatTime: toDateTime(call.tx.now()) }])
}

function unregister(call: Call, args: Args<'UnregisterExtension'>): void {
  const extension = extensionNamed(call, args.extensionKey)
  setList(call, extensionsOf(call.tx, call).filter(other => other !== extension))
}

function update(call: Call, args: Args<'UpdateExtension'>): void {
  const before = extensionNamed(call, args.extension.key)
  const after = { ...args.extension, lastHeartbeatTime: toDateTime(call.tx.now()) }
  setList(call, extensionsOf(call.tx, call).map(other => other === before ? after : other))
}

function find(call: Query, args: Args<'FindExtension'>): Extension | undefined {
  return extensionsOf(call.reader, call).find(extension => extension.key === args.extensionKey)
}

/** Unlike its siblings it declares no NotFound. */
function setPublicKey(call: Call, args: Args<'SetPublicKey'>): void {
  const known = extensionsOf(call.tx, call).some(({ key }) => key === args.extensionKey)
  if (!known) throw invalidArgument('extensionKey')
  remember(call, 'publicKeys', args.extensionKey, args.publicKey)
}

/** Takes the certificate that an extension will log in with. */
function setCertificate(call: Call, args: Args<'SetExtensionCertificate'>): void {
  extensionNamed(call, args.extensionKey)
  // Without a certificate in the call it would be that of the TLS connection; the doors ask none.
  if (args.certificatePem === undefined) throw fault('NoClientCertificate')
  let thumbprint: string
  try {
    thumbprint = new X509Certificate(args.certificatePem).fingerprint
  } catch {
    throw invalidArgument('certificatePem')
  }
  remember(call, 'certificates', args.extensionKey, thumbprint)
}

function setServiceAccount(call: Call, args: Args<'SetServiceAccount'>): void {
  extensionNamed(call, args.extensionKey)
  remember(call, 'serviceAccounts', args.extensionKey, args.serviceAccount)
}

/** VMs whose configuration says that the extension manages them. */
function managedBy(call: Query, args: Args<'QueryManagedBy'>): MoRef[] {
  const { reader, node, session, services: { authorization } } = call
  return reader.ofType(node.name, 'VirtualMachine')
    .filter(slot => reader.read<Managed>(slot)?.props.config?.managedBy?.extensionKey
      === args.extensionKey)
    .filter(slot => visible(authorization, reader, session?.principal, slot))
    .map(refOf)
}

/** No IP pool of the lab hands out addresses, so every extension uses none. */
function ipUsage(call: Query, args: Args<'QueryExtensionIpAllocationUsage'>): object[] {
  const known = extensionsOf(call.reader, call).map(extension => extension.key)
  return (args.extensionKeys ?? known).filter(key => known.includes(key))
    .map(extensionKey => ({ extensionKey, numAddresses: 0 }))
}

/** vCenter's own public key, in PEM; it belongs to the manager's record. */
function publicKey(call: Query): string {
  const inner = call.reader.read<object, { publicKey?: string }>(call.self)!.inner
  return inner.publicKey ?? ''
}

function extensionsOf(reader: Reader, call: Call | Query): readonly Extension[] {
  return reader.read<{ extensionList?: readonly Extension[] }>(call.self)?.props.extensionList ?? []
}

function extensionNamed(call: Call, key: string): Extension {
  const found = extensionsOf(call.tx, call).find(extension => extension.key === key)
  if (found === undefined) throw fault('NotFound')
  return found
}

function setList(call: Call, extensionList: readonly Extension[]): void {
  const record = call.tx.read(call.self)!
  call.tx.replace(call.self, { props: { ...record.props, extensionList }, inner: record.inner })
}

function remember(call: Call, what: keyof ManagerInner, key: string, value: string): void {
  const { props, inner } = call.tx.read<object, ManagerInner>(call.self)!
  const after = { ...inner, [what]: { ...inner[what], [key]: value } }
  call.tx.replace(call.self, { props, inner: after } as never)
}

/** ExtensionManager: the register of solutions that plug into a vCenter. */
export const extensionManager = defineManagedObject('ExtensionManager', {
  methods: {
    RegisterExtension: register,
    UnregisterExtension: unregister,
    UpdateExtension: update,
    FindExtension: query(find),
    GetPublicKey: query(publicKey),
    SetPublicKey: setPublicKey,
    SetExtensionCertificate: partial(setCertificate, 'certificatePem must be given'),
    SetServiceAccount: setServiceAccount,
    QueryManagedBy: query(managedBy),
    QueryExtensionIpAllocationUsage: query(ipUsage, 'always 0: IP pools hand out nothing'),
  },
})
