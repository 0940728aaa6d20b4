import type { Command } from 'commander'
import type { GivenSettings } from '../../emulator/options.js'
import { clientEnvironment } from './client-environment.js'
import { LAB_SETTINGS, subcommand, withSettings, type CommandContext } from './command.js'
import { startFromFlags } from './lab-process.js'
import { run } from './run-command.js'

/** `fauxsphere exec [flags] -- CMD …`: a lab for the time of one command. */
export function addExec(program: Command, { io, exit }: CommandContext): void {
  withSettings(subcommand(program, 'exec', 'start a lab, run a command against it, stop the lab'),
    [...LAB_SETTINGS, 'envFile'])
    .usage('[options] -- <command...>')
    .argument('<command...>')
    .passThroughOptions()
    .action(async (words: string[], flags: GivenSettings) => {
      const running = await startFromFlags({ ports: 'free', controlListen: '127.0.0.1:0', ...flags }, io)
      try {
        const { nodes, controlUrl } = running.lab
        exit(await run(words, { ...io.env, ...clientEnvironment(nodes, controlUrl) }))
      } finally {
        await running.stop()
      }
    })
}
