/** What vmware-authd says to the commands of a client (protocols.md 7.1, 7.2). */
import { oneLine } from '../../services/one-line.js'

/** The greeting, plain text, before TLS (protocols.md 7.1: the full form of ESXi). */
export const BANNER = '220 VMware Authentication Daemon Version 1.10: SSL Required, '
  + 'ServerDaemonProtocol:SOAP, MKSDisplayProtocol:VNC , VMXARGS supported, NFCSSL supported/t\r\n'

/** Wrong passwords until the daemon hangs up; not published, our default. */
const LOGINS = 3

/** Commands that cannot be carried out until the daemon hangs up; our own bound. */
const MISTAKES = 20

/** Base64 characters of the nonce: 12 bytes (protocols.md 7.2). */
export const NONCE_CHARACTERS = 16

/**
 * Commands that the daemon has and whose answers no public source shows: refused by name. NFC is a
 * binary protocol whose form is unpublished (protocols.md 7.6).
 */
const OTHER_SERVICES = ['SESSION', 'TICKET', 'PROXY', 'GLOBAL', 'VERSION', 'XPRIV', 'NFC']

/** What stands behind the daemon: accounts, tickets and the screens of VMs. */
export interface DaemonBack<Console> {
  /** True when name and password, or twice the same ticket, let the client in. */
  login(name: string, password: string): boolean
  /** The console of the VM with a configuration file, or why there is none. */
  connect(path: string, service: string): Console | string
  /** SHA-1 thumbprint of the certificate of the second TLS layer, `AA:BB:…`. */
  thumbprint(): string
}

/** What the daemon does about a line. */
export interface Answer<Console> {
  readonly reply: string
  /** Default: the next line. */
  readonly then?: 'close' | { readonly console: Console, readonly nonce: string }
}

/** The state of one client's talk with the daemon; it knows nothing of sockets. */
export class Dialogue<Console> {
  readonly #back: DaemonBack<Console>
  #name: string | undefined
  #loggedIn = false
  #nonce: string | undefined
  #failedLogins = 0
  #mistakes = 0

  constructor(back: DaemonBack<Console>) {
    this.#back = back
  }

  /** Answers one command line; after `close` or a console nothing more is to be asked. */
  line(text: string): Answer<Console> {
    if (this.#failedLogins >= LOGINS) return bye('421 Too many failed logins, closing the connection.')
    const answer = this.#answer(text)
    if (/^[45]/.test(answer.reply)) this.#mistakes += 1
    return this.#mistakes > MISTAKES ? bye('421 Too many errors, closing the connection.') : answer
  }

  #answer(text: string): Answer<Console> {
    const space = text.indexOf(' ')
    const word = space < 0 ? text : text.slice(0, space)
    const rest = space < 0 ? '' : text.slice(space + 1)
    const command = word.toUpperCase()
    switch (command) {
      case 'USER': return this.#user(rest)
      case 'PASS': return this.#pass(rest)
      case 'THUMBPRINT': return this.#thumbprint(rest)
      case 'CONNECT': return this.#connect(rest)
      case 'QUIT': return bye('221 Goodbye.')
      default: return OTHER_SERVICES.includes(command)
        ? { reply: `502 ${command} is not available on this host.` }
        : { reply: `500 Unknown command '${shown(word)}'` }
    }
  }

  #user(name: string): Answer<Console> {
    if (name === '') return { reply: '501 USER needs a name.' }
    this.#name = name
    this.#loggedIn = false
    return { reply: `331 Password required for ${shown(name)}.` }
  }

  #pass(password: string): Answer<Console> {
    const name = this.#name
    if (name === undefined) return { reply: '503 Login with USER first.' }
    this.#name = undefined
    this.#loggedIn = this.#back.login(name, password)
    if (this.#loggedIn) return { reply: `230 User ${shown(name)} logged in.` }
    this.#failedLogins += 1
    return { reply: '530 Login incorrect.' }
  }

  #thumbprint(nonce: string): Answer<Console> {
    if (!this.#loggedIn) return notLoggedIn
    if (!isNonce(nonce)) return { reply: '501 THUMBPRINT needs 12 bytes in base64.' }
    this.#nonce = nonce
    return { reply: `200 ${this.#back.thumbprint()}` }
  }

  #connect(rest: string): Answer<Console> {
    if (!this.#loggedIn) return notLoggedIn
    // A path may hold spaces: the service is the last word.
    const space = rest.lastIndexOf(' ')
    const [path, service] = space < 0 ? [rest, ''] : [rest.slice(0, space), rest.slice(space + 1)]
    if (path === '' || service === '') return { reply: '501 CONNECT needs a path and a service.' }
    if (this.#nonce === undefined) return { reply: '503 Send THUMBPRINT first.' }
    const console = this.#back.connect(path, service)
    if (typeof console === 'string') return { reply: `550 ${console}` }
    return { reply: `200 Connect ${shown(path)}`, then: { console, nonce: this.#nonce } }
  }
}

const notLoggedIn = { reply: '530 Login with USER and PASS first.' } as const

function bye(reply: string): { reply: string, then: 'close' } {
  return { reply, then: 'close' }
}

function isNonce(text: string): boolean {
  return text.length === NONCE_CHARACTERS && /^[A-Za-z0-9+/]+$/.test(text)
}

/** What a client sent, as an answer repeats it: whole, since it is bounded by its line. */
function shown(text: string): string {
  return oneLine(text, Infinity)
}
