import { ControlError } from './doors/control/target.js'
import type { Lab } from './lab.js'
import { isUp } from './physics/hardware/chassis.js'
import { LEFT_SHIFT, strokeOfCharacter } from './wire/rfb/us-keyboard.js'

const named: Readonly<Record<string, number>> = {
  Enter: 0x1c, Escape: 0x01, Tab: 0x0f, Backspace: 0x0e, Space: 0x39, Delete: 0x153,
  Up: 0x148, Down: 0x150, PageUp: 0x149, PageDown: 0x151, F11: 0x57, F12: 0x58,
  ...Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`F${index + 1}`, 0x3b + index])),
}

const modifiers: Readonly<Record<string, number>> = { Alt: 0x38, Ctrl: 0x1d, Shift: LEFT_SHIFT }

/**
 * Types at the keyboard that is plugged into a host: `F2`, `Enter`, `Alt+F12`, …; what names no key is
 * typed as text.
 * @throws ControlError 404 for what is no host, 409 for one without power, 400 for a character that has no key
 */
export function pressHostKeys(lab: Lab, host: string, keys: readonly string[]): void {
  if (!lab.nodes.some(({ name, kind }) => name === host && kind === 'esxi')) throw new ControlError(404, `no host ${host}`)
  if (!isUp(lab.world, host)) throw new ControlError(409, `${host} is without power`)
  for (const chord of keys.flatMap(chordsOf)) {
    for (const code of chord) lab.consoles.hostKey(host, code, true)
    for (const code of [...chord].reverse()) lab.consoles.hostKey(host, code, false)
  }
}

/** Scan codes that are down together, one list after the other. */
function chordsOf(text: string): number[][] {
  const parts = text.split('+')
  const key = parts.at(-1)!
  const held = parts.slice(0, -1)
  if (Object.hasOwn(named, key) && held.every(each => Object.hasOwn(modifiers, each))) {
    return [[...held.map(each => modifiers[each]!), named[key]!]]
  }
  return [...text].map(character => {
    const stroke = strokeOfCharacter(character.codePointAt(0)!)
    if (stroke === undefined) throw new ControlError(400, `a US keyboard has no key for ${JSON.stringify(character)}`)
    return stroke.shift === true ? [LEFT_SHIFT, stroke.code] : [stroke.code]
  })
}
