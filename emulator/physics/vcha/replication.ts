import type { Transaction } from '../../world/transaction.js'
import { linkWorks } from './links.js'
import { say, trap } from './say.js'
import { servingNode, updateVcha, vchaOf, type DatabaseState, type FileProvider } from './state.js'
import { ASYNC_LAG_MS, RESYNC_CONFIG_MS, RESYNC_DATABASE_MS, RESYNC_STATE_MS } from './timing.js'

/**
 * Keeps the position of the passive node in the journal. While replication is live it is the present;
 * at the instant at which the way or a machine ends it stands still: with synchronous replication at
 * the last commit, with asynchronous at what had been sent by then (availability.md 2.1).
 */
export function followReplication(tx: Transaction, vcenter: string): void {
  const vcha = vchaOf(tx, vcenter)
  if (vcha === undefined || vcha.kind === 'sharedDisk') return
  const works = canReplicate(tx, vcenter)
  if (vcha.live && !works) {
    const position = vcha.database === 'async' ? revisionAt(tx, tx.now() - ASYNC_LAG_MS) : tx.world.revision
    updateVcha(tx, vcenter, inner => {
      inner.live = false
      inner.position = position
    })
  }
  if (!works) stopResync(tx, vcenter)
  else if (!vcha.live && vcha.database !== 'noReplication') updateVcha(tx, vcenter, inner => { inner.live = true })
  else if (!vcha.live) beginResync(tx, vcenter)
}

function canReplicate(tx: Transaction, vcenter: string): boolean {
  const vcha = vchaOf(tx, vcenter)!
  return vcha.mode !== 'disabled' && vcha.stalled !== true && servingNode(vcha) === vcha.active
    && vcha.links['1-2'] && linkWorks(tx, vcenter, vcha, '1-2')
}

/** The nodes have noticed that nothing is replicated any more, or that it may begin again. */
export function settleReplication(tx: Transaction, vcenter: string): void {
  const vcha = vchaOf(tx, vcenter)!
  if (vcha.kind === 'sharedDisk') return
  const ended = !vcha.links['1-2'] || vcha.mode === 'disabled' || vcha.stalled === true || servingNode(vcha) !== vcha.active
  if (ended) {
    setDatabase(tx, vcenter, 'noReplication')
    for (const provider of ['serviceConfig', 'serviceState'] as const) setFiles(tx, vcenter, provider, false)
  }
  followReplication(tx, vcenter)
}

function beginResync(tx: Transaction, vcenter: string): void {
  if (vchaOf(tx, vcenter)!.resyncJob !== undefined) return
  const job = tx.after(RESYNC_DATABASE_MS, 'vcha.resync', { vcenter, part: 'database' })
  updateVcha(tx, vcenter, inner => { inner.resyncJob = job })
}

function stopResync(tx: Transaction, vcenter: string): void {
  const job = vchaOf(tx, vcenter)!.resyncJob
  if (job === undefined) return
  tx.cancel(job)
  updateVcha(tx, vcenter, inner => { delete inner.resyncJob })
}

const next = {
  database: { part: 'serviceConfig', ms: RESYNC_CONFIG_MS },
  serviceConfig: { part: 'serviceState', ms: RESYNC_STATE_MS },
  serviceState: undefined,
} as const

/** A replica has taken over a part of what it missed: the database first, then both kinds of files. */
export function resynced(tx: Transaction, vcenter: string, part: 'database' | FileProvider): void {
  const vcha = vchaOf(tx, vcenter)
  if (vcha === undefined) return
  const then = next[part]
  const job = then === undefined ? undefined : tx.after(then.ms, 'vcha.resync', { vcenter, part: then.part })
  updateVcha(tx, vcenter, inner => {
    if (part === 'database') inner.live = true
    if (job === undefined) delete inner.resyncJob
    else inner.resyncJob = job
  })
  if (part === 'database') setDatabase(tx, vcenter, vcha.wanted)
  else setFiles(tx, vcenter, part, true)
}

function setDatabase(tx: Transaction, vcenter: string, state: DatabaseState): void {
  const { database, active } = vchaOf(tx, vcenter)!
  if (database === state) return
  updateVcha(tx, vcenter, inner => { inner.database = state })
  const words = { oldState: database, newState: state }
  say(tx, vcenter, 'DB.replication.state.changed', words)
  trap(tx, vcenter, 'databaseReplication', active, words)
}

function setFiles(tx: Transaction, vcenter: string, provider: FileProvider, inSync: boolean): void {
  const { files, active } = vchaOf(tx, vcenter)!
  if (files[provider] === inSync) return
  updateVcha(tx, vcenter, inner => { inner.files[provider] = inSync })
  const words = { fileProviderType: provider, state: inSync ? 'inSync' : 'outOfSync' }
  say(tx, vcenter, 'file.replication.state.changed', words)
  trap(tx, vcenter, 'fileReplication', active, words)
}

/** The newest revision that was committed at an instant or before. */
function revisionAt(tx: Transaction, at: number): number {
  const { journal, revision } = tx.world
  const entries = journal.since(0)
  for (let i = entries.length - 1; i >= 0; i -= 1) if (entries[i]!.time <= at) return entries[i]!.revision
  return entries[0] === undefined ? revision : entries[0].revision - 1
}
