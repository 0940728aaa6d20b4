import { chassis } from '../../physics/hardware/chassis.js'
import { partitionKinds, usedAt } from '../../physics/appliance/partitions.js'
import { planShutdown } from '../../physics/appliance/shutdown.js'
import { applianceOf } from '../../physics/appliance/state.js'
import { formatDate } from '../programs/basic.js'
import { humanSize } from '../programs/ls.js'
import { parseOptions } from '../programs/options.js'
import { fails, say, type Context, type ProgramTable } from '../programs/program-model.js'
import { columnsOf } from '../programs/table.js'

/** Programs that tell what an appliance is. */
export const applianceSystemPrograms: ProgramTable = {
  hostname: { run: context => say(context, context.machine.node.hostName) },
  whoami: { run: context => say(context, context.machine.user.name) },
  id: { run: id },
  uname: { run: uname },
  uptime: { run: uptime },
  df: { run: df },
  reboot: { run: context => goDown(context, 'reboot') },
  poweroff: { run: context => goDown(context, 'poweroff') },
}

function id(context: Context): number {
  const { name } = context.machine.user
  return say(context, name === 'root' ? 'uid=0(root) gid=0(root) groups=0(root)' : `uid=1000(${name}) gid=100(users)`)
}

function uname(context: Context): number {
  return say(context, context.args.includes('-a') ? `Linux ${context.machine.node.hostName} x86_64 GNU/Linux` : 'Linux')
}

function uptime(context: Context): number {
  const { machine } = context
  const ms = machine.world.now() - (chassis(machine.world, machine.node.name)?.bootTime ?? 0)
  const days = Math.floor(ms / 86_400_000)
  const since = `${days > 0 ? `${days} day${days === 1 ? '' : 's'}, ` : ''}${formatDate(ms % 86_400_000, '%H:%M')}`
  return say(context, ` ${formatDate(machine.now(), '%T')} up ${since}`)
}

/** `df [-h] [-i] [PATH]`: the partitions of the appliance and how full they are (availability.md 3.3). */
function df(context: Context): number {
  const parsed = parseOptions(context, 'hikmT')
  if (typeof parsed === 'number') return parsed
  const { world, node } = context.machine
  const { flags, operands } = parsed
  const partitions = applianceOf(world, node.name)?.partitions ?? {}
  const mounts = operands.map(path => mountOf(path, Object.keys(partitions)))
  const wanted = (mount: string): boolean => operands.length === 0 || mounts.includes(mount)
  const size = (bytes: number): string => flags.has('h') ? humanSize(bytes) : String(Math.floor(bytes / (flags.has('m') ? 2 ** 20 : 1024)))
  const rows = partitionKinds.filter(({ mount }) => partitions[mount] !== undefined && wanted(mount)).map(({ mount, name }) => {
    const partition = partitions[mount]!
    const used = usedAt(partition, world.now())
    const device = mount === '/' ? '/dev/mapper/vg_root_0-lv_root_0' : `/dev/mapper/${name}_vg-${name}`
    const [total, taken] = flags.has('i') ? [partition.inodesTotal, used.inodes] : [partition.bytesTotal, used.bytes]
    const shown = flags.has('i') ? String : size
    return [device, shown(total), shown(taken), shown(total - taken), `${percent(taken, total)}%`, mount]
  })
  const header = flags.has('i') ? ['Filesystem', 'Inodes', 'IUsed', 'IFree', 'IUse%', 'Mounted on']
    : ['Filesystem', flags.has('h') ? 'Size' : '1K-blocks', 'Used', flags.has('h') ? 'Avail' : 'Available', 'Use%', 'Mounted on']
  return say(context, ...columnsOf([header, ...rows], { gap: 1, right: [1, 2, 3, 4], least: [10, 5, 5, 5] }))
}

/** Rounded up as df does; a byte more than a whole percent is still that percent. */
function percent(taken: number, total: number): number {
  return Math.ceil(taken * 100 / total - 0.01)
}

/** The partition that a path lies on. */
function mountOf(path: string, mounts: readonly string[]): string {
  const found = mounts.filter(mount => mount !== '/' && (path === mount || path.startsWith(`${mount}/`)))
  return found.sort((a, b) => b.length - a.length)[0] ?? '/'
}

function goDown(context: Context, how: 'reboot' | 'poweroff'): number {
  const { machine } = context
  if (machine.user.name !== 'root') return fails(context, 'Operation not permitted')
  machine.change(tx => planShutdown(tx, machine.node.name, how, `${how} by ${machine.user.name}`, 0))
  machine.world.runDue()
  return 0
}
