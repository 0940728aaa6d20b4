/** A lab whose nodes answer on 22, and clients of it. */
import ssh2, { type Client as SshClient, type ClientChannel, type SftpClient } from 'ssh2'
import { DoorWatch } from '../../emulator/door-watch.js'
import type { SshLimits } from '../../emulator/doors/ssh/connection.js'
import { sshTalk } from '../../emulator/doors/ssh/ssh-back.js'
import { SshDoor } from '../../emulator/doors/ssh/ssh-door.js'
import { doorBasics } from '../../emulator/node-web.js'
import { runService } from '../../emulator/physics/hardware/host-services.js'
import { logName } from '../../emulator/physics/logs/write.js'
import { HOST_OPTIONS } from '../../emulator/physics/options.js'
import { lineText } from '../../emulator/physics/logs/render.js'
import type { StoredLine } from '../../emulator/physics/logs/line.js'
import { updateAppliance } from '../../emulator/physics/appliance/state.js'
import type { HostLockdownMode, HostSystemProps } from '../../emulator/schema/generated/types.js'
import { findAccount, updateAccount } from '../../emulator/services/accounts.js'
import { HostKeys } from '../../emulator/services/shell-access/host-keys.js'
import { rewind } from '../../emulator/world/image.js'
import { FakeShells } from './fake-shells.js'
import { createTestLab, type TestLab, type TestLabOptions } from './test-lab.js'
import { turns } from './whole-lab.js'

const { Client } = ssh2 as unknown as { Client: typeof SshClient }

export const PASSWORD = 'VMware1!'

const keys = new HostKeys(undefined)

export interface SshLabOptions extends TestLabOptions {
  /** The shells and files of the lab's nodes in place of a few commands. */
  readonly realShells?: boolean
  readonly limits?: Partial<SshLimits>
}

/** How a client logs in; default: root with his password. */
export interface LoginOptions {
  readonly user?: string
  readonly password?: string
  readonly privateKey?: string
  readonly from?: string
  readonly method?: 'none' | 'password' | 'keyboard-interactive' | 'publickey'
}

export class SshLab {
  readonly base: TestLab
  readonly shells = new FakeShells()
  readonly #options: SshLabOptions
  readonly #doors = new Map<string, { door: SshDoor, port: number }>()
  readonly #clients: SshClient[] = []
  readonly #watch: DoorWatch

  constructor(options: SshLabOptions = {}) {
    this.#options = options
    this.base = createTestLab({ lab: 'cluster', ...options })
    this.#watch = new DoorWatch(this.base.world, error => this.base.defects.push(error))
  }

  get world(): TestLab['world'] {
    return this.base.world
  }

