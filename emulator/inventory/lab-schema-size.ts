import { z } from 'zod'
import { parseBytes } from './units.js'

/** A size in words, `20GiB`; it becomes bytes. */
export const size = z.string()
  .refine(text => parseBytes(text) !== undefined, { error: 'a size is a number and a unit, such as 20GiB' })
  .transform(text => parseBytes(text)!)
