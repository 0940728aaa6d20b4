import type { VmRecord } from '../compute/vm.js'
import { markOf, paint } from '../text-screen.js'
import { hostNameOf } from './guest-facts.js'
import type { Terminal } from './terminal.js'

/** The line with the cursor: a prompt, and what has been typed behind it. Passwords are not shown. */
export function promptOf(record: VmRecord, terminal: Terminal): string {
  if (terminal.running !== undefined) return ''
  switch (terminal.mode) {
    case 'login': return `${hostNameOf(record)} login: ${terminal.input}`
    case 'password': return 'Password: '
    case 'shell': {
      const { user, folder } = terminal
      const where = folder === homeOf(user) ? '~' : folder
      const sign = user === 'root' ? '#' : '$'
      return `${paint('brightGreen')}${user}@${hostNameOf(record)}${paint('silver')}:${paint('brightBlue')}${where}`
        + `${paint('silver')}${sign} ${terminal.input}`
    }
  }
}

/** What stands above the first login prompt. */
export function banner(record: VmRecord): string[] {
  return [`${record.props.config?.guestFullName ?? 'Linux'} ${hostNameOf(record)} tty1 (simulated)`, '']
}

/** Home folder of a user. */
export function homeOf(user: string): string {
  return user === 'root' ? '/root' : `/home/${user}`
}

/** Lines cut to a width; what is cut off goes on in the next line, in the same colours. */
export function wrapped(lines: readonly string[], columns: number): string[] {
  return lines.flatMap(line => line.length <= columns ? [line] : wrap(line, columns))
}

function wrap(line: string, columns: number): string[] {
  const parts: string[] = []
  let part = ''
  let width = 0
  let colours = ''
  for (const character of line) {
    if (markOf(character) !== undefined) {
      colours = character
      part += character
      continue
    }
    if (width === columns) {
      parts.push(part)
      part = colours
      width = 0
    }
    part += character
    width += 1
  }
  return [...parts, part]
}
