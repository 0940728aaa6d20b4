import type { Slot } from '../../world/records.js'
import { compare, shown, type Comparison } from '../compare.js'
import type { PropertyExpectation } from '../format-expect.js'
import { findObjects, hostNodeOf, nameOf, readProperty, resolveRefs, type PropertyReader } from '../objects.js'
import { nodeOf, type Judge, type Sight, type Verdict } from './model.js'

/** A property of an object, or of each object of a glob. */
export function propertyJudge(expectation: PropertyExpectation, sight: Sight): Judge {
  const { world, read } = sight.lab
  const node = nodeOf(expectation, sight)
  const pattern = expectation.object ?? expectation.each ?? ''
  let objects: Slot[] | undefined
  let known = new Set<Slot>()
  /** True when the value comes from other records, too: then any change of the node may matter. */
  let wide = false
  const reader: PropertyReader = (slot, property) => {
    const props = slot.record?.props as Record<string, unknown> | undefined
    if (!known.has(slot) || props === undefined || !(property in props)) wide = true
    return read(slot, property)
  }
  const look = (): Verdict => {
    objects ??= findObjects(world, node, pattern)
    known = new Set(objects)
    if (objects.length === 0) return { holds: false, actual: `no object ${pattern} on ${node}` }
    const expected = resolveRefs(world, node, comparisonOf(expectation)) as Comparison
    const verdicts = objects.map(slot => {
      const value = readProperty(world, slot, expectation.property, reader)
      const host = hostNodeOf(world, slot)
      const carried = expectation.on === undefined ? '' : ` on ${host ?? 'no host'}`
      return {
        holds: onHost(expectation.on, host) && compare(expected, value),
        actual: `${nameOf(slot)}: ${shown(value)}${carried}`,
      }
    })
    return {
      holds: verdicts.every(verdict => verdict.holds),
      actual: summary(verdicts.filter(verdict => !verdict.holds), verdicts),
    }
  }
  return {
    look,
    concerns: entry => {
      let mine = false
      for (const { slot, before, after } of entry.changes) {
        if (slot.address.node !== node) continue
        if (before === undefined || after === undefined || placeOf(before) !== placeOf(after)) objects = undefined
        mine ||= wide || objects === undefined || known.has(slot)
      }
      return mine
    },
  }
}

/** The objects that do not fit, or else the first. */
function summary(failed: readonly { actual: string }[], all: readonly { actual: string }[]): string {
  const list = failed.length > 0 ? failed : all
  const rest = list.length > 3 ? `; and ${list.length - 3} more` : ''
  return list.slice(0, 3).map(verdict => verdict.actual).join('; ') + rest
}

function comparisonOf(expectation: PropertyExpectation): Comparison {
  const { object: _object, each: _each, property: _property, node: _node, on: _on, ...comparison } = expectation
  return comparison
}

function onHost(on: PropertyExpectation['on'], host: string | undefined): boolean {
  if (on === undefined) return true
  return typeof on === 'string' ? host === on : host !== on.not
}

/** Name and place in the inventory: what a pattern goes by. */
function placeOf(record: { readonly props: unknown }): string {
  const { name, parent } = record.props as { name?: string, parent?: { value: string } }
  return `${name ?? ''}/${parent?.value ?? ''}`
}