  /** A node's door, opened at the first question. */
  async door(name = 'esx-01'): Promise<{ door: SshDoor, port: number }> {
    const known = this.#doors.get(name)
    if (known !== undefined) return known
    const { lab, defects } = this.base
    const node = this.base.node(name)
    const { slow, silent, admits } = doorBasics(lab, node, 22)
    const door = new SshDoor({
      at: { address: '0.0.0.0', port: 0 }, hostKey: () => keys.of(name), slow, silent, admits,
      onDefect: error => { defects.push(error) },
      talk: client => sshTalk({ services: lab.services, node, shells: this.#options.realShells === true ? lab.shells : this.shells }, client),
      ...this.#options.limits === undefined ? {} : { limits: this.#options.limits },
    })
    const { port } = await door.open()
    this.#watch.add(name, 22, door)
    await this.settled()
    const opened = { door, port }
    this.#doors.set(name, opened)
    return opened
  }

  /** Starts SSH on a host, as StartService does. */
  async start(name = 'esx-01', running = true): Promise<void> {
    this.world.transact({ kind: 'lab', what: 'test' }, tx => runService(tx, name, 'TSM-SSH', running, 'user'))
    await this.settled()
  }

  /** A client that is logged in. Rejects with what the client says when it is not let in. */
  async client(options: LoginOptions = {}, name = 'esx-01'): Promise<SshClient> {
    const { user = 'root', password = PASSWORD, privateKey, from, method = privateKey === undefined ? 'keyboard-interactive' : 'publickey' } = options
    const { port } = await this.door(name)
    const client = new Client()
    this.#clients.push(client)
    client.on('keyboard-interactive', (_name: string, _text: string, _lang: string, prompts: unknown[], done: (answers: string[]) => void) =>
      done(prompts.map(() => password)))
    await new Promise<void>((resolve, reject) => {
      client.on('ready', resolve).on('error', reject).on('close', () => reject(new Error('closed')))
      client.connect({
        host: '127.0.0.1', port, username: user, readyTimeout: 0, ...from === undefined ? {} : { localAddress: from },
        password, privateKey, authHandler: [method],
        tryKeyboard: true,
      })
    })
    return client.on('error', () => {})
  }

  /** Tries to log in once, in vain; gives the methods that the node offers. */
  async refused(options: LoginOptions = {}, name = 'esx-01'): Promise<readonly string[]> {
    const { methods } = await this.#tryLogin(options, name, 1)
    return methods
  }

  /** How many tries with wrong names of nobody a connection has until it is ended. */
  async tries(most: number): Promise<number> {
    const { count } = await this.#tryLogin({ user: 'no-one', method: 'keyboard-interactive' }, 'esx-01', most)
    return count
  }

  /** What is shown before the login. */
  async banner(name = 'esx-01'): Promise<string> {
    const { port } = await this.door(name)
    const client = new Client()
    this.#clients.push(client)
    return new Promise((resolve, reject) => {
      client.on('banner', resolve).on('error', reject)
      client.connect({ host: '127.0.0.1', port, username: 'root', password: 'x', readyTimeout: 0, authHandler: ['none'] })
    })
  }

  async #tryLogin(
    { user = 'root', password = PASSWORD, privateKey, method = privateKey === undefined ? 'keyboard-interactive' : 'publickey' }: LoginOptions,
    name: string, most: number,
  ): Promise<{ methods: readonly string[], count: number }> {
    const { port } = await this.door(name)
    const client = new Client()
    this.#clients.push(client)
    let [methods, count] = [[] as readonly string[], 0]
    const auth = { type: method, username: user, password, key: privateKey, prompt: answer }
    function answer(_name: string, _text: string, _lang: string, prompts: unknown[], done: (answers: string[]) => void): void {
      done(prompts.map(() => password))
    }
    await new Promise<void>((resolve, reject) => {
      client.on('ready', () => reject(new Error(`${user} was let in`)))
      client.on('error', () => {}).on('close', resolve)
      client.connect({
        host: '127.0.0.1', port, username: user, readyTimeout: 0,
        authHandler: (left: readonly string[] | null, _partial: boolean, next: (what: unknown) => void) => {
          if (left !== null) [methods, count] = [left, count + 1]
          if (count >= most) client.end()
          else next(auth)
        },
      })
    })
    return { methods, count }
  }

  /** Changes an account of a host. */
  account(user: string, to: { readonly shellAccess: boolean }, name = 'esx-01'): void {
    this.world.transact({ kind: 'lab', what: 'test' }, tx => updateAccount(tx, findAccount(tx, name, user, false)!, to))
  }

  /** Puts a host into lockdown, as its HostAccessManager does. */
  lockdown(mode: HostLockdownMode, exceptions: string[], name = 'esx-01'): void {
    this.world.transact({ kind: 'lab', what: 'test' }, tx => {
      tx.update<HostSystemProps>({ node: name, id: 'ha-host' }, ({ props }) => { props.config!.lockdownMode = mode })
      tx.update<object, { exceptions?: string[] }>({ node: name, id: 'ha-host-access-manager' }, ({ inner }) => { inner.exceptions = exceptions })
    })
  }

  /** Switches SSH of a vCenter on or off, as `PUT /api/appliance/access/ssh` does. */
  async appliance(ssh: boolean, name = 'vc-01'): Promise<void> {
    this.world.transact({ kind: 'lab', what: 'test' }, tx => updateAppliance(tx, name, inner => { inner.settings.ssh = ssh }))
    await this.settled()
  }

  /** Waits until so many are logged in. */
  async logins(count: number): Promise<void> {
    await turns(() => this.base.lab.services.sshLogins.count === count)
  }

  /** All that the lab keeps of what happened: events, lines, records of logins. */
  everything(): string {
    const logs = this.world.logs().flatMap(log => [...log.since(1)].map(item => JSON.stringify(item.value)))
    const records = this.world.ofType('lab', 'SshLogin').map(slot => JSON.stringify(this.world.read(slot)))
    return [...logs, ...records].join('\n')
  }

  /** Puts a value into a host's advanced option. */
  option(key: string, value: unknown, name = 'esx-01'): void {
    this.world.transact({ kind: 'lab', what: 'test' }, tx => {
      tx.update<{ setting: { key: string, value: unknown }[] }>({ node: name, id: HOST_OPTIONS }, ({ props }) => {
        const found = props.setting.find(each => each.key === key)
        if (found === undefined) throw new Error(`no option ${key}`)
        found.value = value
      })
    })
  }

  /** Lines of a file of a node's logs, without headers, as 8.0 shows them. */
  lines(file: string, name = 'esx-01', version = '8.0.3'): string[] {
    return [...this.world.log(logName(this.world, name, file)).since(1)]
      .map(item => item.value as StoredLine).filter(line => line.header !== true).map(line => lineText(line, version))
  }

  /** Ids of the events of a node, oldest first. */
  events(name = 'esx-01'): string[] {
    return [...this.world.log(`events/${name}`).since(1)].map(item => {
      const event = item.value as { _typeName: string, eventTypeId?: string }
      return event.eventTypeId ?? event._typeName
    })
  }

  /** Puts the lab back to a revision. */
  rewind(revision: number): void {
    rewind(this.world, revision)
  }

  settled(): Promise<void> {
    return this.#watch.settled()
  }

  /** Nothing is left of those who were there, and nothing went wrong inside. */
  async calm(name = 'esx-01'): Promise<void> {
    for (const client of this.#clients.splice(0)) client.destroy()
    const { door } = await this.door(name)
    await turns(() => door.connections === 0 && this.base.lab.services.sshLogins.count === 0)
    await turns(() => this.shells.opened.every(shell => shell.closed))
    if (this.base.defects.length > 0) throw this.base.defects[0]
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.destroy()
    this.#watch.stop()
    await this.#watch.settled()
    for (const { door } of this.#doors.values()) await door.close()
    await this.base.close()
  }
}

/** What a command said and how it ended. */
export interface Ran {
  readonly out: string
  readonly err: string
  readonly status: number | null
}

export function exec(client: SshClient, command: string, options: { input?: string, pty?: boolean } = {}): Promise<Ran> {
  return new Promise((resolve, reject) => {
    client.exec(command, { pty: options.pty === true }, (error, channel) => {
      if (error !== undefined) reject(error)
      else resolve(ended(channel))
      channel?.end(options.input ?? '')
    })
  })
}

/** Everything that a channel says until its end. */
export function ended(channel: ClientChannel): Promise<Ran> {
  return new Promise(resolve => {
    let [out, err, status] = ['', '', null as number | null]
    channel.on('data', (bytes: Buffer) => { out += bytes.toString() })
    channel.stderr.on('data', (bytes: Buffer) => { err += bytes.toString() })
    channel.on('exit', (code: number | null) => { status = code })
    channel.on('close', () => resolve({ out, err, status }))
  })
}

/** A shell at a terminal, for tests that type. */
export class Typist {
  readonly channel: ClientChannel
  readonly done: Promise<Ran>
  #shown = ''

  constructor(channel: ClientChannel) {
    this.channel = channel
    channel.on('data', (bytes: Buffer) => { this.#shown += bytes.toString() })
    this.done = ended(channel)
  }

  static open(client: SshClient, window: object = { cols: 80, rows: 24, term: 'xterm' }): Promise<Typist> {
    return new Promise((resolve, reject) => {
      client.shell(window, (error, channel) => { if (error === undefined) resolve(new Typist(channel)); else reject(error) })
    })
  }

  /** Types, and waits until something was shown after it; gives what was shown. */
  async type(text: string, until_: string | RegExp): Promise<string> {
    const from = this.#shown.length
    this.channel.write(text)
    return this.sees(until_, from)
  }

  async sees(what: string | RegExp, from = 0): Promise<string> {
    const found = (): boolean => typeof what === 'string' ? this.#shown.slice(from).includes(what) : what.test(this.#shown.slice(from))
    await turns(found)
    return this.#shown.slice(from)
  }
}

export function sftp(client: SshClient): Promise<SftpClient> {
  return new Promise((resolve, reject) => {
    client.sftp((error, found) => { if (error === undefined) resolve(found); else reject(error) })
  })
}
