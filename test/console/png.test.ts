import { describe, expect, it } from 'vitest'
import { Canvas } from '../../emulator/console/canvas.js'
import { partOf } from '../../emulator/console/part.js'
import { encodePng } from '../../emulator/wire/png.js'
import { glyphOf } from '../../emulator/console/glyphs.js'
import { screenshotBytes } from '../../emulator/physics/guest-os/screenshot.js'
import { paint, TEXT_MODE } from '../../emulator/physics/text-screen.js'
import type { Picture } from '../../emulator/wire/rfb/screen-feed.js'
import { readPng } from './read-png.js'

function drawn(lines: readonly string[], size: { width: number, height: number } = TEXT_MODE): Picture {
  const canvas = new Canvas()
  canvas.show({ ...size, lines })
  return canvas.picture()
}

/** Colour of a pixel of a picture as `rrggbb`. */
function colourAt({ pixels, width }: Picture, x: number, y: number): string {
  const at = (y * width + x) * 4
  return Buffer.from([pixels[at + 2]!, pixels[at + 1]!, pixels[at]!]).toString('hex')
}

describe('a picture as PNG', () => {
  it('holds every pixel, whether compressed or not', () => {
    const picture = drawn([`${paint('yellow', 'blue')}Some text`, 'in two colours'])
    for (const plain of [false, true]) {
      const png = readPng(encodePng(picture, { plain }))
      expect([png.width, png.height]).toEqual([720, 400])
      for (let y = 0; y < 40; y += 1) for (let x = 0; x < 720; x += 1) {
        if (png.at(x, y) !== colourAt(picture, x, y)) throw new Error(`pixel ${x},${y}`)
      }
    }
    expect(encodePng(picture).length).toBeLessThan(4000)
  })

  it('not compressed has the size that the lab counts for a screenshot', () => {
    for (const size of [TEXT_MODE, { width: 1280, height: 800 }, { width: 1023, height: 401 }]) {
      expect(encodePng(drawn(['x'], size), { plain: true }).length).toBe(screenshotBytes(size))
    }
  })

  it('is in true colour when it has more than sixteen colours', () => {
    const picture = partOf(drawn([`${paint('yellow', 'blue')}mean ${paint('white', 'red')}values`]), { width: 333, height: 200 })!
    const png = readPng(encodePng(picture))
    for (let x = 0; x < 333; x += 1) expect(png.at(x, 4)).toBe(colourAt(picture, x, 4))
  })

  it('may be a part of the picture', () => {
    const picture = drawn(['', '   X'])
    const part = partOf(picture, { left: 27, top: 16, right: 36, bottom: 32 })!
    expect(part).toMatchObject({ width: 9, height: 16 })
    expect(colourAt(part, 1, 2)).toBe(colourAt(picture, 28, 18))
    expect(colourAt(part, 1, 2)).toBe('c8ccd0')
    expect(readPng(encodePng(picture, { part: { x: 27, y: 16, width: 9, height: 16 } })).at(1, 2)).toBe('c8ccd0')
    for (const wish of [{ left: 720 }, { top: 10, bottom: 10 }, { width: 0 }, { height: 5000 }]) expect(partOf(picture, wish)).toBeUndefined()
  })
})

describe('the font', () => {
  it('has a picture of its own for every character of ASCII and for frames', () => {
    const shown = [...Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index)), ...'─│┌┐└┘├┤┬┴┼█░']
    const pictures = new Map<string, string>()
    for (const character of shown) {
      const glyph = glyphOf(character)
      expect(glyph.length).toBe(16)
      expect(glyph.every(row => row >= 0 && row < 512)).toBe(true)
      const key = glyph.join()
      expect(pictures.get(key) ?? character).toBe(character)
      pictures.set(key, character)
      expect(glyph.some(row => row !== 0)).toBe(true)
    }
    expect(glyphOf(' ').every(row => row === 0)).toBe(true)
  })
})
