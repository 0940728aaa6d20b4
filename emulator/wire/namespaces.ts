/** XML namespaces and SOAPAction values to tables of the schema (protocols.md 1.1, 1.6, 2.6). */
import type { Namespace, VersionIndex } from '../schema/model.js'
import { NAMESPACES, resolveClientVersion } from '../schema/versions.js'
import { versionMismatch } from './soap/wire-fault.js'

const aliases: ReadonlyMap<string, Namespace> = new Map<string, Namespace>([
  ...NAMESPACES.map((name): [string, Namespace] => [`urn:${name}`, name]),
  ['urn:vim2', 'vim25'],
  ['urn:internalvim25', 'vim25'],
  ['urn:vpxd3', 'vim25'],
])

/** The table that serves an XML namespace; undefined if none does (protocols.md 1.1). */
export function namespaceOfUri(uri: string): Namespace | undefined {
  return aliases.get(uri)
}

/**
 * Namespace and version a SOAPAction asks for, at most what a product of the `advertised` version
 * serves. Throws WireFault for a namespace that is not served (protocols.md 1.6, first row).
 */
export function clientVersion(
  soapAction: string | undefined,
  advertised: string,
): { namespace: Namespace; version: VersionIndex } {
  const found = resolveClientVersion(soapAction, advertised)
  if (!found.ok) throw versionMismatch(found.uri)
  return { namespace: found.namespace, version: found.version }
}
