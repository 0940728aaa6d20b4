import type {
  ExtensionManagerProps, SessionManagerGenericServiceTicket, SessionManagerHttpServiceRequestSpec,
  SessionManagerLocalTicket, SessionManagerMethods, SessionManagerProps, UserSession,
} from '../schema/generated/types.js'
import { canonicalPrincipal, findAccount } from '../services/accounts.js'
import { notAuthenticated } from '../services/authorization/check.js'
import type { Call, Query, VirtualProperty } from '../services/call.js'
import { postEvent } from '../services/events.js'
import { fault, invalidArgument, notEmulated } from '../services/method-fault.js'
import { issueLocalTicket } from '../services/sessions/local-tickets.js'
import { DEFAULT_LOCALE, acceptedLocale, messageLocales } from '../services/sessions/locales.js'
import { login } from '../services/sessions/login.js'
import type { Session } from '../services/sessions.js'
import { wellKnownRef } from '../services/well-known.js'
import { defineManagedObject, partial, query, type Definition, type Method } from './define.js'

type Args<M extends keyof SessionManagerMethods> = SessionManagerMethods[M]['args']

// Nothing in the lab issues tokens yet: whatever comes is from an issuer that it does not trust.
const noTokens = refused<Args<'LoginByToken'>>(() => {
  throw fault('InvalidLogin')
}, 'no token service: every token is refused with InvalidLogin')

const noSspi = refused<Args<'LoginBySSPI'>>(() => {
  throw fault('NotSupported')
}, 'no Windows domain: NotSupported')

const noCertificate = refused<Args<'LoginExtensionByCertificate'>>(() => {
  throw fault('NoClientCertificate')
}, 'no client certificates at the doors: NoClientCertificate')

const noSubject = refused<Args<'LoginExtensionBySubjectName'>>((call, args) => {
  if (!extensionKeys(call).includes(args.extensionKey)) throw fault('NotFound')
  throw fault('NoClientCertificate')
}, 'no client certificates at the doors: NoClientCertificate')

/** A method that always refuses, and says in the coverage page what it lacks. */
function refused<A>(run: (call: Query, args: A) => never, note: string): Method<A> {
  return query(run, note)
}

function extensionKeys(call: Query): string[] {
  const ref = wellKnownRef('extensionManager', call.node.kind)
  const list = ref === undefined ? undefined
    : call.reader.get<ExtensionManagerProps>(call.node.name, ref.value)?.props.extensionList
  return (list ?? []).map(extension => extension.key)
}

function own(call: Call | Query): Session {
  if (call.session === undefined) throw notAuthenticated(call.self, 'System.View')
  return call.session
}

function logout(call: Call): void {
  call.services.sessions.end(call.tx, call.node, own(call).key, 'logout')
}

/** Ends other sessions; NotFound and nothing ended when one of the keys is unknown. */
function terminate(call: Call, args: Args<'TerminateSession'>): void {
  const { sessions } = call.services
  for (const key of args.sessionId) {
    if (key === call.session?.key) throw invalidArgument('sessionId')
    const session = sessions.byKey(call.node.name, key)
    if (session === undefined) throw fault('NotFound')
    sessions.end(call.tx, call.node, key, 'terminated')
    postEvent(call.tx, call.node, {
      type: 'SessionTerminatedEvent',
      userName: call.session?.principal.name,
      fields: { sessionId: key, terminatedUsername: session.principal.name },
    })
  }
}

function isActive(call: Query, args: Args<'SessionIsActive'>): boolean {
  const session = call.services.sessions.byKey(call.node.name, args.sessionID)
  return session?.principal.name.toLowerCase() === args.userName.toLowerCase()
}

/** Another session of the ticket's user, on a connection without a session (protocols.md 4.4). */
function clone(call: Call, args: Args<'CloneSession'>): UserSession {
  if (call.session !== undefined) throw fault('InvalidLogin')
  const { sessions } = call.services
  const parent = sessions.redeemCloneTicket(call.tx, call.node.name, args.cloneTicket)
  if (parent === undefined) throw fault('InvalidLogin')
  return sessions.open(call.tx, call.node, { ...parent, client: call.client })
}

