import { chassis } from '../../physics/hardware/chassis.js'
import type { HostSystemProps } from '../../schema/generated/types.js'
import { accountsOf } from '../../services/accounts.js'
import { formatDate } from '../programs/basic.js'
import { say, type Context, type ProgramTable } from '../programs/program-model.js'

/** Programs that tell what the host is. */
export const systemPrograms: ProgramTable = {
  hostname: { run: hostname },
  uname: { run: uname },
  uptime: { run: uptime },
  vmware: { run: vmware },
  whoami: { run: context => say(context, context.machine.user.name) },
  id: { run: id },
}

function hostname(context: Context): number {
  const { hostName } = context.machine.node
  return say(context, context.args.includes('-s') ? hostName.split('.')[0]! : hostName)
}

function id(context: Context): number {
  const { world, node, user } = context.machine
  const account = accountsOf(world, node.name).find(({ props }) => props.name === user.name)?.props
  const number = account?.posixId ?? (user.name === 'root' ? 0 : 1000)
  const group = number === 0 ? '0(root)' : '100(users)'
  return say(context, `uid=${number}(${user.name}) gid=${group} groups=${group}`)
}

function vmware(context: Context): number {
  const { version, build } = context.machine.node.product
  const letters = context.args.flatMap(arg => [...arg.replace(/^-/, '')])
  if (letters.length === 0 || letters.includes('v')) say(context, `VMware ESXi ${version} build-${build}`)
  return letters.includes('l') ? say(context, `VMware ESXi ${version} ${updateName(version)}`) : 0
}

/** `Update 3` of 8.0.3, `GA` of 8.0.0. */
export function updateName(version: string): string {
  const update = version.split('.')[2] ?? '0'
  return update === '0' ? 'GA' : `Update ${update}`
}

function uname(context: Context): number {
  const { hostName, product: { version, build } } = context.machine.node
  const parts: Record<string, string> = {
    s: 'VMkernel', n: hostName, r: version, v: `#1 SMP Release build-${build}`, m: 'x86_64', p: 'x86_64', i: 'x86_64', o: 'ESXi',
  }
  const letters = context.args.flatMap(arg => [...arg.replace(/^-/, '')])
  const asked = letters.length === 0 ? ['s'] : letters
  const shown = [...'snrvmpio'].filter(letter => asked.includes('a') || asked.includes(letter))
  return say(context, shown.map(letter => parts[letter]!).join(' '))
}

function uptime(context: Context): number {
  const { machine } = context
  const seconds = Math.floor((machine.world.now() - (chassis(machine.world, machine.node.name)?.bootTime ?? 0)) / 1000)
  const days = Math.floor(seconds / 86_400)
  const clock = formatDate((seconds % 86_400) * 1000, '%T')
  const since = `${days > 0 ? `${days} day${days === 1 ? '' : 's'}, ` : ''}${clock}`
  const load = loadOf(context).toFixed(2)
  return say(context, ` ${formatDate(machine.now(), '%T')} up ${since}, load average: ${load}, ${load}, ${load}`)
}

/** How many processors the host's VMs keep busy now: the lab has no past of it, so the three averages are one. */
function loadOf({ machine: { world, node } }: Context): number {
  const summary = world.get<HostSystemProps>(node.name, 'ha-host')?.props.summary
  return (summary?.quickStats.overallCpuUsage ?? 0) / (summary?.hardware?.cpuMhz ?? 1)
}
