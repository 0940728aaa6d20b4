/**
 * Makes keys and certificates. Loaded only when the cache has none, since the X.509 library takes
 * longer to load than a lab to start.
 */
import 'reflect-metadata'
import { randomBytes, webcrypto, type webcrypto as Webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'
import { caDates, leafDates } from './certificate-dates.js'
import type { CertificateSubject, KeyType, LabCa } from './certificate-types.js'

const SIGN_ALGORITHMS: Readonly<Record<KeyType, Webcrypto.RsaHashedKeyGenParams | Webcrypto.EcKeyGenParams>> = {
  p256: { name: 'ECDSA', namedCurve: 'P-256' },
  rsa2048: rsa(2048),
  rsa3072: rsa(3072),
}

x509.cryptoProvider.set(webcrypto)

/**
 * The CA: self-signed, subject in VMCA's form. It begins at the start of a year, so that labs at
 * different dates of one year share it; the fixed date of manual labs lies in 2026.
 */
export async function issueCa(organization: string, keyType: KeyType, now: number): Promise<LabCa> {
  const keys = await newKeys(keyType)
  const { notBefore, notAfter } = caDates(Date.UTC(caYear(now), 0, 1))
  const name = `CN=CA, DC=vsphere, DC=local, C=US, ST=California, O=${escapeName(organization)}, `
    + 'OU=VMware Engineering'
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name,
    notBefore: new Date(notBefore),
    notAfter: new Date(notAfter),
    keys: keys,
    signingAlgorithm: signing(keyType),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      new x509.SubjectAlternativeNameExtension([
        { type: 'email', value: 'email@acme.com' }, { type: 'ip', value: '127.0.0.1' },
      ]),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { key: await pemOf(keys.privateKey), cert: certificate.toString('pem') }
}

/** A node's certificate, signed by the CA, valid from one day ago. */
export async function issueLeaf(
  ca: LabCa,
  subject: CertificateSubject,
  keyType: KeyType,
  now: number,
): Promise<LabCa> {
  const keys = await newKeys(keyType)
  const issuer = new x509.X509Certificate(ca.cert)
  const { notBefore, notAfter } = leafDates(subject.kind, now)
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: subjectName(subject),
    issuer: issuer.subject,
    notBefore: new Date(notBefore),
    notAfter: new Date(notAfter),
    publicKey: keys.publicKey,
    signingKey: await importKey(ca.key, keyType),
    signingAlgorithm: signing(keyType),
    extensions: [
      new x509.BasicConstraintsExtension(false),
      new x509.KeyUsagesExtension(leafUsage(keyType), true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
      new x509.SubjectAlternativeNameExtension(alternativeNames(subject)),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  })
  return { key: await pemOf(keys.privateKey), cert: certificate.toString('pem') }
}

/** Subjects as VMCA issues them (protocols.md 9). */
function subjectName(subject: CertificateSubject): string {
  const name = escapeName(subject.hostName)
  if (subject.kind === 'vcenter') return `CN=${name}, C=US`
  return 'C=US, ST=California, L=Palo Alto, O=VMware, OU=VMware Engineering, '
    + `CN=${name}, E=vmca@vmware.com`
}

function alternativeNames(subject: CertificateSubject): x509.JsonGeneralNames {
  const names = [
    subject.hostName, subject.address, ...subject.alsoKnownAs ?? [], 'localhost', '127.0.0.1',
  ]
  return [...new Set(names)].filter(name => name !== '')
    .map(value => ({ type: isAddress(value) ? 'ip' : 'dns', value }))
}

function isAddress(name: string): boolean {
  return /^\d+\.\d+\.\d+\.\d+$/.test(name) || name.includes(':')
}

/** First year of the CA that covers an instant: 2026, and later every eighth year. */
function caYear(now: number): number {
  const year = new Date(now).getUTCFullYear()
  return year < 2026 ? year : year - (year - 2026) % 8
}

function leafUsage(keyType: KeyType): number {
  const { digitalSignature, keyEncipherment, keyAgreement } = x509.KeyUsageFlags
  return keyType === 'p256' ? digitalSignature | keyAgreement : digitalSignature | keyEncipherment
}

function rsa(modulusLength: number): Webcrypto.RsaHashedKeyGenParams {
  const publicExponent = new Uint8Array([1, 0, 1])
  return { name: 'RSASSA-PKCS1-v1_5', modulusLength, publicExponent, hash: 'SHA-256' }
}

function signing(keyType: KeyType): { name: string, hash: string } {
  return { name: SIGN_ALGORITHMS[keyType].name, hash: 'SHA-256' }
}

async function newKeys(keyType: KeyType): Promise<Webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(SIGN_ALGORITHMS[keyType], true, ['sign', 'verify'])
}

async function importKey(pem: string, keyType: KeyType): Promise<Webcrypto.CryptoKey> {
  const der = Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64')
  return webcrypto.subtle.importKey(
    'pkcs8', der, { ...SIGN_ALGORITHMS[keyType], hash: 'SHA-256' }, false, ['sign'])
}

async function pemOf(key: Webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key))
  const lines = der.toString('base64').match(/.{1,64}/g)!.join('\n')
  return `-----BEGIN PRIVATE KEY-----\n${lines}\n-----END PRIVATE KEY-----`
}

/** A positive serial number of 16 random bytes. */
function serial(): string {
  const bytes = randomBytes(16)
  bytes[0] = (bytes[0]! & 0x7f) | 0x40
  return bytes.toString('hex')
}

/** Characters that mean something in a distinguished name. */
function escapeName(text: string): string {
  return text.replace(/[",+<>;=\\#]/g, found => `\\${found}`)
}
