import type { MoRef } from '../../schema/model.js'
import type { Slot, StoredRecord } from '../../world/records.js'
import type { Query, ReadContext } from '../call.js'
import { refOf } from '../refs.js'
import { fault } from '../method-fault.js'
import { isSessionObject } from '../session-objects.js'
import type { Session } from '../sessions.js'
import {
  HistoryCursor, MAX_COLLECTORS, type HistorySource, type LatestPage,
} from './cursor.js'

/** What a history collector holds: the cursor, and the last computed latest page. */
interface Held<T> {
  readonly cursor: HistoryCursor<T>
  memo: Memo<T> | undefined
}

interface Memo<T> {
  readonly record: StoredRecord | undefined
  readonly epoch: number
  readonly pageSize: number
  readonly page: LatestPage<T>
}

/**
 * Makes a history collector that belongs to the caller's session.
 * @throws InvalidState when the session has as many of that type as the product allows.
 */
export function createHistory<T>(
  call: Query,
  type: 'EventHistoryCollector' | 'TaskHistoryCollector',
  filter: object,
  source: HistorySource<T>,
): MoRef {
  const session = sessionOf(call)
  const { sessionObjects } = call.services
  const same = sessionObjects.list(session).filter(slot => slot.address.type === type)
  if (same.length >= MAX_COLLECTORS) throw fault('InvalidState')
  const held: Held<T> = { cursor: new HistoryCursor(source), memo: undefined }
  return refOf(sessionObjects.create(session, type, { props: { filter }, inner: held }))
}

/** The cursor of a collector. */
export function cursorOf<T>(self: Slot): HistoryCursor<T> {
  return heldBy<T>(self).cursor
}

/** Ends a collector. */
export function destroyHistory(call: Query): void {
  if (isSessionObject(call.self)) call.services.sessionObjects.destroy(call.self)
}

/**
 * The latest page of a collector: the same array as long as nothing changed, which shows in the
 * record of the manager (`managerId`) that every new item touches.
 */
export function latestPageOf<T>(context: ReadContext, self: Slot, managerId: string): readonly T[] {
  const held = heldBy<T>(self)
  const record = context.reader.get(context.node.name, managerId)
  const { epoch } = context.services.authorization
  const { pageSize } = held.cursor
  const { memo } = held
  const same = memo !== undefined && memo.epoch === epoch && memo.pageSize === pageSize
  if (same && memo.record === record) return memo.page.items
  const fresh = held.cursor.latestPage(same ? memo.page : undefined)
  const unchanged = memo !== undefined && equalItems(memo.page.items, fresh.items)
  const items = unchanged ? memo.page.items : fresh.items
  held.memo = { record, epoch, pageSize, page: { ...fresh, items } }
  return items
}

/** The caller's session; the gate lets nobody else come here. */
export function sessionOf(call: { readonly session: Session | undefined, readonly self: Slot }): Session {
  if (call.session !== undefined) return call.session
  throw fault('NotAuthenticated', { object: refOf(call.self), privilegeId: 'System.View' })
}

function heldBy<T>(self: Slot): Held<T> {
  return self.record!.inner as unknown as Held<T>
}

function equalItems<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i])
}
