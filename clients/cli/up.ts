import type { Command } from 'commander'
import type { GivenSettings } from '../../emulator/options.js'
import { LAB_SETTINGS, subcommand, withSettings, type CommandContext } from './command.js'
import { jsonLine } from './io.js'
import { startFromFlags, untilSignal } from './lab-process.js'
import { readyLine, welcome } from './welcome.js'

/** `fauxsphere up`: starts a lab and runs it until a signal comes. */
export function addUp(program: Command, { io }: CommandContext): void {
  withSettings(subcommand(program, 'up', 'start a lab and run it until a signal'),
    [...LAB_SETTINGS, 'envFile', 'json'])
    .action(async (flags: GivenSettings) => {
      const running = await startFromFlags(flags, io)
      io.out(running.settings.json ? jsonLine(readyLine(running.lab)) : welcome(running.lab))
      await untilSignal()
      await running.stop()
    })
}
