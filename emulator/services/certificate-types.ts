/** Words that the parts of the certificate service share. */

export type KeyType = 'p256' | 'rsa2048' | 'rsa3072'

/** Whom a certificate is for. */
export interface CertificateSubject {
  /** The node's name in the lab; the key under which the certificate is found. */
  readonly name: string
  readonly kind: 'vcenter' | 'esxi'
  readonly hostName: string
  /** IPv4 address in the lab. */
  readonly address: string
  /** Further names or addresses clients may use. `localhost` and 127.0.0.1 are always there. */
  readonly alsoKnownAs?: readonly string[]
}

/** The lab CA, PEM. */
export interface LabCa {
  readonly key: string
  readonly cert: string
}
