import type { Picture } from './screen-feed.js'

/** A picture cut or filled with black to a size, for a client that cannot follow a new one. */
export function fitted(picture: Picture, width: number, height: number): Picture {
  const pixels = new Uint8Array(width * height * 4)
  const rowBytes = Math.min(width, picture.width) * 4
  for (let y = 0; y < Math.min(height, picture.height); y += 1) {
    const from = y * picture.width * 4
    pixels.set(picture.pixels.subarray(from, from + rowBytes), y * width * 4)
  }
  return { width, height, pixels }
}
