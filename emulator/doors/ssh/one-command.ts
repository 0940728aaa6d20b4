import { StringDecoder } from 'node:string_decoder'
import type { Channel } from 'ssh2'
import { afterRealMsUnref, soonUnref } from '../../world/clock.js'
import type { Shell } from '../../shell/shell-model.js'

/** Real milliseconds for which a command waits for the first of its input: clients that have some send it at once. */
const FIRST_INPUT_MS = 50
/** Turns of the event loop in which what has come is read. */
const READ_TURNS = 3
/** Characters of a command's input; our own bound. */
const MOST_INPUT = 16 * 1024 * 1024

export interface CommandOptions {
  readonly channel: Channel
  readonly shell: Shell
  readonly terminal: { readonly columns: number, readonly rows: number } | undefined
  /** False: the client takes nothing any more, and the connection was ended. `queued`: bytes that wait on its channel. */
  takes(queued?: number): boolean
  onDefect(error: unknown): void
}

/** Commands of one channel without a prompt: `ssh host command`, or a script on standard input. */
export class OneCommand {
  readonly #options: CommandOptions
  readonly #decoder = new StringDecoder('utf8')
  #input = ''
  #ended = false
  #over = false
  #cancel: (() => void) | undefined
  #whenEnded: (() => void) | undefined

  /** `command` undefined: what comes on standard input is the script. */
  constructor(options: CommandOptions, command: string | undefined) {
    this.#options = options
    const { channel } = options
    channel.on('data', (bytes: Buffer) => this.#hear(bytes))
    channel.on('end', () => this.#endInput())
    const run = (): void => {
      void this.#run(command === undefined ? this.#input.split('\n') : [command], command === undefined ? '' : this.#input)
    }
    // Nobody types into a command at a terminal here, and nobody may ever say that his input has ended.
    if (command !== undefined && options.terminal !== undefined) run()
    else {
      this.#whenEnded = run
      if (command !== undefined) this.#waitForFirst()
    }
  }

  /** After a busy moment the time is over before what came meanwhile has been read: that is waited for. */
  #waitForFirst(): void {
    const look = (turns: number): void => {
      this.#cancel = turns === 0 ? undefined : soonUnref(() => look(turns - 1))
      if (turns === 0) this.#start()
    }
    this.#cancel = afterRealMsUnref(FIRST_INPUT_MS, () => look(READ_TURNS))
  }

  interrupt(): void {
    this.#options.shell.interrupt()
  }

  /** The client has gone. */
  stop(): void {
    if (this.#over) return
    this.#over = true
    this.#cancel?.()
    this.#options.shell.close()
  }

  #hear(bytes: Buffer): void {
    if (this.#options.terminal !== undefined && bytes.includes(3)) this.interrupt()
    if (this.#ended) return
    // Who sends something is waited for until he says that it was all.
    this.#cancel?.()
    this.#cancel = undefined
    this.#input += this.#decoder.write(bytes)
    if (this.#input.length > MOST_INPUT) this.#refuse()
  }

  /** Half of an input would be worse than none. */
  #refuse(): void {
    this.#ended = true
    this.#whenEnded = undefined
    this.#input = ''
    const { channel } = this.#options
    if (this.#takes()) channel.stderr.write(`sh: the lab takes no more than ${MOST_INPUT} characters of input\n`)
    channel.exit(1)
    channel.end()
    this.stop()
  }

  #endInput(): void {
    this.#ended = true
    this.#start()
  }

  #start(): void {
    this.#ended = true
    this.#cancel?.()
    const run = this.#whenEnded
    this.#whenEnded = undefined
    if (!this.#over) run?.()
  }

  async #run(lines: readonly string[], input: string): Promise<void> {
    const { channel, shell, terminal, onDefect } = this.#options
    const shown = (said: string): string => terminal === undefined ? said : said.replace(/\r?\n/g, '\r\n')
    const io = {
      input, ...terminal === undefined ? {} : { terminal },
      out: (said: string) => { if (this.#takes()) channel.write(shown(said)) },
      err: (said: string) => { if (this.#takes()) (terminal === undefined ? channel.stderr : channel).write(shown(said)) },
    }
    let status = 0
    try {
      for (const line of lines) {
        if (this.#over || shell.left !== undefined) break
        if (line.trim() !== '') status = await shell.run(line, io)
      }
    } catch (error) {
      onDefect(error)
      status = 1
    }
    if (this.#over) return
    channel.exit(shell.left ?? status)
    channel.end()
    this.stop()
  }

  #takes(): boolean {
    const { channel, takes } = this.#options
    return !this.#over && takes(channel.writableLength + channel.stderr.writableLength)
  }
}
