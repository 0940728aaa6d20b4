import type { Rectangle } from './screen-feed.js'

/** The part of a rectangle that lies in another; without width or height when there is none. */
export function clip(part: Rectangle, within: Rectangle): Rectangle {
  const x = Math.max(part.x, within.x)
  const y = Math.max(part.y, within.y)
  return {
    x, y,
    width: Math.max(0, Math.min(part.x + part.width, within.x + within.width) - x),
    height: Math.max(0, Math.min(part.y + part.height, within.y + within.height) - y),
  }
}

/** The smallest rectangle with two others in it. */
export function union(a: Rectangle, b: Rectangle): Rectangle {
  const x = Math.min(a.x, b.x)
  const y = Math.min(a.y, b.y)
  return {
    x, y,
    width: Math.max(a.x + a.width, b.x + b.width) - x,
    height: Math.max(a.y + a.height, b.y + b.height) - y,
  }
}

/** Above this many, what lies outside is one rectangle around them. */
const MANY = 32

/** What of some rectangles lies outside of another. */
export function outside(parts: readonly Rectangle[], hole: Rectangle): readonly Rectangle[] {
  const left = parts.flatMap(part => around(part, hole))
  return left.length > MANY ? [left.reduce(union)] : left
}

/** A rectangle without the part in the hole: a strip above and below, a piece left and right. */
function around(part: Rectangle, hole: Rectangle): Rectangle[] {
  const inner = clip(part, hole)
  if (inner.width === 0 || inner.height === 0) return part.width > 0 && part.height > 0 ? [part] : []
  const right = part.x + part.width
  const bottom = part.y + part.height
  const pieces = [
    { x: part.x, y: part.y, width: part.width, height: inner.y - part.y },
    { x: part.x, y: inner.y + inner.height, width: part.width, height: bottom - inner.y - inner.height },
    { x: part.x, y: inner.y, width: inner.x - part.x, height: inner.height },
    { x: inner.x + inner.width, y: inner.y, width: right - inner.x - inner.width, height: inner.height },
  ]
  return pieces.filter(each => each.width > 0 && each.height > 0)
}
