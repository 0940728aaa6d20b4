import { inflateSync } from 'node:zlib'

/** Pixels of a PNG of one of the two forms that are written here, as 0xRRGGBB; anything else throws. */
export function readPng(file: Buffer): { width: number, height: number, colours: number[] } {
  const width = file.readUInt32BE(16)
  const height = file.readUInt32BE(20)
  const bits = file[24]!
  let palette: Buffer | undefined
  let data = Buffer.alloc(0)
  for (let at = 8; at < file.length;) {
    const length = file.readUInt32BE(at)
    const name = file.toString('latin1', at + 4, at + 8)
    const body = file.subarray(at + 8, at + 8 + length)
    if (name === 'PLTE') palette = body
    if (name === 'IDAT') data = Buffer.concat([data, body])
    at += 12 + length
  }
  const rows = inflateSync(data)
  const stride = Math.ceil(width * (palette === undefined ? 24 : bits) / 8) + 1
  if (rows.length !== stride * height) throw new Error(`${rows.length} bytes of rows`)
  const colours: number[] = []
  for (let y = 0; y < height; y += 1) {
    if (rows[y * stride] !== 0) throw new Error('a filter')
    for (let x = 0; x < width; x += 1) {
      const from = y * stride + 1
      if (palette === undefined) colours.push(rows.readUIntBE(from + x * 3, 3))
      else colours.push(palette.readUIntBE((rows[from + (x >> 1)]! >> (x % 2 === 0 ? 4 : 0) & 15) * 3, 3))
    }
  }
  return { width, height, colours }
}
