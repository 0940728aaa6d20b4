// The system's Chromium, driven through its DevTools protocol, and what is asked of a page with a console.
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { check, until } from './lab.mjs'

/** A browser; certificates of the lab's own authority are accepted. */
export async function launch() {
  const find = 'command -v chromium || command -v chromium-browser || command -v google-chrome'
  const executablePath = spawnSync('sh', ['-c', find], { encoding: 'utf8' }).stdout.trim()
  if (executablePath === '') throw new Error('there is no Chromium')
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--ignore-certificate-errors', '--disable-gpu'] })
}

/** Pixels of the page's largest canvas that differ from a PNG; undefined: it has another size. */
export function difference(page, png) {
  return page.evaluate(async base64 => {
    const canvas = [...document.querySelectorAll('canvas')].sort((a, b) => b.width * b.height - a.width * a.height)[0]
    const bytes = Uint8Array.from(atob(base64), character => character.charCodeAt(0))
    const wanted = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
    if (canvas === undefined || canvas.width !== wanted.width || canvas.height !== wanted.height) return undefined
    const copy = new OffscreenCanvas(wanted.width, wanted.height).getContext('2d')
    copy.drawImage(wanted, 0, 0)
    const a = copy.getImageData(0, 0, wanted.width, wanted.height).data
    const b = canvas.getContext('2d').getImageData(0, 0, wanted.width, wanted.height).data
    let count = 0
    for (let at = 0; at < a.length; at += 4) if (a[at] !== b[at] || a[at + 1] !== b[at + 1] || a[at + 2] !== b[at + 2]) count += 1
    return count
  }, png.toString('base64'))
}

/** Waits until the canvas shows what /screen shows, pixel for pixel. */
export async function sameAsGuest(page, node, vm, what) {
  await until(async () => await difference(page, await node.screen(vm)) === 0, `${what}: every pixel of the canvas is the guest's`)
}

/** Keys of a US keyboard: what they give without and with Shift. */
const KEYS = { Digit: ['1234567890', '!@#$%^&*()'], Key: ['abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'] }
const SIGNS = {
  '-_': 'Minus', '=+': 'Equal', '[{': 'BracketLeft', ']}': 'BracketRight', ';:': 'Semicolon', '\'"': 'Quote', '`~': 'Backquote',
  '\\|': 'Backslash', ',<': 'Comma', '.>': 'Period', '/?': 'Slash', '\n\n': 'Enter', '  ': 'Space',
}

/** The key of a character, and whether Shift is held: as a person types, which Playwright's `type` does not. */
function keyOf(character) {
  for (const [name, [plain, shifted]] of Object.entries(KEYS)) {
    const at = plain.indexOf(character.toLowerCase()) < 0 ? shifted.indexOf(character) : plain.indexOf(character.toLowerCase())
    if (at >= 0) return { code: `${name}${plain[at].toUpperCase()}`, shift: shifted.includes(character) }
  }
  const [signs, code] = Object.entries(SIGNS).find(([each]) => each.includes(character))
  return { code, shift: signs.indexOf(character) === 1 }
}

/** Types a text with a keyboard. */
export async function typeText(page, text) {
  for (const character of text) {
    const { code, shift } = keyOf(character)
    if (shift) await page.keyboard.down('Shift')
    await page.keyboard.press(code)
    if (shift) await page.keyboard.up('Shift')
  }
}

/** Types a line where the guest stands, and looks that the picture changed and is the guest's. */
export async function typeAndSee(page, node, vm, line) {
  const before = await node.screen(vm)
  await typeText(page, line)
  await until(async () => !before.equals(await node.screen(vm)), `typed ${JSON.stringify(line)}: the guest's picture changed`)
  await sameAsGuest(page, node, vm, `typed ${JSON.stringify(line)}`)
}

/** A small picture of the page for the documents, where a folder for them is named. */
export async function picture(page, name) {
  const folder = process.env.LAB_IMAGES
  if (folder === undefined) return
  mkdirSync(folder, { recursive: true })
  const bytes = await page.screenshot()
  check(bytes.length < 60_000, `${name} is small (${bytes.length} bytes)`)
  writeFileSync(join(folder, name), bytes)
}

/** What the second use of a console ticket gets: the browser only says that it did not open. */
export function secondUse(page, url) {
  return page.evaluate(address => new Promise(resolve => {
    const socket = new WebSocket(address, ['binary'])
    socket.onopen = () => resolve('opened')
    socket.onclose = event => resolve(event.code)
  }), url)
}
