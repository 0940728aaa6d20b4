/** The version files that clients read before their first call (protocols.md 2.1). */
import type { Schema } from '../../schema/model.js'
import { newestServed, serviceVersionsXml, versions } from '../../schema/versions.js'
import { escapeText } from '../../wire/xml.js'
import { send, type Route } from './exchange.js'
import { XML } from './product-headers.js'

/**
 * The version id that decides what a product serves: its own `apiVersion` when the tables know it,
 * else their newest published one. A lab may advertise any label (the peer's `-api-version`).
 */
export function servedVersion(apiVersion: string): string {
  if (versions.index(apiVersion) !== undefined) return apiVersion
  return versions.list().findLast(id => /^\d+(\.\d+)+$/.test(id)) ?? apiVersion
}

/** Text of vimServiceVersions.xml for a product's `apiVersion`, known to the tables or not. */
export function vimServiceVersions(apiVersion: string): string {
  const served = servedVersion(apiVersion)
  const text = serviceVersionsXml(served)
  if (served === apiVersion) return text
  return text.replace(`<version>${served}</version>`, `<version>${escapeText(apiVersion)}</version>`)
}

/** Text of vsanServiceVersions.xml: the vSAN versions a product of that vim25 version serves. */
export function vsanServiceVersions(schema: Schema, served: string): string {
  const list = schema.versions.list('vsan')
  const newest = newestServed(served, 'vsan')
  const prior = list.slice(0, newest).reverse().map(id => `<version>${escapeText(id)}</version>`)
  return '<?xml version="1.0" encoding="UTF-8" ?><namespaces version="1.0"><namespace>'
    + `<name>urn:vsan</name><version>${escapeText(list[newest] ?? '')}</version>`
    + `<priorVersions>${prior.join('')}</priorVersions></namespace></namespaces>\n`
}

/** GET of both files. */
export const serviceVersionsRoute: Route = {
  matches: (method, path) => isRead(method)
    && (path === '/sdk/vimServiceVersions.xml' || path === '/sdk/vsanServiceVersions.xml'),
  handle: exchange => {
    const { apiVersion, schema, advertised } = exchange.door
    const text = exchange.path.includes('vsan')
      ? vsanServiceVersions(schema, advertised)
      : vimServiceVersions(apiVersion)
    send(exchange, 200, XML, text)
  },
}

/** GET or HEAD. */
export function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD'
}
