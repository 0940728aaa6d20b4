import { findRecords, recordNames, recordKinds, splitKind } from '../physics/find.js'
import { LAB } from '../physics/hardware/chassis.js'
import { nameMatcher } from '../world/glob.js'
import { nearestName } from '../world/nearest.js'
import type { Reader, Slot } from '../world/records.js'
import { targetKinds, type FaultDefinition, type FaultTarget, type TargetKind } from './define.js'

/** What is wrong with a request to inject or heal; the text tells the user what to do. */
export class FaultError extends Error {}

/**
 * What to hit, as users write it. Text: a name (`esx-02`, `host/esx-*`, `/DC-01/vm/web-01`), names
 * with commas between them, a link (`esx-01 <-> esx-02`, one way `esx-01 -> vc-01`), or
 * `one-of:host/*`. Objects say the same: `{ one-of: … }`, `{ from, to, one-way }`, a list.
 */
export type TargetSpec =
  | string
  | readonly string[]
  | { readonly 'one-of': string | readonly string[] }
  | { readonly from: string | readonly string[], readonly to: string | readonly string[], readonly 'one-way'?: boolean | undefined }

/** A target as text, for messages and as what `fauxsphere inject` would be given. */
export function targetText(spec: TargetSpec): string {
  if (typeof spec === 'string') return spec
  if (isList(spec)) return spec.join(',')
  if ('one-of' in spec) return `one-of:${targetText(spec['one-of'])}`
  return `${targetText(spec.from)} ${spec['one-way'] === true ? '->' : '<->'} ${targetText(spec.to)}`
}

/**
 * All that a specification means, each thing once. `draw` gives a number in [0, 1) for `one-of`.
 * @throws FaultError when a part of it means nothing that the fault takes
 */
export function findTargets(
  reader: Reader, definition: FaultDefinition, spec: TargetSpec, draw: () => number,
): FaultTarget[] {
  const text = targetText(spec)
  const kinds = targetKinds(definition)
  if (text.startsWith('one-of:')) {
    const all = findTargets(reader, definition, text.slice('one-of:'.length), draw)
    return [all[Math.floor(draw() * all.length)]!]
  }
  const link = /^(.*?\S)\s*(<->|->)\s*(\S.*)$/.exec(text)
  if (link !== null) return [linkTarget(reader, definition, link[1]!, link[3]!, link[2] === '->')]
  if (kinds.includes('none') && (kinds.length === 1 || text === '')) {
    return [{ kind: 'none', node: LAB, id: '', name: text }]
  }
  const found = names(text).flatMap(name => named(reader, definition, name))
  return [...new Map(found.map(target => [`${target.node}/${target.id}`, target])).values()]
}

/**
 * Nodes by name, glob or list: for options such as the groups of a partition.
 * @throws FaultError for a name that is no node
 */
export function findNodes(reader: Reader, patterns: string | readonly string[]): string[] {
  const all = nodes(reader)
  return names(targetText(patterns)).flatMap(pattern => {
    const found = matchingNodes(all, ['node'], pattern)
    if (found.length === 0) throw new FaultError(missing(`${pattern} is no node`, pattern, all.map(node => node.name)))
    return found.map(node => node.name)
  })
}

/**
 * The parties at an end of a link: nodes, `datastore/NAME` (its array), `gateway`, `client`.
 * @throws FaultError for a name that is none of them
 */
export function findParties(reader: Reader, patterns: string | readonly string[]): string[] {
  return names(targetText(patterns)).flatMap(pattern => {
    if (pattern === 'gateway' || pattern === 'client') return [pattern]
    if (!pattern.startsWith('datastore/')) return findNodes(reader, pattern)
    const volumes = volumesNamed(reader, pattern.slice('datastore/'.length))
    if (volumes.length === 0) throw new FaultError(missing(`no ${pattern} in this lab`, pattern, volumeNames(reader)))
    return volumes.map(slot => `storage/${slot.address.id}`)
  })
}

