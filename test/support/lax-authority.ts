import { webcrypto, type webcrypto as Webcrypto } from 'node:crypto'
import 'reflect-metadata'
import * as x509 from '@peculiar/x509'
import type { Identity } from './log-receiver.js'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

/** An authority as old scripts made them, without the usage of its key, and a certificate for localhost from it. */
export async function laxAuthority(): Promise<{ ca: string, identity: Identity }> {
  x509.cryptoProvider.set(webcrypto)
  const keys = (): Promise<Webcrypto.CryptoKeyPair> => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const [own, leaf] = [await keys(), await keys()]
  const dates = { notBefore: new Date(Date.UTC(2020, 0, 1)), notAfter: new Date(Date.UTC(2049, 0, 1)) }
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    ...dates, serialNumber: '01', name: 'CN=Old CA', keys: own, signingAlgorithm: algorithm,
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
  })
  const cert = await x509.X509CertificateGenerator.create({
    ...dates, serialNumber: '02', subject: 'CN=localhost', issuer: ca.subject, publicKey: leaf.publicKey,
    signingKey: own.privateKey, signingAlgorithm: algorithm,
    extensions: [
      new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }]),
      await x509.AuthorityKeyIdentifierExtension.create(own.publicKey),
    ],
  })
  const key = await webcrypto.subtle.exportKey('pkcs8', leaf.privateKey)
  return {
    ca: ca.toString('pem'),
    identity: { cert: cert.toString('pem'), key: x509.PemConverter.encode(key, 'PRIVATE KEY') },
  }
}
