import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { vmRecord, type VmRecord } from '../compute/vm.js'
import { gridOf, TEXT_MODE, withoutMarks } from '../text-screen.js'
import { says } from './command-model.js'
import { runCommand } from './commands.js'
import { hostNameOf } from './guest-facts.js'
import { keyOf, type Key } from './keyboard.js'
import { isWindows, phaseOf } from './phase.js'
import { endPing, type FindGuests } from './ping.js'
import { print } from './print.js'
import { homeOf, promptOf } from './prompt.js'
import { GUEST_USERS } from './users.js'
import { wordsOf } from './words.js'
import { HISTORY_KEPT, setTerminal, terminalOf, type Modifier, type Terminal } from './terminal.js'

/**
 * A key of a VM's keyboard goes down or up (scan code of PC set 1, extended with 0x100 added). A
 * guest that is off, boots, hangs or has crashed takes no notice; Ctrl+Alt+Del restarts one that is up.
 */
export function pressKey(tx: Transaction, find: FindGuests, vm: Slot, scanCode: number, down: boolean): void {
  const key = keyOf(scanCode)
  const { phase, still } = phaseOf(tx, vm)
  if (key === undefined || phase.is !== 'up') return
  // A guest that goes on later finds a modifier up that was let go meanwhile.
  if (still && (down || !('modifier' in key))) return
  const record = vmRecord(tx, vm)
  if ('modifier' in key) {
    if (!isWindows(record)) hold(tx, vm, key.modifier, down)
  } else if (down && !isWindows(record)) {
    const { held } = terminalOf(tx, vm)
    if ('action' in key && key.action === 'delete' && held.includes('ctrl') && held.includes('alt')) restart(tx, vm)
    else act(tx, find, vm, record, key)
  }
}

function restart(tx: Transaction, vm: Slot): void {
  setTerminal(tx, vm, { held: [] })
  tx.emit('guest.typed', { node: vm.address.node, vm: vm.address.id, wish: 'reboot' })
}

function hold(tx: Transaction, vm: Slot, modifier: Modifier, down: boolean): void {
  const { held } = terminalOf(tx, vm)
  if (held.includes(modifier) === down) return
  setTerminal(tx, vm, { held: down ? [...held, modifier] : held.filter(each => each !== modifier) })
}

function act(
  tx: Transaction, find: FindGuests, vm: Slot, record: VmRecord, key: Exclude<Key, { modifier: unknown }>,
): void {
  const terminal = terminalOf(tx, vm)
  if ('character' in key) {
    type(tx, vm, record, terminal, key)
    return
  }
  if (key.action === 'capsLock') setTerminal(tx, vm, { caps: !terminal.caps })
  if (terminal.running !== undefined) return
  if (key.action === 'enter') enter(tx, find, vm, record, terminal)
  else if (key.action === 'backspace') setTerminal(tx, vm, { input: terminal.input.slice(0, -1) })
  else if (terminal.mode === 'shell' && key.action === 'up') recall(tx, vm, terminal, -1)
  else if (terminal.mode === 'shell' && key.action === 'down') recall(tx, vm, terminal, 1)
}

function type(
  tx: Transaction, vm: Slot, record: VmRecord, terminal: Terminal, key: Extract<Key, { character: string }>,
): void {
  const { held, caps, input } = terminal
  if (held.includes('ctrl')) {
    control(tx, vm, record, terminal, key.character)
    return
  }
  const shift = held.includes('shift') !== (caps && key.letter)
  const { columns } = gridOf(terminal.size ?? TEXT_MODE)
  const line = withoutMarks(promptOf(record, terminal)).length
  if (held.includes('alt') || terminal.running !== undefined || line >= columns * 2 - 1) return
  setTerminal(tx, vm, { input: input + (shift ? key.shifted : key.character) })
}

/** Ctrl with c, d, l, u: break, end, clear, forget the line. */
function control(tx: Transaction, vm: Slot, record: VmRecord, terminal: Terminal, character: string): void {
  if (character === 'c') {
    if (terminal.running !== undefined) endPing(tx, vm)
    else print(tx, vm, [`${promptOf(record, terminal)}^C`], terminal.mode === 'shell' ? {} : { mode: 'login', user: '' })
    setTerminal(tx, vm, { input: '' })
  } else if (terminal.running !== undefined) return
  else if (character === 'u') setTerminal(tx, vm, { input: '' })
  else if (character === 'l') setTerminal(tx, vm, { lines: terminal.mode === 'shell' ? [''] : [] })
  else if (character === 'd' && terminal.mode === 'shell' && terminal.input === '') logOut(tx, vm)
}

function recall(tx: Transaction, vm: Slot, { history, recalled }: Terminal, step: number): void {
  const at = Math.max(0, Math.min(history.length, (recalled ?? history.length) + step))
  setTerminal(tx, vm, { recalled: at, input: history[at] ?? '' })
}

function enter(tx: Transaction, find: FindGuests, vm: Slot, record: VmRecord, terminal: Terminal): void {
  const prompt = promptOf(record, terminal)
  const { mode, input, user } = terminal
  if (mode === 'login') {
    print(tx, vm, [prompt], input === '' ? {} : { mode: 'password', user: input })
  } else if (mode === 'password') {
    const welcome = Object.hasOwn(GUEST_USERS, user) && GUEST_USERS[user] === input
    print(tx, vm, [prompt, ...welcome ? greeting(record) : ['Login incorrect', '']],
      welcome ? { mode: 'shell', folder: homeOf(user) } : { mode: 'login', user: '' })
  } else {
    print(tx, vm, [prompt])
    run(tx, find, vm, record, input)
  }
  setTerminal(tx, vm, { input: '' })
}

function greeting(record: VmRecord): string[] {
  return [`Welcome to ${hostNameOf(record)}, a simulated guest. Type help for its commands.`, '']
}

function run(tx: Transaction, find: FindGuests, vm: Slot, record: VmRecord, input: string): void {
  if (input.trim() === '') return
  const { history, user, folder } = terminalOf(tx, vm)
  const again = history.at(-1) === input.trim() ? history : [...history, input.trim()].slice(-HISTORY_KEPT)
  const { recalled: _recalled, ...terminal } = terminalOf(tx, vm)
  setTerminal(tx, vm, { ...terminal, history: again, recalled: again.length })
  const words = wordsOf(input)
  const effect = typeof words === 'string' ? says(words) : runCommand({ tx, find, vm, record, user, folder, history: again }, words)
  if (effect.clear === true) setTerminal(tx, vm, { lines: [''] })
  else print(tx, vm, effect.lines ?? [])
  if (effect.folder !== undefined) setTerminal(tx, vm, { folder: effect.folder })
  if (effect.logout === true) logOut(tx, vm)
}

function logOut(tx: Transaction, vm: Slot): void {
  setTerminal(tx, vm, { mode: 'login', lines: [], input: '', user: '', history: [], recalled: 0 })
}
