import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { CliError } from './io.js'

/** Statuses of a shell for a program that is not there or cannot be started. */
const NOT_FOUND = 127
const NOT_STARTED = 126

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
