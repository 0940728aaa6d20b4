/**
 * API versions: their order, what the version file lists, and which version a request is in.
 * The ids come from the type tables; a position in a namespace's list is a `VersionIndex`.
 */

import { VERSION_IDS, VIM_INDEX } from './generated/versions.js'
import type { Namespace, VersionIndex, Versions } from './model.js'

/** Every namespace that has tables, in the order in which an unqualified name is sought. */
export const NAMESPACES: readonly Namespace[] = ['vim25', 'pbm', 'sms', 'eam', 'vslm', 'vsan']

/** What a request without SOAPAction, or with an empty one, is taken as (protocols.md 2.6). */
export const UNSTATED_VERSION = '4.1'

/** The oldest version the version file names (protocols.md 2.1). */
const OLDEST_LISTED = '4.0'

/** Names under which older and internal clients address the vim25 service (protocols.md 1.1). */
const VIM_ALIASES: ReadonlySet<string> = new Set(['vim2', 'internalvim25', 'vpxd3'])

/** Version ids that a product prints are dotted numbers; the others are internal. */
const PUBLISHED = /^\d+(\.\d+)+$/

const INDEXES = new Map(NAMESPACES.map((namespace) => [
  namespace,
  new Map<string, VersionIndex>(VERSION_IDS[namespace].map((id, index) => [id, index])),
]))

/** The version look-ups of `Schema.versions`. */
export const versions: Versions = {
  list: (namespace = 'vim25') => VERSION_IDS[namespace],
  index: (id, namespace = 'vim25') => INDEXES.get(namespace)?.get(id),
  newest: (namespace = 'vim25') => VERSION_IDS[namespace].length - 1,
}

/**
 * Newest version of a namespace that a product of an advertised vim25 version serves; index 0 if
 * the product is older than all of them. Throws an Error for an id that is not a vim25 version.
 */
export function newestServed(advertised: string, namespace: Namespace = 'vim25'): VersionIndex {
  const product = versions.index(advertised)
  if (product === undefined) throw new Error(`${advertised} is not a version of vim25`)
  const included: readonly number[] = VIM_INDEX[namespace]
  return Math.max(0, included.findLastIndex((vim) => vim <= product))
}

/**
 * The vim25 version that goes with a version of a sister API, whose requests and answers carry
 * types of vim25 too; index 0 where the tables name none.
 */
export function vimVersionOf(namespace: Namespace, version: VersionIndex): VersionIndex {
  return Math.max(0, VIM_INDEX[namespace][version] ?? 0)
}

/**
 * The first version of a sister API that includes a vim25 version; the length of its list, which
 * no request reaches, if none does.
 */
export function versionOfVim(namespace: Namespace, vim: VersionIndex): VersionIndex {
  const included: readonly number[] = VIM_INDEX[namespace]
  const first = vim === 0 ? 0 : included.findIndex((index) => index >= vim)
  return first === -1 ? included.length : first
}

/** The published ids older than an advertised vim25 version, newest first, down to 4.0. */
export function priorVersions(advertised: string): readonly string[] {
  const newest = newestServed(advertised)
  const oldest = versions.index(OLDEST_LISTED) ?? 0
  return versions.list().slice(oldest, newest).filter((id) => PUBLISHED.test(id)).reverse()
}

/** The text of /sdk/vimServiceVersions.xml (protocols.md 2.1): one line, with its end. */
export function serviceVersionsXml(advertised: string): string {
  const prior = priorVersions(advertised).map((id) => `<version>${id}</version>`).join('')
  return '<?xml version="1.0" encoding="UTF-8" ?><namespaces version="1.0"><namespace>'
    + `<name>urn:vim25</name><version>${advertised}</version>`
    + `<priorVersions>${prior}</priorVersions></namespace></namespaces>\n`
}

/** The version a request is answered in, or the URI of a namespace that is not served. */
export type ClientVersion =
  | {
    readonly ok: true
    readonly namespace: Namespace
    readonly version: VersionIndex
    /** True if the client named an id of the list, even one newer than the server. */
    readonly known: boolean
  }
  | { readonly ok: false, readonly uri: string }

/**
 * Read a SOAPAction header: quoted, unquoted, empty or absent (protocols.md rule 10).
 * Absent, empty or without an id: 4.1 for vim25, the newest for the others. An id that is unknown
 * or newer than the server: the server's newest (rule 21). Never newer than `advertised`, the
 * vim25 version of the product. A client of govmomi that has not set its namespace sends the id
 * alone (`/8.0.3.0`): that is vim25. An unknown namespace gives its URI, for the message
 * `Unsupported version URI` (protocols.md 1.6).
 */
export function resolveClientVersion(
  soapAction: string | undefined,
  advertised: string,
): ClientVersion {
  const uri = unquote(soapAction ?? '')
  if (uri === '') return answer('vim25', undefined, advertised)
  const [, name = '', id] = /^urn:([^/]*)(?:\/(.*))?$/.exec(uri.startsWith('/') ? `urn:vim25${uri}` : uri) ?? []
  const namespace = VIM_ALIASES.has(name) ? 'vim25' : NAMESPACES.find((known) => known === name)
  if (namespace === undefined) return { ok: false, uri }
  return answer(namespace, id === '' ? undefined : id, advertised)
}

function unquote(header: string): string {
  const trimmed = header.trim()
  return trimmed.startsWith('"') && trimmed.endsWith('"') && trimmed.length > 1
    ? trimmed.slice(1, -1).trim()
    : trimmed
}

function answer(namespace: Namespace, id: string | undefined, advertised: string): ClientVersion {
  const newest = newestServed(advertised, namespace)
  const unstated = namespace === 'vim25' ? UNSTATED_VERSION : undefined
  const asked = id ?? unstated
  const index = asked === undefined ? undefined : versions.index(asked, namespace)
  const version = Math.min(index ?? newest, newest)
  return { ok: true, namespace, version, known: id !== undefined && index !== undefined }
}
