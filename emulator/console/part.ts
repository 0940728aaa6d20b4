import type { Picture } from '../wire/rfb/screen-feed.js'

/** Edges of a part in pixels, and the size that it is wanted in. */
export interface PartWish {
  readonly left?: number | undefined
  readonly top?: number | undefined
  readonly right?: number | undefined
  readonly bottom?: number | undefined
  readonly width?: number | undefined
  readonly height?: number | undefined
}

/** No picture is made larger than this, in pixels a side and in all: it is made while everybody else waits. */
const LARGEST = 4096
const MOST_PIXELS = 2 ** 21

/** A part of a picture in another size: each pixel is the mean of those that it stands for; undefined: no such part. */
export function partOf(picture: Picture, wish: PartWish): Picture | undefined {
  const { left = 0, top = 0, right = picture.width, bottom = picture.height } = wish
  const [edgeX, edgeY] = [Math.min(right, picture.width), Math.min(bottom, picture.height)]
  if (left >= edgeX || top >= edgeY) return undefined
  const { width = edgeX - left, height = edgeY - top } = wish
  if (width < 1 || height < 1 || width > LARGEST || height > LARGEST || width * height > MOST_PIXELS) return undefined
  if (left === 0 && top === 0 && width === picture.width && height === picture.height) return picture
  const pixels = new Uint8Array(width * height * 4)
  const columns = Array.from({ length: width }, (_, x) => span(left, edgeX, x, width))
  let before: Span | undefined
  for (let y = 0; y < height; y += 1) {
    const rows = span(top, edgeY, y, height)
    const at = y * width * 4
    // In a picture that is enlarged many rows are the same.
    if (before?.[0] === rows[0] && before[1] === rows[1]) pixels.copyWithin(at, at - width * 4, at)
    else for (let x = 0; x < width; x += 1) mean(picture, columns[x]!, rows, pixels, at + x * 4)
    before = rows
  }
  return { width, height, pixels }
}

type Span = readonly [first: number, last: number]

/** First and last place of the original that one place of the result stands for. */
function span(from: number, to: number, at: number, size: number): Span {
  const first = from + Math.floor((to - from) * at / size)
  return [first, Math.max(first, from + Math.ceil((to - from) * (at + 1) / size) - 1)]
}

function mean(
  { pixels, width }: Picture, [x0, x1]: Span, [y0, y1]: Span, into: Uint8Array, at: number,
): void {
  let [blue, green, red] = [0, 0, 0]
  for (let y = y0; y <= y1; y += 1) {
    for (let x = x0; x <= x1; x += 1) {
      const offset = (y * width + x) * 4
      blue += pixels[offset]!
      green += pixels[offset + 1]!
      red += pixels[offset + 2]!
    }
  }
  const count = (x1 - x0 + 1) * (y1 - y0 + 1)
  into[at] = Math.round(blue / count)
  into[at + 1] = Math.round(green / count)
  into[at + 2] = Math.round(red / count)
}
