import { z } from 'zod'
import { setClockOffset } from '../physics/appliance/facts.js'
import { durationMs } from '../world/duration.js'
import { defineFault } from './define.js'

/** `15m`, `-90s`: becomes milliseconds, with its sign. */
const offset = z.string()
  .refine(text => durationMs(text.replace(/^[+-]/, '')) !== undefined, 'a time such as 15m or -90s')
  .transform(text => (text.startsWith('-') ? -1 : 1) * durationMs(text.replace(/^[+-]/, ''))!)

interface Options {
  readonly offset: number
}

/** The clock of a node is wrong: every time that it writes is. What it waits for takes as long as ever. */
export const clockDrift = defineFault<Options>({
  name: 'clock-drift',
  target: 'node',
  help: 'the clock of a node is ahead (or behind, -): CurrentTime, events, tasks, headers and logs show it; heal sets it right',
  example: 'fauxsphere inject clock-drift esx-02 offset=-15m',
  options: z.strictObject({ offset: offset.default(900_000) }) as unknown as z.ZodType<Options>,
  inject(tx, target, { offset: offsetMs }) {
    setClockOffset(tx, target.id, offsetMs)
  },
  heal(tx, target) {
    setClockOffset(tx, target.id, 0)
  },
})
