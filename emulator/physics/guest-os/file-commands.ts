import { says, type CommandEffect, type CommandPlace, type GuestCommand } from './command-model.js'
import { cardsOf, domainOf, hostNameOf } from './guest-facts.js'
import { homeOf } from './prompt.js'
import { GUEST_USERS } from './users.js'

/** Commands about files. The guest has a handful of them, each answered from its facts. */
export const fileCommands: Readonly<Record<string, GuestCommand>> = {
  ls: { help: 'names in a folder', run: ls },
  cd: { help: 'goes to a folder', run: cd },
  pwd: { help: 'the present folder', run: ({ folder }) => says(folder) },
  cat: { help: 'shows a file', run: cat },
  echo: { help: 'says what it is told', run: (_place, args) => says(args.join(' ')) },
  history: {
    help: 'commands of this session',
    run: ({ history }) => says(...history.map((line, index) => `${String(index + 1).padStart(4)}  ${line}`)),
  },
}

/** The files that can be read, by their whole path. */
function files({ record, tx }: CommandPlace): Record<string, readonly string[]> {
  const { config } = record.props
  const name = hostNameOf(record)
  const domain = domainOf(record)
  const full = domain === '' ? name : `${name}.${domain} ${name}`
  const first = cardsOf(record).flatMap(card => card.addresses).find(address => !address.includes(':'))
  const memory = (config?.hardware.memoryMB ?? 0) * 1024
  return {
    '/etc/hostname': [name],
    '/etc/hosts': ['127.0.0.1 localhost', ...first === undefined ? [] : [`${first} ${full}`]],
    '/etc/os-release': [`PRETTY_NAME="${config?.guestFullName ?? 'Linux'}"`, 'NAME="fauxsphere guest"', 'ID=simulated'],
    '/etc/passwd': Object.keys(GUEST_USERS).map((user, index) => `${user}:x:${index * 1000}:${index * 1000}::${homeOf(user)}:/bin/sh`),
    '/etc/motd': [`${name} is a simulated guest.`],
    '/proc/meminfo': [`MemTotal: ${memory} kB`],
    '/proc/cpuinfo': Array.from({ length: config?.hardware.numCPU ?? 1 }, (_, cpu) => `processor : ${cpu}`),
    '/proc/uptime': [String(Math.max(0, (tx.now() - Date.parse(record.props.runtime.bootTime ?? '')) / 1000 || 0))],
    '/root/readme.txt': ['No disk stands behind this file system: it is computed when it is read.'],
    '/home/user/readme.txt': ['No disk stands behind this file system: it is computed when it is read.'],
  }
}

const emptyFolders = ['/bin', '/boot', '/dev', '/tmp', '/usr', '/var', '/var/log']

function ls(place: CommandPlace, args: readonly string[]): CommandEffect {
  const wanted = args.find(arg => !arg.startsWith('-')) ?? '.'
  const path = resolved(place, wanted)
  if (files(place)[path] !== undefined) return says(wanted)
  if (!isFolder(place, path)) return says(`ls: ${wanted}: no such file or folder`)
  const start = path === '/' ? '/' : `${path}/`
  const inside = [...Object.keys(files(place)), ...emptyFolders].filter(each => each.startsWith(start))
    .map(each => each.slice(start.length).split('/')[0]!)
  const names = [...new Set(inside)].filter(name => name !== '').sort()
  return names.length === 0 ? {} : says(names.join('  '))
}

function cd(place: CommandPlace, [wanted = homeOf(place.user)]: readonly string[]): CommandEffect {
  const path = resolved(place, wanted)
  return isFolder(place, path) ? { folder: path } : says(`cd: ${wanted}: no such folder`)
}

function cat(place: CommandPlace, args: readonly string[]): CommandEffect {
  if (args.length === 0) return says('cat: the name of a file is missing')
  const all = files(place)
  return says(...args.flatMap(wanted => {
    const path = resolved(place, wanted)
    return all[path] ?? [isFolder(place, path) ? `cat: ${wanted}: is a folder` : `cat: ${wanted}: no such file`]
  }))
}

function isFolder(place: CommandPlace, path: string): boolean {
  return path === '/' || emptyFolders.includes(path) || Object.keys(files(place)).some(each => each.startsWith(`${path}/`))
}

/** A path as typed, made whole. */
function resolved({ folder, user }: CommandPlace, wanted: string): string {
  const home = wanted === '~' || wanted.startsWith('~/')
  const whole = home ? homeOf(user) + wanted.slice(1) : wanted.startsWith('/') ? wanted : `${folder}/${wanted}`
  const parts: string[] = []
  for (const part of whole.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}