interface NodeFacts { readonly name: string, readonly kind: string, readonly hostName: string }

function isList(spec: TargetSpec): spec is readonly string[] {
  return Array.isArray(spec)
}

/** `a, b` as `['a', 'b']`. */
function names(text: string): string[] {
  return text.split(',').map(part => part.trim()).filter(part => part !== '')
    .concat(text.trim() === '' ? [''] : [])
}

function linkTarget(
  reader: Reader, definition: FaultDefinition, first: string, second: string, oneWay: boolean,
): FaultTarget {
  if (!targetKinds(definition).some(kind => kind === 'link' || kind === 'any')) {
    throw new FaultError(`${definition.name} acts on ${kindsText(definition)}, not on a link`)
  }
  const from = findParties(reader, first)
  const to = findParties(reader, second)
  const same = from.find(party => to.includes(party))
  if (same !== undefined) throw new FaultError(`${same} cannot be at both ends of a link`)
  return {
    kind: 'link', node: from[0]!, id: to[0]!, from, to, oneWay,
    name: `${first} ${oneWay ? '->' : '<->'} ${second}`,
  }
}

function named(reader: Reader, definition: FaultDefinition, name: string): FaultTarget[] {
  const kinds = targetKinds(definition).includes('any')
    ? ['node', 'vm', 'datastore', 'cluster', 'network'] as const
    : targetKinds(definition)
  for (const kind of kinds) {
    const found = ofKind(reader, kind, name)
    if (found.length > 0) return found
  }
  const known = kinds.flatMap(kind => knownNames(reader, kind))
  throw new FaultError(missing(`${definition.name} needs a ${kindsText(definition)}; `
    + `${name === '' ? 'no target was given' : `${name} is none`}`, name, known))
}

function ofKind(reader: Reader, kind: TargetKind, name: string): FaultTarget[] {
  if (kind === 'host' || kind === 'vcenter' || kind === 'node') {
    return matchingNodes(nodes(reader), [kind], name)
      .map(node => ({ kind, node: node.name, id: node.name, name: node.name }))
  }
  if (kind === 'datastore') return datastoreTargets(reader, name)
  if (kind === 'vm') return vmTargets(reader, name)
  if (kind === 'network' || kind === 'cluster') return recordTargets(reader, kind, name)
  return []
}

function nodes(reader: Reader): NodeFacts[] {
  return reader.ofType(LAB, 'Node').map(slot => reader.read<NodeFacts>(slot)!.props)
}

function matchingNodes(all: readonly NodeFacts[], kinds: readonly TargetKind[], pattern: string): NodeFacts[] {
  const split = /^(host|vcenter|node)\/(.+)$/.exec(pattern)
  const wanted = split === null || split[1] === 'node' ? kinds : [split[1] as TargetKind]
  const matches = nameMatcher(split?.[2] ?? pattern)
  return all.filter(node => {
    const own = node.kind === 'esxi' ? 'host' : 'vcenter'
    const fits = (list: readonly TargetKind[]): boolean => list.includes('node') || list.includes(own)
    return fits(kinds) && fits(wanted) && (matches(node.name) || matches(node.hostName))
  })
}

/** VMs on their hosts; where several hosts have one of that name, those that run it. */
function vmTargets(reader: Reader, pattern: string): FaultTarget[] {
  const other = splitKind(pattern)
  if (other !== undefined && other.kind !== 'vm') return []
  const all = nodes(reader)
  const hosts = all.filter(node => node.kind === 'esxi').map(node => node.name)
  const seen = all.filter(node => node.kind === 'vcenter')
    .flatMap(node => findRecords(reader, node.name, pattern))
    .filter(slot => slot.address.type === 'VirtualMachine')
    .flatMap(slot => hostSide(reader, slot))
  const own = hosts.flatMap(host => findRecords(reader, host, pattern))
    .filter(slot => slot.address.type === 'VirtualMachine')
  const byName = new Map<string, Slot[]>()
  for (const slot of new Set([...seen, ...own])) {
    const { name } = reader.read<{ name: string }>(slot)!.props
    byName.set(name, [...byName.get(name) ?? [], slot])
  }
  return [...byName].flatMap(([name, slots]) => {
    const running = slots.filter(slot => runs(reader, slot))
    return (running.length > 0 ? running : slots.slice(0, 1))
      .map(({ address }) => ({ kind: 'vm' as const, node: address.node, id: address.id, name }))
  })
}

