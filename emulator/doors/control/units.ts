/** Durations, clock wishes and points in time as users write them at the control API. */
import { parseClock, type ClockWish } from '../../options.js'
import { fromDateTime } from '../../world/clock.js'
import { durationMs } from '../../world/duration.js'
import { ControlError } from './target.js'

/**
 * `90s`, `1h30m`, `250ms`, `2d` in milliseconds; a bare number is seconds.
 * @throws ControlError 400 for anything else
 */
export function parseDuration(text: string): number {
  const trimmed = text.trim()
  if (/^\d+(\.\d+)?$/.test(trimmed)) return Math.round(Number(trimmed) * 1000)
  const ms = durationMs(trimmed.replace(/([a-z])\s+(?=\d)/g, '$1'))
  if (ms === undefined) {
    throw new ControlError(400, `'${text}' is no duration: write 90s, 5m, 1h30m or 250ms`)
  }
  return ms
}

/** The clock of `parseClock`. @throws ControlError 400 for what it does not know */
export function clockWish(text: string): ClockWish {
  try {
    return parseClock(text)
  } catch (error) {
    throw new ControlError(400, (error as Error).message)
  }
}

/**
 * A revision (`412`) or a lab time (`2026-01-05T08:10:00Z`).
 * @throws ControlError 400 for anything else
 */
export function parsePoint(text: string): { revision: number } | { time: number } {
  if (/^\d+$/.test(text)) return { revision: Number(text) }
  const time = fromDateTime(text)
  if (Number.isNaN(time)) {
    throw new ControlError(400, `'${text}' is neither a revision nor a time such as 2026-01-05T08:10:00Z`)
  }
  return { time }
}
