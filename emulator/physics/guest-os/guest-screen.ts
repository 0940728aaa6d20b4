import type { Reader, Slot } from '../../world/records.js'
import { GUEST_BOOT_MS, GUEST_SHUTDOWN_MS, GUEST_STANDBY_MS } from '../compute/timing.js'
import { vmRecord, type VmRecord } from '../compute/vm.js'
import { TEXT_MODE, centred, gridOf, paint, withoutMarks, type TextScreen } from '../text-screen.js'
import {
  KERNEL_MS, bootLines, downLines, firmwareLines, noSystemLines, panicLines, type TimedLine,
} from './boot-text.js'
import { hostNameOf } from './guest-facts.js'
import { isWindows, phaseOf } from './phase.js'
import { banner, promptOf, wrapped } from './prompt.js'
import { terminalOf, type Terminal } from './terminal.js'

/**
 * What a VM of a host shows on its screen now; undefined while it is off. It follows from the
 * records and the lab time alone. Windows guests have a sign-in screen and nothing behind it.
 */
export function guestScreen(reader: Reader, vm: Slot): TextScreen | undefined {
  const record = vmRecord(reader, vm)
  const { phase, still } = phaseOf(reader, vm)
  const terminal = terminalOf(reader, vm)
  const size = terminal.size ?? TEXT_MODE
  const { columns, rows } = gridOf(size)
  const now = reader.now()
  const whole = (lines: readonly string[], changesIn?: number): TextScreen => ({
    ...size, lines, ...(changesIn === undefined || still ? {} : { changesAt: now + changesIn }),
  })
  switch (phase.is) {
    case 'off': return undefined
    case 'noSystem': return whole(noSystemLines(record, columns))
    case 'booting': {
      if (phase.age < KERNEL_MS) return whole(firmwareLines(record, phase.age, columns), 500 - phase.age % 500)
      if (isWindows(record)) return whole(windowsStarting(columns, rows), GUEST_BOOT_MS - phase.age)
      return scrolling(bootLines(record), phase.age, rows, columns, GUEST_BOOT_MS, whole)
    }
    case 'goingDown': {
      const total = phase.how === 'standby' ? GUEST_STANDBY_MS : GUEST_SHUTDOWN_MS
      return isWindows(record)
        ? whole(windowsMessage(phase.how === 'reboot' ? 'Restarting' : 'Shutting down', columns, rows))
        : scrolling(downLines(record, phase.how, total), phase.age, rows, columns, total, whole)
    }
    case 'panic': return isWindows(record)
      ? whole(windowsStop(record, rows))
      : whole(lastLines([...shown(record, terminal), ...panicLines(record, phase.uptime)], columns, rows))
    case 'suspended':
    case 'up': return isWindows(record) ? whole(windowsSignIn(record, columns, rows)) : shell(record, terminal, size)
  }
}

/** The lines of a login prompt or a shell, and the cursor behind what was typed. */
function shell(record: VmRecord, terminal: Terminal, size: { readonly width: number, readonly height: number }): TextScreen {
  const { columns, rows } = gridOf(size)
  const lines = lastLines(shown(record, terminal), columns, rows)
  const last = withoutMarks(lines.at(-1) ?? '')
  const cursor = { column: Math.min(columns - 1, last.length), row: lines.length - 1 }
  return { ...size, lines, cursor }
}

function shown(record: VmRecord, terminal: Terminal): string[] {
  return [...terminal.lines.length === 0 ? banner(record) : terminal.lines, promptOf(record, terminal)]
}

function scrolling(
  lines: readonly TimedLine[], age: number, rows: number, columns: number, end: number,
  whole: (lines: readonly string[], changesIn?: number) => TextScreen,
): TextScreen {
  const said = lines.filter(line => line.at <= age)
  const next = lines.find(line => line.at > age)
  return whole(lastLines(said.map(line => line.text), columns, rows), Math.max(1, (next?.at ?? end) - age))
}

function lastLines(lines: readonly string[], columns: number, rows: number): string[] {
  return wrapped(lines.slice(-rows), columns).slice(-rows)
}

const blue = paint('white', 'blue')

function windowsMessage(text: string, columns: number, rows: number): string[] {
  return Array.from({ length: rows }, (_, row) => blue + (row === Math.floor(rows / 2) ? centred(text, columns) : ''))
}

function windowsStarting(columns: number, rows: number): string[] {
  return windowsMessage('Starting', columns, rows)
}

function windowsSignIn(record: VmRecord, columns: number, rows: number): string[] {
  const middle = Math.floor(rows / 2)
  const lines = windowsMessage(hostNameOf(record), columns, rows)
  lines[middle + 2] = blue + centred('Press Ctrl+Alt+Del to sign in.', columns)
  lines[rows - 2] = `${blue}  ${record.props.config?.guestFullName ?? ''}`
  lines[rows - 1] = `${blue}  The simulated desktop ends here: this guest has no session to sign in to.`
  return lines
}

function windowsStop(record: VmRecord, rows: number): string[] {
  const text = [
    '', '', `    ${hostNameOf(record)} has come to a stop.`, '',
    '    A driver has written where nothing may be written, and the system cannot go on.',
    '    Nothing helps but a reset of the machine.', '', '    Reason: SIMULATED_DRIVER_FAULT',
  ]
  return Array.from({ length: rows }, (_, row) => blue + (text[row] ?? ''))
}
