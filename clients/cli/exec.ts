import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import type { Command } from 'commander'
import type { GivenSettings } from '../../emulator/options.js'
import { clientEnvironment } from './client-environment.js'
import { LAB_SETTINGS, subcommand, withSettings, type CommandContext } from './command.js'
import { CliError } from './io.js'
import { startFromFlags } from './lab-process.js'

/** Statuses of a shell for a program that is not there or cannot be started. */
const NOT_FOUND = 127
const NOT_STARTED = 126

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

/**
 * Runs a command on our own standard streams; gives its exit status, 128 + n for signal n.
 * Signals that we get are its to deal with.
 */
export function run(words: readonly string[], env: Record<string, string | undefined>): Promise<number> {
  const [command = '', ...args] = words
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', env })
    const pass = (signal: NodeJS.Signals) => child.kill(signal)
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
    for (const signal of signals) process.on(signal, pass)
    const done = () => { for (const signal of signals) process.off(signal, pass) }
    child.once('error', (error: NodeJS.ErrnoException) => {
      done()
      const status = error.code === 'ENOENT' ? NOT_FOUND : NOT_STARTED
      reject(new CliError(`${command}: ${error.code === 'ENOENT' ? 'command not found' : error.message}`, status))
    })
    child.once('exit', (code, signal) => {
      done()
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]))
    })
  })
}
