import { createSecureContext } from 'node:tls'
import { ALLOWED_CIPHERS, DISABLED_PROTOCOLS, protocolsIn } from '../physics/network/tls.js'

const protocols = ['sslv3', 'tlsv1', 'tlsv1.1', 'tlsv1.2', 'tlsv1.3']

/** What an option's type cannot say of its values: true for one that the host takes. */
export const optionChecks: Readonly<Record<string, (value: string) => boolean>> = {
  [DISABLED_PROTOCOLS]: value => protocolsIn(value).every(each => protocols.includes(each)),
  [ALLOWED_CIPHERS]: isCipherList,
}

/** True for words from which OpenSSL makes at least one suite. */
function isCipherList(value: string): boolean {
  try {
    createSecureContext({ ciphers: value, maxVersion: 'TLSv1.2' })
    return value !== ''
  } catch {
    return false
  }
}
