import type { Transaction } from '../../world/transaction.js'
import { keyOf, type Key } from '../guest-os/keyboard.js'
import { runService, serviceOf } from '../hardware/host-services.js'
import { hostOption } from '../options.js'
import { consoleLogs, consoleServes, menuEntries, RESTART_AGENTS, SHELL_SERVICES } from './entries.js'
import { restartAgents, stopHost } from './acts.js'
import { hostConsoleOf, logOutOfConsole, setHostConsole, type HostConsole, type Tty, type View } from './state.js'

/** Says whether somebody may log in at the console of a host. */
export type ConsoleLogin = (tx: Transaction, host: string, user: string, secret: string) => boolean

/** Scan codes of keys that a guest's keyboard has no use for. */
const more: Readonly<Record<number, string>> = {
  ...Object.fromEntries(Array.from({ length: 10 }, (_, index) => [0x3b + index, `f${index + 1}`])),
  0x57: 'f11', 0x58: 'f12', 0x149: 'pageUp', 0x151: 'pageDown',
}

/** Longest name and password that a field takes. */
const FIELD = 40
/** Rows that a page of a log moves by. */
const PAGE = 18

/** True for a scan code that means something to a host's console. */
export function isConsoleKey(scanCode: number): boolean {
  return keyOf(scanCode) !== undefined || more[scanCode] !== undefined
}

/** A key of a host's keyboard goes down or up. A host that does not run takes no notice; see `reactions.ts`. */
export function pressHostKey(tx: Transaction, host: string, scanCode: number, down: boolean, login: ConsoleLogin): void {
  const key = keyOf(scanCode)
  const console = hostConsoleOf(tx, host)
  if (key !== undefined && 'modifier' in key) {
    const held = console.held.filter(each => each !== key.modifier)
    setHostConsole(tx, host, { held: down ? [...held, key.modifier] : held })
    return
  }
  if (!down) return
  const name = more[scanCode] ?? (key !== undefined && 'action' in key ? key.action : '')
  if (name === 'capsLock') setHostConsole(tx, host, { caps: !console.caps })
  else if (console.held.includes('alt')) switchTty(tx, host, name)
  else if (console.tty === 2 && consoleServes(tx, host)) {
    step(tx, host, console, name, characterOf(console, key), login)
    rearm(tx, host)
  }
}

function switchTty(tx: Transaction, host: string, name: string): void {
  const tty = ({ f1: 1, f2: 2, f11: 11, f12: 12 } as const satisfies Record<string, Tty>)[name as 'f1']
  if (tty !== undefined) setHostConsole(tx, host, { tty })
}

function characterOf({ held, caps }: HostConsole, key: Key | undefined): string {
  if (key === undefined || !('character' in key) || held.includes('ctrl')) return ''
  return held.includes('shift') !== (caps && key.letter) ? key.shifted : key.character
}

/**
 * Whoever is logged in and types nothing is logged out (`UserVars.DcuiTimeOut`; 0: never). Whoever stopped
 * half-way through his password is forgotten, too: it stands in no record for longer than that.
 */
function rearm(tx: Transaction, host: string): void {
  const { view, idle } = hostConsoleOf(tx, host)
  if (idle !== undefined) tx.cancel(idle)
  const seconds = hostOption(tx, host, 'UserVars.DcuiTimeOut', 600)
  if (view.at !== 'own' && seconds > 0) setHostConsole(tx, host, { idle: tx.after(seconds * 1000, 'dcui.idle', { host }) })
}

