import type { Restart } from '../../../emulator/physics/ha/vms/plan.js'
import type { CheckerKind } from '../checker.js'

const MAX_ATTEMPTS = 5
/** The shortest waits before the second and later attempts, counted from the failure. */
const WAITS_MS = [120_000, 240_000, 480_000, 960_000]
const MOST_AT_ONCE = 32

/** I8: attempts for one VM by one primary are few, and far enough apart. */
export const attemptsSpaced: CheckerKind = {
  invariant: 'I8',
  title: 'a primary tries a VM five times at most, with 2, 4, 8 and 16 minutes between',
  make: ({ broken, reached }) => {
    const failedAt = new Map<string, number>()
    return {
      after: entry => {
        for (const { slot, before, after } of entry.changes) {
          if (slot.address.type !== 'HaRestart') continue
          const was = before?.props as unknown as Restart | undefined
          const is = after?.props as unknown as Restart | undefined
          const id = slot.address.id
          if (is === undefined) {
            failedAt.delete(id)
            continue
          }
          if (is.attempts > MAX_ATTEMPTS) broken(`${id}: ${is.attempts} attempts`)
          if (was !== undefined && is.attempts > was.attempts) {
            reached('a restart fails')
            failedAt.set(id, entry.time)
          }
          const begins = is.state.kind === 'starting' && was?.state.kind !== 'starting'
          const failed = failedAt.get(id)
          if (!begins || failed === undefined || is.attempts === 0) continue
          const wait = WAITS_MS[is.attempts - 1] ?? Infinity
          if (entry.time - failed < wait) broken(`${id}: attempt ${is.attempts + 1} after ${entry.time - failed} ms`)
        }
      },
    }
  },
}

/** I9: no host is asked for more power-ons at once than its limit. */
export const fewAtOnce: CheckerKind = {
  invariant: 'I9',
  title: 'a host starts 32 VMs at once at most',
  make: ({ lab, broken }) => ({
    after: entry => {
      if (!entry.changes.some(({ slot }) => slot.address.type === 'HaRestart')) return
      const counts = new Map<string, number>()
      for (const slot of lab.world.ofType('lab', 'HaRestart')) {
        const { state } = lab.world.read<Restart>(slot)!.props
        if (state.kind === 'starting') counts.set(state.host, (counts.get(state.host) ?? 0) + 1)
      }
      for (const [host, count] of counts) if (count > MOST_AT_ONCE) broken(`${host} starts ${count} VMs at once`)
    },
  }),
}

interface PostedEvent {
  readonly _typeName: string
  readonly eventTypeId?: string
  readonly userName: string
  readonly createdTime: string
  readonly vm?: { readonly name: string }
  readonly reason?: { readonly fault?: { readonly _typeName?: string } }
}

/** I5 and I11: HA starts nothing that a user stopped, and admission control never refuses it. */
export const restartsAreDue: CheckerKind = {
  invariant: 'I5',
  title: 'HA starts no VM that a user switched off, and is never refused by admission control',
  make: ({ broken }) => {
    /** When users switched VMs off: what a primary reports late may have been before that. */
    const off = new Map<string, string>()
    return {
      after: entry => {
        for (const { log, value } of entry.appended) {
          if (!log.startsWith('events/')) continue
          const event = value as PostedEvent
          const vm = event.vm?.name
          if (vm === undefined) continue
          if (event._typeName === 'VmPoweredOffEvent' && event.userName !== '') off.set(vm, event.createdTime)
          if (event._typeName === 'VmPoweredOnEvent' || event._typeName === 'VmStartingEvent') off.delete(vm)
          const offAt = off.get(vm)
          if (event.eventTypeId === 'com.vmware.vc.ha.VmRestartedByHAEvent' && offAt !== undefined && event.createdTime >= offAt) {
            broken(`${vm} was switched off by a user, and HA started it`)
          }
          if (event.reason?.fault?._typeName === 'InsufficientFailoverResourcesFault' && event._typeName === 'VmFailoverFailed') {
            broken(`admission control refused HA's start of ${vm}`)
          }
        }
      },
    }
  },
}
