import { paint } from '../text-screen.js'
import type { CommandEffect, CommandPlace, GuestCommand } from './command-model.js'
import { says } from './command-model.js'
import { fileCommands } from './file-commands.js'
import { networkCommands } from './network-commands.js'
import { systemCommands } from './system-commands.js'

const help: GuestCommand = {
  help: 'this list',
  run: () => says(
    'This guest is simulated; it knows these commands:',
    ...Object.keys(commands).sort().map(name => `  ${paint('white')}${name.padEnd(10)}${paint('silver')} ${commands[name]!.help}`),
  ),
}

const commands: Readonly<Record<string, GuestCommand>> = {
  ...systemCommands,
  ...networkCommands,
  ...fileCommands,
  help,
  clear: { help: 'clears the screen', run: () => ({ clear: true }) },
  logout: { help: 'ends the session', run: () => ({ logout: true }) },
  exit: { help: 'ends the session', run: () => ({ logout: true }) },
}

/** Runs a line of the shell. What is not emulated says so. */
export function runCommand(place: CommandPlace, words: readonly string[]): CommandEffect {
  const [name, ...args] = words as [string, ...string[]]
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command !== undefined) return command.run(place, args)
  return says(`${name}: command not found (a simulated guest; help lists what there is)`)
}
