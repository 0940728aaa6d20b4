import { StringDecoder } from 'node:string_decoder'
import type { Channel, WindowSize } from 'ssh2'
import type { Shell } from '../../shell/shell-model.js'
import type { SshLogin } from '../../services/shell-access/ssh-logins.js'
import { LineEditor } from './line-editor.js'

/** Characters that wait while a command runs; our own bound. */
const TYPED_AHEAD = 65_536

export interface InteractiveOptions {
  readonly channel: Channel
  readonly shell: Shell
  readonly login: SshLogin
  readonly size: WindowSize
  /** Said before the shell's own greeting. */
  readonly motd: string
  /** False: the client takes nothing any more, and the connection was ended. `queued`: bytes that wait on its channel. */
  takes(queued?: number): boolean
  onDefect(error: unknown): void
}

/** A shell at a terminal: what is typed is edited here, and each line goes to the shell. */
export class Interactive {
  readonly #options: InteractiveOptions
  readonly #editor: LineEditor
  readonly #decoder = new StringDecoder('utf8')
  readonly #terminal: string
  #size: WindowSize
  #typed: string[] = []
  /** Nothing will be typed any more. */
  #ended = false
  #running = false
  #over = false
  #status = 0

  constructor(options: InteractiveOptions) {
    const { channel, shell, size, login, motd } = options
    this.#options = options
    this.#size = size
    this.#editor = new LineEditor(text => this.#write(text), size.cols)
    this.#terminal = login.openTerminal()
    channel.on('data', (bytes: Buffer) => this.#hear(bytes))
    channel.on('end', () => {
      this.#ended = true
      this.#read()
    })
    const greeting = [motd, shell.greeting()].filter(text => text !== '').map(text => text.endsWith('\n') ? text : `${text}\n`)
    this.#say(greeting.join(''))
    this.#editor.begin(shell.prompt())
  }

  /** Name of the terminal, `t0`. */
  get terminal(): string {
    return this.#terminal
  }

  resize(size: WindowSize): void {
    this.#size = size
    this.#editor.resize(size.cols)
  }

  interrupt(): void {
    if (this.#running) this.#options.shell.interrupt()
  }

  /** The node ends an idle shell, as busybox says it. */
  timeOut(): void {
    this.#write('\x07timed out waiting for input: auto-logout\r\n')
    this.end()
  }

  /** The shell has ended: the client is told its status. */
  end(): void {
    if (this.#over) return
    const { channel, shell } = this.#options
    channel.exit(shell.left ?? this.#status)
    channel.end()
    this.stop()
  }

  /** The user has gone. */
  stop(): void {
    if (this.#over) return
    this.#over = true
    const { shell, login } = this.#options
    shell.close()
    login.closeTerminal(this.#terminal)
  }

  #hear(bytes: Buffer): void {
    if (this.#over) return
    this.#options.login.active(this.#terminal, this.#running)
    const characters = [...this.#decoder.write(bytes)]
    if (this.#running && characters.includes('\x03')) {
      this.#typed = characters.slice(characters.lastIndexOf('\x03') + 1)
      this.#write('^C')
      this.#options.shell.interrupt()
      return
    }
    const room = TYPED_AHEAD - this.#typed.length
    this.#typed.push(...room < characters.length ? characters.slice(0, room) : characters)
    this.#read()
  }

  /** Edits what has come, until a command runs. */
  #read(): void {
    while (!this.#running && !this.#over && this.#typed.length > 0) {
      const { typed, taken } = this.#editor.feed(this.#typed)
      this.#typed = this.#typed.slice(taken)
      if (typed === undefined) continue
      if (typed.kind === 'line') this.#run(typed.text)
      else if (typed.kind === 'interrupt') {
        // What was begun on lines before is thrown away too.
        this.#options.shell.interrupt()
        this.#prompt(130)
      }
      else {
        this.#write('\r\n')
        this.end()
      }
    }
    if (this.#ended && !this.#running) this.end()
  }

  #run(text: string): void {
    const { shell, login, onDefect } = this.#options
    if (text.trim() === '') {
      this.#prompt(this.#status)
      return
    }
    login.command(text)
    this.#running = true
    login.active(this.#terminal, true)
    const io = {
      out: (said: string) => this.#say(said), err: (said: string) => this.#say(said), input: '',
      terminal: { columns: this.#size.cols, rows: this.#size.rows },
    }
    shell.run(text, io).catch((error: unknown) => {
      onDefect(error)
      return 1
    }).then(status => {
      this.#running = false
      if (this.#over) return
      login.active(this.#terminal, false)
      if (shell.left !== undefined) this.end()
      else {
        this.#prompt(status)
        this.#read()
      }
    }).catch(onDefect)
  }

  #prompt(status: number): void {
    this.#status = status
    this.#editor.begin(this.#options.shell.prompt())
  }

  /** Text of programs: a terminal begins a new line only with both characters. */
  #say(text: string): void {
    this.#write(text.replace(/\r?\n/g, '\r\n'))
  }

  #write(text: string): void {
    const { channel, takes } = this.#options
    if (!this.#over && text !== '' && takes(channel.writableLength)) channel.write(text)
  }
}