function step(
  tx: Transaction, host: string, console: HostConsole, name: string, character: string, login: ConsoleLogin,
): void {
  const { view } = console
  const show = (next: View): void => setHostConsole(tx, host, { view: next })
  switch (view.at) {
    case 'own':
      if (name === 'f2' || name === 'f12') {
        show({ at: 'login', to: name === 'f2' ? 'menu' : 'power', user: 'root', secret: '', field: 'secret' })
      }
      break
    case 'login': return logIn(tx, host, view, name, character, login)
    case 'menu':
      if (name === 'escape') logOutOfConsole(tx, host)
      else if (name === 'enter') open(show, menuEntries[view.item]!.to)
      else show({ ...view, item: moved(view.item, name, menuEntries.length) })
      break
    case 'troubleshooting':
      if (name === 'escape') show({ at: 'menu', item: entryTo('troubleshooting') })
      else if (name === 'enter') choose(tx, host, show, view.item)
      else show({ ...view, item: moved(view.item, name, RESTART_AGENTS + 1) })
      break
    case 'agents':
      if (name === 'escape' || (view.done === true && name === 'enter')) show({ at: 'troubleshooting', item: RESTART_AGENTS })
      else if (name === 'f11' && view.done !== true) {
        restartAgents(tx, host, console.user)
        show({ at: 'agents', done: true })
      }
      break
    case 'log':
      if (name === 'escape' || character === 'q') show({ at: 'logs' })
      else show({ ...view, back: Math.max(0, view.back + scrolled(name)) })
      break
    case 'logs':
      if (name === 'escape') show({ at: 'menu', item: entryTo('logs') })
      else if (consoleLogs[Number(character || NaN) - 1] !== undefined) show({ at: 'log', log: Number(character) - 1, back: 0 })
      break
    case 'network': case 'support':
      if (name === 'escape' || name === 'enter') show({ at: 'menu', item: entryTo(view.at) })
      break
    case 'power':
      if (name === 'escape') logOutOfConsole(tx, host)
      else if (name === 'f2') stopHost(tx, host, 'shutdown', console.user)
      else if (name === 'f11') stopHost(tx, host, 'reboot', console.user)
  }
}

function open(show: (view: View) => void, to: (typeof menuEntries)[number]['to']): void {
  if (to === 'troubleshooting') show({ at: to, item: 0 })
  else if (to !== undefined) show({ at: to })
}

function choose(tx: Transaction, host: string, show: (view: View) => void, item: number): void {
  const service = SHELL_SERVICES[item]
  if (service !== undefined) runService(tx, host, service, serviceOf(tx, host, service)?.running !== true, 'user')
  else if (item === RESTART_AGENTS) show({ at: 'agents' })
}

function entryTo(to: string): number {
  return menuEntries.findIndex(entry => entry.to === to)
}

function moved(item: number, name: string, count: number): number {
  const next = name === 'up' ? item - 1 : name === 'down' ? item + 1 : item
  return Math.max(0, Math.min(count - 1, next))
}

function scrolled(name: string): number {
  return name === 'up' ? 1 : name === 'down' ? -1 : name === 'pageUp' ? PAGE : name === 'pageDown' ? -PAGE : 0
}

function logIn(
  tx: Transaction, host: string, view: Extract<View, { at: 'login' }>, name: string, character: string, login: ConsoleLogin,
): void {
  const { field, user, secret, to } = view
  const change = (next: Partial<typeof view>): void => setHostConsole(tx, host, { view: { ...view, ...next } })
  if (name === 'escape') setHostConsole(tx, host, { view: { at: 'own' } })
  else if (name === 'up' || name === 'down' || name === 'tab') change({ field: field === 'user' ? 'secret' : 'user' })
  else if (name === 'backspace') change({ [field]: view[field].slice(0, -1) })
  else if (name === 'enter' && field === 'user') change({ field: 'secret' })
  else if (name === 'enter') {
    if (login(tx, host, user, secret)) setHostConsole(tx, host, { user, view: to === 'menu' ? { at: 'menu', item: 0 } : { at: 'power' } })
    else {
      tx.emit('dcui.did', { host, user, what: 'login.failed' })
      change({ secret: '', refused: true })
    }
  } else if (view[field].length < FIELD) change({ [field]: view[field] + character })
}