function runs(reader: Reader, slot: Slot): boolean {
  return reader.read<{ runtime?: { powerState?: string } }>(slot)?.props.runtime?.powerState === 'poweredOn'
}

function hostSide(reader: Reader, slot: Slot): Slot[] {
  const inner = reader.read<object, { hostNode?: string, hostMoid?: string }>(slot)?.inner
  const found = inner?.hostNode === undefined ? slot : reader.find(inner.hostNode, inner.hostMoid ?? '')
  return found === undefined ? [] : [found]
}

function datastoreTargets(reader: Reader, pattern: string): FaultTarget[] {
  const last = pattern.slice(pattern.lastIndexOf('/') + 1)
  const split = splitKind(pattern)
  if (split !== undefined && split.kind !== 'datastore') return []
  return volumesNamed(reader, last).map(slot => ({
    kind: 'datastore', node: LAB, id: slot.address.id, name: String(reader.read(slot)!.props['name']),
  }))
}

function volumesNamed(reader: Reader, pattern: string): Slot[] {
  const matches = nameMatcher(pattern)
  return reader.ofType(LAB, 'Volume')
    .filter(slot => matches(String(reader.read(slot)!.props['name'])) || slot.address.id === pattern)
}

function volumeNames(reader: Reader): string[] {
  return reader.ofType(LAB, 'Volume').map(slot => `datastore/${String(reader.read(slot)!.props['name'])}`)
}

function recordTargets(reader: Reader, kind: 'network' | 'cluster', pattern: string): FaultTarget[] {
  const all = nodes(reader)
  const ordered = [...all.filter(node => node.kind === 'vcenter'), ...all.filter(node => node.kind !== 'vcenter')]
  for (const node of ordered) {
    const found = findRecords(reader, node.name, pattern)
      .filter(slot => recordKinds[kind]!.includes(slot.address.type))
    if (found.length === 0) continue
    return found.map(slot => ({
      kind, node: node.name, id: slot.address.id, name: reader.read<{ name: string }>(slot)!.props.name,
    }))
  }
  return []
}

function knownNames(reader: Reader, kind: TargetKind): string[] {
  if (kind === 'datastore') return volumeNames(reader).map(name => name.slice('datastore/'.length))
  if (kind === 'host' || kind === 'vcenter' || kind === 'node') {
    return matchingNodes(nodes(reader), [kind], '*').map(node => node.name)
  }
  const types = recordKinds[kind]
  return types === undefined ? [] : [...new Set(nodes(reader).flatMap(node => recordNames(reader, node.name, types)))]
}

function kindsText(definition: FaultDefinition): string {
  return targetKinds(definition).join(' or ')
}

/** The text with the nearest right name, or what there is when that is not too much. */
function missing(text: string, name: string, known: readonly string[]): string {
  const bare = name.slice(name.lastIndexOf('/') + 1)
  const near = nearestName(name, known) ?? nearestName(bare, known)
  const hint = near === undefined ? '' : `; did you mean ${near}?`
  if (near !== undefined && known.length > 12) return text + hint
  const shown = known.slice(0, 12).join(', ')
  return `${text}${hint === '' ? '.' : hint} There are: ${shown === '' ? 'none' : shown}${known.length > 12 ? ', …' : ''}`
}
