import { z } from 'zod'
import { dropLock, lockOf, stealLock } from '../physics/storage/locks.js'
import { defineFault } from './define.js'
import { flagSchema } from './options.js'
import { FaultError } from './target.js'

interface Options {
  readonly hold: boolean
}

/** Name of the owner of a lock that somebody outside the lab has. */
const OUTSIDER = 'outsider'

/**
 * Somebody outside the lab takes the lock on a VM's files: a recovery tool, a host that was cloned
 * with its identity, damaged metadata. With `hold` he keeps it, so that the VM starts nowhere.
 */
export const lockLost = defineFault<Options>({
  name: 'lock-lost',
  target: 'vm',
  help: 'the lock on a VM\'s files is taken by an outsider, who keeps it with hold=true; heal gives it back',
  example: 'fauxsphere inject lock-lost vm/db-01 hold=true',
  options: z.strictObject({
    hold: flagSchema.default(false),
  }) as unknown as z.ZodType<Options>,
  inject(tx, target, { hold }) {
    const vm = tx.find(target.node, target.id)
    const lock = vm === undefined ? undefined : lockOf(tx, vm)
    if (lock === undefined) throw new FaultError(`${target.name} has no files that could be locked`)
    stealLock(tx, lock.id, OUTSIDER)
    if (!hold) dropLock(tx, lock.id, OUTSIDER)
  },
  heal(tx, target) {
    const vm = tx.find(target.node, target.id)
    const lock = vm === undefined ? undefined : lockOf(tx, vm)
    if (lock !== undefined) dropLock(tx, lock.id, OUTSIDER)
  },
})
