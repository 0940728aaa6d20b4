import type { CheckerKind } from '../checker.js'

/** I16: event keys of a node only grow; its own times never run back. */
export const eventsInOrder: CheckerKind = {
  invariant: 'I16',
  title: 'event keys of a node strictly grow',
  make: ({ broken }) => {
    const last = new Map<string, number>()
    return {
      after: entry => {
        for (const { log, value } of entry.appended) {
          if (!log.startsWith('events/')) continue
          const { key } = value as { key: number }
          const before = last.get(log)
          if (before !== undefined && key <= before) broken(`${log}: key ${key} after ${before}`)
          last.set(log, key)
        }
      },
    }
  },
}
