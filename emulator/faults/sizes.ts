import { z } from 'zod'

const factors: Readonly<Record<string, number>> = {
  B: 1, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40,
}
const size = /^(\d+(?:\.\d+)?)\s*([KMGT]i?B|B)$/

/** An option that is a size in words, `10GB`, `1.5TiB`; becomes bytes. */
export const sizeSchema = z.union([z.string().regex(size, 'a size such as 10GiB').transform(bytesOf), z.number().positive()])

/** An option that is bytes a second, `5GB/s`; becomes a number. */
export const byteRateSchema = z.union([
  z.string().regex(/^\d+(\.\d+)?\s*([KMGT]i?B|B)\/s$/, 'bytes a second such as 50MiB/s')
    .transform(text => bytesOf(text.slice(0, -'/s'.length))),
  z.number().positive(),
])

/** `82%` or `82`. */
export const percentSchema = z.union([z.string(), z.number()])
  .transform(value => Number(String(value).replace(/%$/, '')))
  .pipe(z.number().min(0).max(100))

function bytesOf(text: string): number {
  const [, amount, unit] = size.exec(text)!
  return Math.round(Number(amount) * factors[unit!]!)
}
