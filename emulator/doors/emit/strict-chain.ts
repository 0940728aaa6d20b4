/** The further rules for a log host's certificates that a host keeps when it is told to be strict. */
import 'reflect-metadata'
import type { DetailedPeerCertificate } from 'node:tls'
import * as x509 from '@peculiar/x509'

/**
 * What is wrong with a chain by the letter of RFC 5280, which the usual check of TLS lets pass; undefined:
 * nothing. Above all it looks at the roots, since those are taken as they are otherwise
 * (operations.md 3.4 `strictX509Compliance`; which rules the product adds is not in the sheets: these are
 * the ones of OpenSSL's strict mode).
 */
export function strictFault(leaf: DetailedPeerCertificate): string | undefined {
  const chain = chainOf(leaf)
  for (const [depth, certificate] of chain.entries()) {
    const fault = depth === 0 ? faultOfLeaf(certificate) : faultOfAuthority(certificate)
    if (fault !== undefined) return `${certificate.subject === '' ? `certificate ${depth}` : certificate.subject}: ${fault}`
  }
  return undefined
}

function chainOf(leaf: DetailedPeerCertificate): x509.X509Certificate[] {
  const chain: x509.X509Certificate[] = []
  const seen = new Set<string>()
  let at: DetailedPeerCertificate | undefined = leaf
  while (at?.raw !== undefined && !seen.has(at.fingerprint256)) {
    seen.add(at.fingerprint256)
    chain.push(new x509.X509Certificate(at.raw))
    at = at.issuerCertificate
  }
  return chain
}

function faultOfLeaf(certificate: x509.X509Certificate): string | undefined {
  const names = certificate.getExtension(x509.SubjectAlternativeNameExtension)
  if (certificate.subject === '' && names?.critical !== true) return 'it names nobody'
  return faultOfAny(certificate)
}

/** RFC 5280 4.2.1.9, 4.2.1.3 and 4.2.1.2: what a certificate must have that others are signed with. */
function faultOfAuthority(certificate: x509.X509Certificate): string | undefined {
  if (certificate.subject === '') return 'an authority without a name'
  const constraints = certificate.getExtension(x509.BasicConstraintsExtension)
  if (constraints?.ca !== true) return 'its basic constraints do not make it an authority'
  if (!constraints.critical) return 'its basic constraints are not critical'
  const usages = certificate.getExtension(x509.KeyUsagesExtension)
  if (usages === null) return 'it has no key usage'
  if ((usages.usages & x509.KeyUsageFlags.keyCertSign) === 0) return 'its key is not for certificates'
  if (certificate.getExtension(x509.SubjectKeyIdentifierExtension) === null) return 'it has no subject key identifier'
  return faultOfAny(certificate)
}

function faultOfAny(certificate: x509.X509Certificate): string | undefined {
  if (certificate.issuer === '') return 'it has no issuer'
  const authority = certificate.getExtension(x509.AuthorityKeyIdentifierExtension)
  if (authority === null && certificate.issuer !== certificate.subject) return 'it has no authority key identifier'
  if (authority?.critical === true) return 'its authority key identifier is critical'
  return certificate.getExtension(x509.SubjectKeyIdentifierExtension)?.critical === true
    ? 'its subject key identifier is critical' : undefined
}
