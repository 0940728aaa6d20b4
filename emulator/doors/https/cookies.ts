/** Who a request is of: the session cookie of /sdk in all the forms clients send it back (protocols.md 1.5, rule 7). */

const NAME = 'vmware_soap_session'

/**
 * Value of the session cookie in a Cookie header; undefined when there is none. Quotes are taken
 * off, and attributes that a client echoes (`; Path=/; HttpOnly; Secure;`) are read past.
 */
export function sessionCookie(header: string | undefined): string | undefined {
  return cookieValue(header, NAME)
}

/** Value of a cookie by name, with the same tolerance. */
export function cookieValue(header: string | undefined, name: string): string | undefined {
  if (header === undefined || header === '') return undefined
  for (const part of header.split(';')) {
    const equals = part.indexOf('=')
    if (equals < 0 || part.slice(0, equals).trim() !== name) continue
    const value = unquote(part.slice(equals + 1).trim())
    if (value !== '') return value
  }
  return undefined
}

/** Quotes or spaces around a cookie value, as the vcSessionCookie SOAP header may have them too. */
export function unquote(value: string): string {
  return value.length > 1 && value.startsWith('"') && value.endsWith('"')
    ? value.slice(1, -1)
    : value
}

/** The Set-Cookie value of a login, byte for byte as vCenter 8 sends it (protocols.md 1.5). */
export function setCookie(value: string, secure: boolean): string {
  return `${NAME}="${value}"; Path=/; HttpOnly;${secure ? ' Secure;' : ''}`
}
