import { statSync, writeFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import type { Command } from 'commander'
import { subcommand, type CommandContext } from '../command.js'
import { CliError, EXIT, type Io } from '../io.js'
import type { Inventory } from './inventory.js'
import { plainName } from './paths.js'

interface ImportFlags {
  readonly out?: string
  readonly name?: string
  readonly username?: string
}

/** `fauxsphere import URL or DIR`: a lab file of somebody's inventory. */
export function addImport(program: Command, { io }: CommandContext): void {
  subcommand(program, 'import', 'make a lab file from a vCenter\'s inventory (read only) or a `govc object.save` folder')
    .argument('<source>', 'URL of a vCenter or host, such as https://user@vc.example.com/sdk, or a folder')
    .option('--out <file>', 'file to write; standard output otherwise')
    .option('--name <name>', 'name of the lab')
    .option('--username <user>', 'user, if the URL names none (or GOVC_USERNAME); the password is taken from the URL '
      + 'or from GOVC_PASSWORD')
    .action(async (source: string, flags: ImportFlags) => {
      const from = /^https?:\/\//.test(source) ? await live(source, flags, io) : await folder(source)
      const [{ labFrom }, { stringify }] = await Promise.all([import('./lab-from.js'), import('yaml')])
      const { lab, notes } = labFrom(from.inventory, plainName(flags.name ?? from.name))
      const text = stringify(lab, { lineWidth: 120 })
      if (flags.out === undefined) io.out(text)
      else write(flags.out, text)
      io.err('Not taken over: permissions, tags, custom fields, alarms, rules and groups of clusters, snapshots.\n')
      for (const note of notes) io.err(`Not taken over: ${note}\n`)
    })
}

interface Source {
  readonly inventory: Inventory
  readonly name: string
}

async function folder(path: string): Promise<Source> {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new CliError(`${path} is no folder, and no URL that begins with https://`, EXIT.usage)
  }
  const { readFolder } = await import('./read-folder.js')
  return { inventory: readFolder(path), name: basename(resolve(path)) }
}

async function live(source: string, flags: ImportFlags, io: Io): Promise<Source> {
  const url = urlOf(source)
  const userName = decoded(url.username) || flags.username || io.env['GOVC_USERNAME']
  const password = decoded(url.password) || io.env['GOVC_PASSWORD']
  if (userName === undefined || password === undefined) {
    throw new CliError('a user and a password are needed: in the URL, or as GOVC_USERNAME and GOVC_PASSWORD', EXIT.usage)
  }
  url.username = url.password = ''
  if (url.pathname === '/') url.pathname = '/sdk'
  const { readLive } = await import('./read-live.js')
  return { inventory: await readLive({ url, userName, password }), name: url.hostname }
}

/** Part of a URL in clear; a lone % is what it says. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function urlOf(text: string): URL {
  try {
    return new URL(text)
  } catch {
    throw new CliError('the source is no URL', EXIT.usage)
  }
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text)
  } catch (error) {
    throw new CliError(`${file}: ${(error as Error).message}`)
  }
}
