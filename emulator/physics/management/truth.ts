import type { MoRef } from '../../schema/model.js'
import type { Reader, Slot } from '../../world/records.js'
import { mirrored } from './link.js'

/** Inner facts of a vCenter record that stands for host objects (the mirror keeps them). */
export interface MirrorInner {
  /** `<hostNode>/<hostMoid>`, one for each host that has the object. */
  mirrors?: readonly string[]
  /** Of a VirtualMachine: the one host that has it registered. */
  hostNode?: string
  hostMoid?: string
}

/** True if the record only mirrors host objects, so that its truth is elsewhere. */
export function isMirrored(reader: Reader, slot: Slot): boolean {
  const inner = reader.read<object, MirrorInner>(slot)?.inner
  return inner?.hostNode !== undefined || (inner?.mirrors?.length ?? 0) > 0
}

/** Name of the host node that a VM or host record of any node stands for. */
export function hostNodeOf(reader: Reader, slot: Slot): string {
  const inner = reader.read<object, MirrorInner>(slot)?.inner
  if (inner?.hostNode !== undefined) return inner.hostNode
  const mirror = inner?.mirrors?.[0]
  return mirror === undefined ? slot.address.node : splitMirror(mirror).node
}

/**
 * The host-side slot of a VM or host record: itself on a host; undefined when the management link
 * is cut or not heard since, or the host has forgotten it.
 */
export function findTruth(reader: Reader, slot: Slot): Slot | undefined {
  if (!isMirrored(reader, slot)) return slot
  const inner = reader.read<object, MirrorInner>(slot)!.inner
  const at = inner.hostNode !== undefined && inner.hostMoid !== undefined
    ? { node: inner.hostNode, id: inner.hostMoid }
    : splitMirror(inner.mirrors![0]!)
  if (!mirrored(reader, slot.address.node, at.node)) return undefined
  return reader.find(at.node, at.id)
}

/** Translates a reference of a node's inventory to a host's own; undefined: the host lacks it. */
export function refOnHost(reader: Reader, node: string, ref: MoRef, host: string): MoRef | undefined {
  if (node === host) return reader.find(host, ref.value) === undefined ? undefined : ref
  const slot = reader.find(node, ref.value)
  if (slot === undefined) return undefined
  const inner = reader.read<object, MirrorInner>(slot)!.inner
  if (inner.hostNode === host && inner.hostMoid !== undefined) {
    return { type: ref.type, value: inner.hostMoid }
  }
  const prefix = `${host}/`
  const mirror = inner.mirrors?.find(item => item.startsWith(prefix))
  if (mirror === undefined) return undefined
  const value = mirror.slice(prefix.length)
  const found = reader.find(host, value)
  return found === undefined ? undefined : { type: found.address.type, value }
}

function splitMirror(mirror: string): { node: string, id: string } {
  const at = mirror.indexOf('/')
  return { node: mirror.slice(0, at), id: mirror.slice(at + 1) }
}
