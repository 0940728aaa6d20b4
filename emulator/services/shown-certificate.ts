import { X509Certificate } from 'node:crypto'
import { chassis } from '../physics/hardware/chassis.js'
import { mirrorOf } from '../physics/management/mirror.js'
import type { HostCertificateManagerCertificateInfo, HostCertificateManagerProps, HostSystemProps } from '../schema/generated/types.js'
import { toDateTime } from '../world/clock.js'
import type { Transaction } from '../world/transaction.js'
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
  const vcenter = chassis(tx, host)?.managedBy
  const seen = vcenter === undefined ? undefined : mirrorOf(tx, vcenter, host, 'ha-host')
  for (const slot of [tx.find(host, 'ha-host'), seen]) {
    if (slot === undefined) continue
    tx.update<HostSystemProps>(slot, draft => { draft.props.summary.config.sslThumbprint = sslThumbprint })
    const manager = tx.read<HostSystemProps>(slot)!.props.configManager.certificateManager
    const record = manager === undefined ? undefined : tx.find(slot.address.node, manager.value)
    if (record !== undefined) tx.update<HostCertificateManagerProps>(record, ({ props }) => { props.certificateInfo = info })
  }
}
