import { CELL } from '../physics/text-screen.js'

/**
 * The letters of the text screen, drawn for this project. Each is a few strokes: points `xy`, x from
 * 0 (left) to 5, y from 0 (top of a capital) over 3 (top of a small letter) and 9 (base line) to C
 * (end of a tail), both hexadecimal; points in a row are joined, a space lifts the pen. The pen is
 * two pixels wide; after `~` it is one, and x goes to 6.
 */
const strokes: Readonly<Record<string, string>> = {
  '!': '2026 2829', '"': '1012 4042', '#': '~2029 5059 0363 0666', '$': '524111020314445557481807 2029',
  '%': '0001 5009 5859', '&': '591411203041420608193956', "'": '2022', '(': '40222749', ')': '10323719',
  '*': '1246 4216 0454', '+': '2228 0555', ',': '28291B', '-': '0555', '.': '2829', '/': '5009',
  '0': '104051584919080110 1742', '1': '022029 0949', '2': '01104051530959', '3': '01104051534424 445558491908',
  '4': '40050656 4049', '5': '500004445558491908', '6': '5140100108194958554404', '7': '0050512529',
  '8': '104051534414030110 14050819495855 5544', '9': '0819495851401001041555',
  ':': '2324 2829', ';': '2324 28291B', '<': '410549', '=': '0353 0757', '>': '014509', '?': '01104051532526 2829',
  '@': '~5919080110405156262353', A: '090420305459 0656', B: '00094958554404 4453514000', C: '5849190801104051',
  D: '00093957523000', E: '50000959 0434', F: '500009 0444', G: '51401001081949585535', H: '0009 5059 0454',
  I: '1040 2029 1949', J: '505849190807', K: '0009 501459', L: '000959', M: '09002450 5059', N: '09005950',
  O: '104051584919080110', P: '09004051544505', Q: '104051584919080110 3659', R: '09004051544505 2559',
  S: '514010010314445558491908', T: '0050 2029', U: '000819495850', V: '000529395550', W: '0009265950',
  X: '0059 5009', Y: '0002245250 2429', Z: '00500959', '[': '40202949', '\\': '0059', ']': '10303919',
  '^': '03203053', _: '0B5B', '`': '1032', a: '13435459 56160708193958', b: '0009 0413435458491908',
  c: '5443130408194958', d: '5059 5443130408194958', e: '06565443130408194958', f: '50302129 0343',
  g: '535B4C1C0B 5443130408194958', h: '0009 0413435459', i: '2020 132329 0949', j: '4040 33434B3C1C0B',
  k: '0009 531659', l: '102029 0949', m: '~0903 0413233439 3443536469', n: '0903 0413435459',
  o: '134354584919080413', p: '030C 0413435458491908', q: '535C 5443130408194958', r: '0309 05234354',
  s: '544313040516465758491908', t: '1118294958 0343', u: '0308194958 5359', v: '030529395553',
  w: '~030819293849596863 3538', x: '0359 5309', y: '0308194958 535B4C1C0B', z: '03530959',
  '{': '403021240526283949', '|': '202B', '}': '001021244526281909', '~': '061525364655',
}

/** Rows of a cell from the top, the leftmost pixel in bit 8. */
export type Glyph = readonly number[]

const drawn = new Map<string, Glyph>()

/** The picture of a character; a blank cell for one that has none. */
export function glyphOf(character: string): Glyph {
  let glyph = drawn.get(character)
  if (glyph === undefined) {
    glyph = drawFrame(character) ?? drawLetter(strokes[character] ?? '')
    drawn.set(character, glyph)
  }
  return glyph
}

/** Capitals begin in row 2 and pixel 1, so that lines and neighbours stay apart. */
const LEFT = 1
const TOP = 2

function drawLetter(text: string): Glyph {
  const rows = new Array<number>(CELL.height).fill(0)
  const thin = text.startsWith('~')
  const dot = (x: number, y: number): void => {
    const bits = thin ? 0b1_0000_0000 : 0b1_1000_0000
    rows[y + TOP] = rows[y + TOP]! | (bits >> (x + LEFT))
  }
  for (const stroke of text.replace('~', '').split(' ')) {
    const points = [...stroke.matchAll(/(.)(.)/g)].map(([, x, y]) => [parseInt(x!, 16), parseInt(y!, 16)] as const)
    points.slice(1).forEach(([x, y], index) => line(points[index]!, [x, y], dot))
  }
  return rows
}

/** Every pixel on the way, ends included. */
function line(from: readonly [number, number], to: readonly [number, number], dot: (x: number, y: number) => void): void {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]]
  const steps = Math.max(Math.abs(dx), Math.abs(dy), 1)
  for (let step = 0; step <= steps; step += 1) {
    dot(Math.round(from[0] + dx * step / steps), Math.round(from[1] + dy * step / steps))
  }
}

/** Arms of the frame characters: left, right, up, down. */
const frames: Readonly<Record<string, string>> = {
  '─': 'lr', '│': 'ud', '┌': 'rd', '┐': 'ld', '└': 'ru', '┘': 'lu', '├': 'rud', '┤': 'lud', '┬': 'lrd', '┴': 'lru', '┼': 'lrud',
}

/** Frames reach the edge of the cell, so that they join. */
function drawFrame(character: string): Glyph | undefined {
  if (character === '█') return new Array<number>(CELL.height).fill(0x1ff)
  if (character === '░') return Array.from({ length: CELL.height }, (_, y) => y % 2 === 0 ? 0x124 : 0x049)
  const arms = frames[character]
  if (arms === undefined) return undefined
  const across = (arms.includes('l') ? 0b1_1111_0000 : 0) | (arms.includes('r') ? 0b0_0001_1111 : 0)
  return Array.from({ length: CELL.height }, (_, y) => {
    const stem = (y <= 7 && arms.includes('u')) || (y >= 7 && arms.includes('d')) ? 0b0_0001_1000 : 0
    return stem | (y === 7 ? across : 0)
  })
}
