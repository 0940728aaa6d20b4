/**
 * The lab's certificates: a CA in VMCA's manner and a leaf for each node (protocols.md 9), kept in
 * the user's cache folder so that thumbprints stay the same from one start to the next.
 * Thumbprints are facts of the machine the lab runs on: they must not be stored in records, or two
 * runs of one seed would differ.
 */
import { X509Certificate, createHash, createPrivateKey } from 'node:crypto'
import { CertificateCache } from './certificate-cache.js'
import { longAgo } from './certificate-dates.js'
import type { CertificateSubject, KeyType, LabCa } from './certificate-types.js'

/** A certificate with its key. */
export interface NodeCertificate {
  /** PKCS #8, PEM. */
  readonly key: string
  /** The leaf alone, PEM. */
  readonly leaf: string
  /** What a TLS server sends: the leaf, then the CA. */
  readonly cert: string
  readonly der: Buffer
  /** `AA:BB:…` over the DER form, as the API reports it (protocols.md 9). */
  readonly sha1: string
  readonly sha256: string
  /** Lab times in milliseconds. */
  readonly notBefore: number
  readonly notAfter: number
}

export interface CertificatesOptions {
  /** Cache folder; undefined: nothing is kept. */
  readonly folder: string | undefined
  readonly keyType: KeyType
  /** Fully qualified name that stands in the CA's O: the vCenter, or the only host. */
  readonly organization: string
  /** Lab time in milliseconds. */
  readonly now: () => number
  /** `manual` labs live at a fixed date: their leaves are kept apart from those of the present. */
  readonly era: 'manual' | 'present'
}

/** Makes certificates when they are first wanted, and remembers them. */
export class Certificates {
  readonly #options: CertificatesOptions
  readonly #cache: CertificateCache
  readonly #known = new Map<string, NodeCertificate>()
  readonly #making = new Map<string, Promise<NodeCertificate>>()
  #ca: Promise<LabCa> | undefined

  constructor(options: CertificatesOptions) {
    this.#options = options
    this.#cache = new CertificateCache(options.folder)
  }

  /** The certificate of a node if it is known already; never waits. */
  of(name: string): NodeCertificate | undefined {
    return this.#known.get(name)
  }

  /** Brings the certificates of many nodes into memory, from the cache where they are there. */
  async prepare(subjects: readonly CertificateSubject[]): Promise<void> {
    for (const subject of subjects) await this.ensure(subject)
  }

  /** A certificate of a node that is past its end, for a lab in which it was forgotten to renew it. */
  async expired(subject: CertificateSubject): Promise<NodeCertificate> {
    const key = `${subject.name} expired`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const ca = await this.ca()
    const { issueLeaf } = await import('./certificate-maker.js')
    const { keyType, now } = this.#options
    const made = describe(await issueLeaf(ca, subject, keyType, longAgo(subject.kind, now())), ca)
    this.#known.set(key, made)
    return made
  }

  /** The certificate of a node, from memory, from the cache or new. */
  async ensure(subject: CertificateSubject): Promise<NodeCertificate> {
    const known = this.#known.get(subject.name)
    if (known !== undefined) return known
    let making = this.#making.get(subject.name)
    if (making === undefined) {
      making = this.#make(subject).finally(() => this.#making.delete(subject.name))
      this.#making.set(subject.name, making)
    }
    return making
  }

  /** The CA, for clients that want to trust it (`/certs/download.zip`, `--env-file`). */
  ca(): Promise<LabCa> {
    this.#ca ??= this.#makeCa()
    return this.#ca
  }

  async #make(subject: CertificateSubject): Promise<NodeCertificate> {
    const ca = await this.ca()
    const file = `leaf-${digest(ca.cert, this.#options.era, this.#options.keyType, subject)}`
    const kept = this.#cache.read(file, pair => this.#usable(pair) && signedBy(pair.cert, ca.cert))
    const pair = kept ?? await this.#issue(file, ca, subject)
    const made = describe(pair, ca)
    this.#known.set(subject.name, made)
    return made
  }

  async #issue(file: string, ca: LabCa, subject: CertificateSubject): Promise<LabCa> {
    const { issueLeaf } = await import('./certificate-maker.js')
    const { keyType, now } = this.#options
    const pair = await issueLeaf(ca, subject, keyType, now())
    this.#cache.write(file, pair)
    return pair
  }

  async #makeCa(): Promise<LabCa> {
    const { organization, keyType, now } = this.#options
    const file = `ca-${digest(organization, keyType)}`
    const kept = this.#cache.read(file, pair => this.#usable(pair))
    if (kept !== undefined) return kept
    const { issueCa } = await import('./certificate-maker.js')
    const pair = await issueCa(organization, keyType, now())
    this.#cache.write(file, pair)
    return pair
  }

  /** True when key and certificate belong together and are valid at the present lab time. */
  #usable(pair: LabCa): boolean {
    const certificate = new X509Certificate(pair.cert)
    const now = this.#options.now()
    return certificate.checkPrivateKey(createPrivateKey(pair.key))
      && Date.parse(certificate.validFrom) <= now && now < Date.parse(certificate.validTo)
  }
}

/** `AA:BB:…` over the DER form of a certificate. */
export function thumbprint(der: Buffer, algorithm: 'sha1' | 'sha256'): string {
  const hex = createHash(algorithm).update(der).digest('hex').toUpperCase()
  return hex.match(/../g)!.join(':')
}

function describe(pair: LabCa, ca: LabCa): NodeCertificate {
  const certificate = new X509Certificate(pair.cert)
  const der = certificate.raw
  return {
    key: pair.key,
    leaf: pair.cert,
    cert: `${pair.cert}\n${ca.cert}`,
    der,
    sha1: thumbprint(der, 'sha1'),
    sha256: thumbprint(der, 'sha256'),
    notBefore: Date.parse(certificate.validFrom),
    notAfter: Date.parse(certificate.validTo),
  }
}

function signedBy(cert: string, ca: string): boolean {
  const issuer = new X509Certificate(ca)
  return new X509Certificate(cert).verify(issuer.publicKey)
}

function digest(...parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 24)
}
