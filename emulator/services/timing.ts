/**
 * Lab milliseconds that tasks of the product take when `behaviour.durations` is `realistic`.
 *
 * Source: no public figure is exact for any machine. These are the medians that operators see on an
 * idle lab of current hardware (general knowledge, to be taken as defaults); the differences
 * between the operations matter more than the figures: a suspend writes memory, a create writes
 * files, a rename touches one row.
 */
export const taskDurationMs = {
  powerOn: 1200,
  powerOff: 800,
  reset: 600,
  suspend: 2000,
  resume: 1800,
  shutdownGuest: 3000,
  rebootGuest: 3000,
  standbyGuest: 2000,
  createVm: 1000,
  registerVm: 700,
  unregisterVm: 400,
  reconfigureVm: 500,
  upgradeVm: 600,
  cloneVm: 4000,
  relocateVm: 4000,
  migrateVm: 3000,
  createScreenshot: 500,
  createSnapshot: 1200,
  removeSnapshot: 1000,
  revertSnapshot: 1200,
  markAs: 300,
  rename: 300,
  move: 300,
  destroyVm: 800,
  destroyEntity: 400,
  createCluster: 400,
  reconfigureCluster: 800,
  addHost: 6000,
  removeHost: 800,
  reconnectHost: 3000,
  disconnectHost: 500,
  enterMaintenance: 2000,
  exitMaintenance: 1000,
  rebootHost: 1000,
  shutdownHost: 1000,
  fileCopy: 1000,
  fileMove: 500,
  fileDelete: 500,
  logBundle: 4000,
} as const

/** A kind of task with a known duration. */
export type TimedTask = keyof typeof taskDurationMs

/** Percentages that a running task shows on its way, by its duration in lab milliseconds. */
export function progressSteps(durationMs: number): readonly number[] {
  if (durationMs < 1000) return none
  return durationMs < 3000 ? thirds : tenths
}

const none: readonly number[] = []
const thirds: readonly number[] = [30, 70]
const tenths: readonly number[] = [10, 20, 30, 40, 50, 60, 70, 80, 90]