function acquireServiceTicket(
  call: Call,
  args: Args<'AcquireGenericServiceTicket'>,
): SessionManagerGenericServiceTicket {
  const session = own(call)
  const spec = args.spec as SessionManagerHttpServiceRequestSpec & { _typeName?: string }
  if (spec._typeName !== 'SessionManagerHttpServiceRequestSpec') throw notEmulated('spec')
  const id = call.services.sessions.issueServiceTicket(call.tx, session, {
    method: spec.method?.replace(/^http/, '').toUpperCase(),
    path: pathAndQuery(spec.url),
  })
  const { hostName, kind } = call.node
  return { id, hostName, ticketType: kind === 'vcenter' ? 'VcServiceTicket' : 'HostServiceTicket' }
}

/** Path and query of a URL, which may come without scheme and host. */
function pathAndQuery(url: string): string {
  if (!URL.canParse(url, 'https://host/')) throw invalidArgument('spec.url')
  const { pathname, search } = new URL(url, 'https://host/')
  return `${pathname}${search}`
}

function acquireLocalTicket(
  call: Call,
  { userName }: Args<'AcquireLocalTicket'>,
): SessionManagerLocalTicket {
  const user = findAccount(call.tx, call.node.name, userName, false)
  if (user === undefined) throw fault('InvalidLogin')
  return { userName, passwordFilePath: issueLocalTicket(call.tx, call.node, userName) }
}

function setLocale(call: Call, args: Args<'SetLocale'>): void {
  const locale = acceptedLocale(args.locale)
  if (locale === undefined) throw fault('InvalidLocale')
  call.services.sessions.change(call.tx, own(call), { locale })
}

function updateMessage(call: Call, args: Args<'UpdateServiceMessage'>): void {
  const before = call.tx.read<SessionManagerProps>(call.self)?.props.message
  if (before === args.message) return
  call.tx.update<SessionManagerProps>(call.self, draft => {
    draft.props.message = args.message
  })
  postEvent(call.tx, call.node, {
    type: 'GlobalMessageChangedEvent',
    userName: call.session?.principal.name,
    fields: { message: args.message, ...(before === undefined ? {} : { prevMessage: before }) },
  })
}

/** The caller's session becomes one of a user who is logged in as well. */
function impersonate(call: Call, args: Args<'ImpersonateUser'>): UserSession {
  const locale = acceptedLocale(args.locale)
  if (locale === undefined) throw fault('InvalidLocale')
  const { sessions } = call.services
  const wanted = [args.userName, canonicalPrincipal(call.tx, call.node.name, args.userName, false)]
    .map(name => name.toLowerCase())
  const other = sessions.all(call.node.name)
    .find(item => wanted.includes(item.principal.name.toLowerCase()))
  const shown = other === undefined ? undefined : sessions.userSession(call.tx, other)
  if (other === undefined || shown === undefined) throw fault('InvalidLogin')
  return sessions.change(call.tx, own(call), {
    principal: other.principal, fullName: shown.fullName,
    ...(args.locale === undefined ? {} : { locale }),
  })
}

const sessionList: VirtualProperty = ({ services: { sessions }, reader, node }) =>
  sessions.all(node.name)
    .map(session => sessions.userSession(reader, session))
    .filter(session => session !== undefined)

const currentSession: VirtualProperty = ({ services: { sessions }, reader, session }) =>
  session === undefined ? undefined : sessions.userSession(reader, session)

/** SessionManager (protocols.md 4). `message` is stored; the lists are computed at each read. */
export const sessionManager: Definition = defineManagedObject('SessionManager', {
  methods: {
    Login: query((call, args: Args<'Login'>) => login(call, args)),
    LoginByToken: noTokens,
    LoginBySSPI: noSspi,
    LoginExtensionByCertificate: noCertificate,
    LoginExtensionBySubjectName: noSubject,
    Logout: logout,
    SessionIsActive: query(isActive),
    TerminateSession: terminate,
    AcquireCloneTicket: (call: Call) =>
      call.services.sessions.issueCloneTicket(call.tx, call.node, own(call)),
    CloneSession: clone,
    AcquireGenericServiceTicket: partial(acquireServiceTicket,
      'requests over HTTP only, not VMOMI calls; without thumbprints'),
    AcquireLocalTicket: acquireLocalTicket,
    SetLocale: setLocale,
    UpdateServiceMessage: updateMessage,
    ImpersonateUser: impersonate,
  },
  virtual: {
    sessionList,
    currentSession,
    defaultLocale: () => DEFAULT_LOCALE,
    supportedLocaleList: () => messageLocales,
    messageLocaleList: () => messageLocales,
  },
})
