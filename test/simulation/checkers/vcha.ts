import { diskOf } from '../../../emulator/physics/vcha/disk-state.js'
import { clusteredVcenters, hasPeer, vchaOf, type DataKey, type VchaInner } from '../../../emulator/physics/vcha/state.js'
import { LAB } from '../../../emulator/physics/hardware/chassis.js'
import type { JournalEntry } from '../../../emulator/world/journal.js'
import type { World } from '../../../emulator/world/world.js'
import type { Checker, CheckerKind, Scene } from '../checker.js'

/** What the checkers of vCenter HA need of a run. */
export type VchaScene = Pick<Scene, 'broken' | 'reached'> & { readonly lab: { readonly world: World } }

/** A checker that other tests can use as well. */
export interface VchaCheckerKind extends Omit<CheckerKind, 'make'> {
  readonly make: (scene: VchaScene) => Checker
}

/** Only entries that touch a cluster, its disk or its machines can break anything. */
function concerns(entry: JournalEntry): boolean {
  return entry.changes.some(({ slot: { address } }) =>
    address.node === LAB && ['Vcha', 'SharedDisk', 'Machine'].includes(address.type))
}

function upNodes(vcha: VchaInner): DataKey[] {
  return (['1', '2'] as const).filter(key => vcha.nodes[key].publicUp === true)
}

/** I13: one public address, one active node, and nobody serves without a quorum in enabled mode. */
export const oneActive: VchaCheckerKind = {
  invariant: 'I13',
  title: 'vCenter HA has at most one active node, and it serves only with a quorum',
  make: ({ lab: { world }, broken, reached }) => ({
    after: entry => {
      if (!concerns(entry)) return
      for (const vcenter of clusteredVcenters(world)) {
        const vcha = vchaOf(world, vcenter)!
        const up = upNodes(vcha)
        if (up.length > 1) broken(`${vcenter}: the public address is up on ${up.join(' and ')}`)
        if (up.length === 0) reached('nobody serves')
        const [serving] = up
        if (serving === undefined) continue
        if (serving !== vcha.active) broken(`${vcenter}: ${serving} serves, but ${vcha.active} is active`)
        if (vcha.witness && vcha.mode === 'enabled' && !hasPeer(vcha, serving)) {
          broken(`${vcenter}: ${serving} serves in enabled mode and hears nobody`)
        }
      }
    },
  }),
}

/** I14: roles change only where the mode allows, sync and planned lose nothing, the writer has the newest epoch. */
export const soundRoles: VchaCheckerKind = {
  invariant: 'I14',
  title: 'vCenter HA changes roles only as its mode allows, without loss where none is allowed',
  make: ({ lab: { world }, broken, reached }) => ({
    after: entry => {
      if (!concerns(entry)) return
      for (const change of entry.changes) {
        if (change.slot.address.type !== 'Vcha') continue
        const before = change.before?.inner as VchaInner | undefined
        const after = change.after?.inner as VchaInner | undefined
        if (before === undefined || after === undefined || before.active === after.active) continue
        roleChange(entry, before, after, broken, reached)
      }
      for (const vcenter of clusteredVcenters(world)) {
        const disk = diskOf(world, vcenter)
        if (disk === undefined) continue
        for (const key of upNodes(vchaOf(world, vcenter)!)) {
          if (disk.epochs[key] !== disk.epoch) broken(`${vcenter}: ${key} writes with epoch ${disk.epochs[key]}, ${disk.epoch} was granted`)
        }
      }
    },
  }),
}

function roleChange(
  entry: JournalEntry, before: VchaInner, after: VchaInner,
  broken: (text: string) => void, reached: (what: string) => void,
): void {
  const forced = entry.cause['fault'] === 'vcha-reset-primary' || entry.cause['what'] === 'vcha-reset-primary'
  const { takeover } = before
  if (forced) return reached('reset by force')
  if (takeover === undefined) return broken('a role changed without an election')
  reached(takeover.asked ? takeover.planned ? 'planned failover' : 'forced failover' : 'automatic failover')
  if (before.mode === 'disabled') broken('a role changed in disabled mode')
  if (before.mode === 'maintenance' && !takeover.asked) broken('a role changed by itself in maintenance mode')
  if (before.witness && !takeover.asked && !hasPeer(before, after.active)) broken('a role changed without a quorum')
  if (takeover.planned && after.lost > 0) broken(`a planned failover lost ${after.lost} commits`)
  if (after.lost > 0) reached('commits lost')
}

export const vchaCheckers: readonly VchaCheckerKind[] = [oneActive, soundRoles]
