import { hasTools, toolsRunning } from '../compute/guest.js'
import { disksOf, writtenBytes, type DiskWriter } from '../compute/disk-writers.js'
import { guestDisks } from '../compute/guest-report.js'
import type { VirtualDisk } from '../../schema/generated/types.js'
import { LAB } from '../hardware/chassis.js'
import { KERNEL, bytesOf, diskName, kernelLines } from './boot-text.js'
import { says, table, type CommandEffect, type CommandPlace, type GuestCommand } from './command-model.js'
import { hostNameOf } from './guest-facts.js'
import { bootTimeOf } from './phase.js'

/** Memory that a guest at rest uses for itself, in MiB; files in memory take twice as much. */
const SYSTEM_MB = 180

/** Commands about the machine itself. */
export const systemCommands: Readonly<Record<string, GuestCommand>> = {
  hostname: { help: 'name of this machine', run: ({ record }) => says(hostNameOf(record)) },
  whoami: { help: 'who is logged in', run: ({ user }) => says(user) },
  uname: { help: 'system; -a for all', run: uname },
  uptime: { help: 'how long the system is up', run: place => says(uptime(place)) },
  date: { help: 'date and time (UTC)', run: ({ tx }) => says(dateText(tx.now())) },
  dmesg: { help: 'messages of the kernel', run: ({ record }) => says(...kernelLines(record).map(line => line.text)) },
  free: { help: 'memory; -m for MiB', run: free },
  df: { help: 'file systems; -h for people', run: df },
  lsblk: { help: 'disks', run: ({ record }) => says(...lsblk(disks(record))) },
  nproc: { help: 'number of processors', run: ({ record }) => says(String(record.props.config!.hardware.numCPU)) },
  ps: { help: 'processes', run: ps },
  poweroff: { help: 'shuts the machine down', run: place => goDown(place, 'shutdown') },
  shutdown: {
    help: 'shuts the machine down; -r restarts it',
    run: (place, args) => goDown(place, args.includes('-r') ? 'reboot' : 'shutdown'),
  },
  reboot: { help: 'restarts the machine', run: place => goDown(place, 'reboot') },
}

function uname({ record }: CommandPlace, args: readonly string[]): CommandEffect {
  if (args.includes('-r')) return says(KERNEL)
  if (args.includes('-n')) return says(hostNameOf(record))
  if (!args.includes('-a')) return says('Linux')
  return says(`Linux ${hostNameOf(record)} ${KERNEL} #1 SMP x86_64 GNU/Linux`)
}

function uptime({ tx, record }: CommandPlace): string {
  const minutes = Math.floor((tx.now() - bootTimeOf(record)) / 60_000)
  const days = Math.floor(minutes / 1440)
  const clock = minutes % 1440
  const since = clock < 60 ? `${clock} min` : `${Math.floor(clock / 60)}:${String(clock % 60).padStart(2, '0')}`
  const time = new Date(tx.now()).toISOString().slice(11, 19)
  return ` ${time} up ${days > 0 ? `${days} day${days === 1 ? '' : 's'}, ` : ''}${since},  1 user`
}

/** `Mon Jan  5 08:00:00 UTC 2026`. */
export function dateText(ms: number): string {
  const [day, date, month, year, time] = new Date(ms).toUTCString().replace(',', '').split(' ') as [string, string, string, string, string]
  return `${day} ${month} ${String(Number(date)).padStart(2)} ${time} UTC ${year}`
}

function free({ record }: CommandPlace, args: readonly string[]): CommandEffect {
  const total = record.props.config!.hardware.memoryMB
  const used = Math.min(SYSTEM_MB, Math.floor(total / 4))
  const cached = used * 2
  const factor = args.some(arg => arg === '-m' || arg === '-h') ? 1 : 1024
  const unit = args.includes('-h') ? 'Mi' : ''
  const shown = (mb: number): string => `${mb * factor}${unit}`
  return says(...table([
    ['', 'total', 'used', 'free', 'buff/cache', 'available'],
    ['Mem:', shown(total), shown(used), shown(total - used - cached), shown(cached), shown(total - used)],
    ['Swap:', shown(0), shown(0), shown(0), '', ''],
  ]))
}

function disks(record: CommandPlace['record']): VirtualDisk[] {
  const devices = record.props.config?.hardware.device ?? []
  return devices.filter((device): device is VirtualDisk => device._typeName === 'VirtualDisk')
}

/**
 * The file systems that VMware Tools report, and on top of their fill what the guest's workload has
 * written since (physics/compute/workload.ts).
 */
function df({ tx, vm, record }: CommandPlace, args: readonly string[]): CommandEffect {
  const { props } = record
  const reported = props.guest?.disk
    ?? guestDisks(props.config?.guestId ?? '', disks(record).map(disk => bytesOf(disk)))
  const written = disksOf(tx, vm).map(({ id }) => {
    const writer = tx.get<DiskWriter>(LAB, id)?.props
    return writer === undefined ? 0 : writtenBytes(tx, writer)
  })
  const people = args.includes('-h')
  const rows = reported.map((disk, index) => {
    const capacity = Number(disk.capacity ?? 0)
    const used = Math.min(capacity, capacity - Number(disk.freeSpace ?? 0) + (written[index] ?? 0))
    const share = capacity === 0 ? 0 : Math.ceil(100 * used / capacity)
    const shown = people ? human : (bytes: number): string => String(Math.floor(bytes / 1024))
    return [`/dev/${diskName(index)}1`, shown(capacity), shown(used), shown(capacity - used), `${share}%`, disk.diskPath ?? '/']
  })
  return says(...table([['Filesystem', people ? 'Size' : '1K-blocks', 'Used', 'Avail', 'Use%', 'Mounted on'], ...rows], [0, 5]))
}

/** `3.2G`. */
function human(bytes: number): string {
  const units = ['', 'K', 'M', 'G', 'T', 'P']
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${value < 10 && unit > 0 ? Math.ceil(value * 10) / 10 : Math.ceil(value)}${units[unit]}`
}

function lsblk(all: readonly VirtualDisk[]): string[] {
  const rows = all.flatMap((disk, index) => {
    const size = human(bytesOf(disk))
    return [[diskName(index), size, 'disk', ''], [`└─${diskName(index)}1`, size, 'part', index === 0 ? '/' : `/data${index}`]]
  })
  return table([['NAME', 'SIZE', 'TYPE', 'MOUNTPOINT'], ...rows], [0, 2, 3])
}

function ps({ record }: CommandPlace): CommandEffect {
  const processes: Array<[number, string]> = [
    [1, 'init'], [212, 'logger'], [260, 'devices'], [301, 'network'], [344, 'timesync'], [402, 'scheduler'], [433, 'sshd'],
    ...hasTools(record.props) && toolsRunning(record.props) ? [[460, 'vmtoolsd'] as [number, string]] : [],
    [502, 'login'], [517, 'sh'], [530, 'ps'],
  ]
  return says(...table([['PID', 'COMMAND'], ...processes.map(([pid, name]) => [String(pid), name])], [1]))
}

function goDown({ tx, vm, user }: CommandPlace, wish: 'shutdown' | 'reboot'): CommandEffect {
  if (user !== 'root') return says('Only root may do that.')
  tx.emit('guest.typed', { node: vm.address.node, vm: vm.address.id, wish })
  return {}
}
