import { X509Certificate } from 'node:crypto'
import { chassis } from '../physics/hardware/chassis.js'
import { mirrorOf } from '../physics/management/mirror.js'
import type { HostCertificateManagerCertificateInfo, HostCertificateManagerProps, HostSystemProps } from '../schema/generated/types.js'
import { toDateTime } from '../world/clock.js'
import type { Slot } from '../world/records.js'
import type { Transaction } from '../world/transaction.js'
import type { World } from '../world/world.js'
import { endedDates } from './certificate-dates.js'
import { thumbprint } from './certificates.js'

/** What the API tells of the certificate that a host's doors show. */
export interface ShownCertificate {
  /** SHA-1, `AA:BB:…`. */
  readonly sslThumbprint: string
  readonly info: HostCertificateManagerCertificateInfo
}

/** @param certificate PEM or DER */
export function describeCertificate(certificate: string | Buffer): ShownCertificate {
  const { raw, issuer, subject, validFrom, validTo } = new X509Certificate(certificate)
  return {
    sslThumbprint: thumbprint(raw, 'sha1'),
    info: {
      kind: 'Machine', issuer: named(issuer), subject: named(subject), status: 'good',
      notBefore: toDateTime(Date.parse(validFrom)), notAfter: toDateTime(Date.parse(validTo)),
    },
  }
}

/** A distinguished name as hosts write it: the last part first (RFC 4514, 2.1). */
function named(name: string): string {
  return name.split('\n').reverse().join(',')
}

/** Notes a host's certificate on the host and on the vCenter that manages it. */
export function showCertificate(tx: Transaction, host: string, { sslThumbprint, info }: ShownCertificate): void {
  for (const { system, manager } of shownAt(tx, host)) {
    tx.update<HostSystemProps>(system, draft => { draft.props.summary.config.sslThumbprint = sslThumbprint })
    if (manager !== undefined) tx.update<HostCertificateManagerProps>(manager, ({ props }) => { props.certificateInfo = info })
  }
}

/** What the certificate was before it ended, while it has. */
interface CertificateInner {
  before?: HostCertificateManagerCertificateInfo
}

/** The certificate of a host is past its end, or was renewed: host and vCenter show the status (availability.md 5). */
export function followCertificates(world: World): void {
  world.on('node.certificate', (tx, { node, certificate, expired }) => {
    if (certificate !== 'machine') return
    for (const { manager } of shownAt(tx, node)) {
      if (manager === undefined) continue
      tx.update<HostCertificateManagerProps, CertificateInner>(manager, ({ props, inner }) => {
        const { before = props.certificateInfo } = inner
        props.certificateInfo = expired ? ended(before, tx.now()) : before
        if (expired) inner.before = before
        else delete inner.before
      })
    }
  })
}

/** The same certificate, made so long ago that it is over: the one that the host's TLS shows then. */
function ended(info: HostCertificateManagerCertificateInfo, now: number): HostCertificateManagerCertificateInfo {
  const { notBefore, notAfter } = endedDates('esxi', Math.floor(now / 1000) * 1000)
  return { ...info, status: 'expired', notBefore: toDateTime(notBefore), notAfter: toDateTime(notAfter) }
}

/** The records that show a host's certificate: its own, and those of the vCenter that manages it. */
function shownAt(tx: Transaction, host: string): Array<{ system: Slot, manager: Slot | undefined }> {
  const vcenter = chassis(tx, host)?.managedBy
  const seen = vcenter === undefined ? undefined : mirrorOf(tx, vcenter, host, 'ha-host')
  return [tx.find(host, 'ha-host'), seen].flatMap(system => {
    if (system === undefined) return []
    const manager = tx.read<HostSystemProps>(system)!.props.configManager.certificateManager
    return [{ system, manager: manager === undefined ? undefined : tx.find(system.address.node, manager.value) }]
  })
}
