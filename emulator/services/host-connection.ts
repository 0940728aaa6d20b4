import { createHash } from 'node:crypto'
import { answers } from '../physics/management/connection.js'
import { chassis } from '../physics/hardware/chassis.js'
import { publicAddress } from '../physics/vcha/public-address.js'
import type { HostConnectSpec, HostSystemProps } from '../schema/generated/types.js'
import type { Transaction } from '../world/transaction.js'
import type { Reader, Slot } from '../world/records.js'
import { hasPassword } from './accounts.js'
import { judgeLogin } from './accounts/verify.js'
import { fault, invalidArgument, notEmulated } from './method-fault.js'
import { allNodes, nodeInfo, type NodeInfo } from './nodes.js'
import { refOf } from './refs.js'
import { searchByKey } from './search.js'

const HOST = 'ha-host'

/**
 * SHA-1 thumbprint of a host's certificate: the one of its door, or, in a lab without doors, one
 * that follows from the host's hardware UUID, so that a scenario can know it.
 */
export function thumbprintOf(reader: Reader, host: string): string {
  const shown = reader.get<HostSystemProps>(host, HOST)?.props.summary.config.sslThumbprint
  if (shown !== undefined) return shown
  const digest = createHash('sha1').update(nodeInfo(reader, host)?.uuid ?? host).digest('hex')
  return digest.toUpperCase().match(/../g)!.join(':')
}

/** A host of the lab by what a client may call it: name, host name with or without domain, address. */
export function hostNamed(reader: Reader, text: string): NodeInfo | undefined {
  const asked = text.toLowerCase()
  return allNodes(reader as never).find(({ kind, name, hostName, address }) => kind === 'esxi'
    && [name, hostName, hostName.split('.')[0], address].some(known => known?.toLowerCase() === asked))
}

/** What a vCenter wants of a host that it is to connect to. */
export interface ConnectionCheck {
  readonly vcenter: NodeInfo
  readonly spec: HostConnectSpec
  /** The lab takes any login. */
  readonly anyLogin: boolean
  /** It takes any thumbprint, and none. */
  readonly anyHost?: boolean | undefined
  /** The host is in the inventory already: a reconnection. */
  readonly known?: boolean
}

/**
 * Opens a connection to a host as vCenter does before it adds or reconnects it (protocols.md 9).
 * Gives the host's node.
 * @throws NoHost, SSLVerifyFault (self-signed, with the thumbprint to accept), InvalidLogin
 * or PasswordExpired, AlreadyConnected, AlreadyBeingManaged; InvalidArgument for a spec that lacks something.
 */
export function checkConnection(tx: Transaction, check: ConnectionCheck): NodeInfo {
  const { spec, vcenter } = check
  const { hostName = '' } = spec
  if (hostName === '') throw invalidArgument('spec.hostName')
  if (spec.hostGateway !== undefined) throw notEmulated('spec.hostGateway')
  if (spec.lockdownMode !== undefined && spec.lockdownMode !== 'lockdownDisabled') throw notEmulated('spec.lockdownMode')
  const host = hostNamed(tx, hostName)
  if (host === undefined || !answers(tx, vcenter.name, host.name)) {
    throw fault('NoHost', { name: hostName }, `Unable to communicate with the remote host '${hostName}'.`)
  }
  if (check.anyHost !== true) checkThumbprint(tx, host, spec)
  if (!check.anyLogin) checkLogin(tx, host, spec)
  checkManager(tx, check, host)
  return host
}

function checkThumbprint(tx: Transaction, host: NodeInfo, { sslThumbprint }: HostConnectSpec): void {
  const thumbprint = thumbprintOf(tx, host.name)
  const plain = (text: string): string => text.replaceAll(':', '').toLowerCase()
  if (sslThumbprint !== undefined && plain(sslThumbprint) === plain(thumbprint)) return
  throw fault('SSLVerifyFault', { selfSigned: true, thumbprint },
    'Authenticity of the host\'s SSL certificate is not verified.')
}

function checkLogin(tx: Transaction, host: NodeInfo, { userName = '', password = '' }: HostConnectSpec): void {
  const judged = judgeLogin(tx, host, userName, account => hasPassword(account, password))
  if ('refused' in judged) throw fault(judged.refused === 'expired' ? 'PasswordExpired' : 'InvalidLogin')
}

function checkManager(tx: Transaction, { vcenter, spec, known }: ConnectionCheck, host: NodeInfo): void {
  if (known === true) return
  if (chassis(tx, host.name)?.managedBy === vcenter.name) {
    throw fault('AlreadyConnected', { name: host.hostName },
      `The specified host '${host.hostName}' already exists in vCenter Server.`)
  }
  const ipAddress = tx.get<HostSystemProps>(host.name, HOST)?.props.summary.managementServerIp
  if (ipAddress === undefined || ipAddress === publicAddress(tx, vcenter.name).ip || spec.force) return
  throw fault('AlreadyBeingManaged', { ipAddress },
    `The host is already being managed by the vCenter Server with IP address ${ipAddress}.`)
}

/** @throws DuplicateName when a host of that name is in a vCenter's inventory. */
export function requireNewHost(tx: Transaction, vcenter: string, hostName: string): void {
  const found = searchByKey(tx.world, vcenter, 'hostDns', hostName).find(slot => named(tx, slot, hostName))
  if (found !== undefined) throw fault('DuplicateName', { name: hostName, object: refOf(found) })
}

function named(tx: Transaction, slot: Slot, hostName: string): boolean {
  return tx.read<HostSystemProps>(slot)?.props.name.toLowerCase() === hostName.toLowerCase()
}
