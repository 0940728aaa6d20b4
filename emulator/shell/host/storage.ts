import type { DatastoreProps, VirtualMachineProps, VmfsDatastoreInfo } from '../../schema/generated/types.js'
import { worldIdOf } from '../../physics/compute/world-id.js'
import { agentRuns } from '../../physics/hardware/agents.js'
import { pidOf } from '../../physics/logs/processes.js'
import { freeBytes } from '../../physics/storage/volume.js'
import { homeOf, volumeOf } from '../../physics/storage/paths.js'
import { mountedVolumes } from '../files/volumes.js'
import { absolute } from '../files/paths.js'
import { humanSize } from '../programs/ls.js'
import { parseOptions } from '../programs/options.js'
import { fails, say, type Context, type ProgramTable } from '../programs/program-model.js'
import { columnsOf } from '../programs/table.js'

/** Programs about volumes and processes. */
export const storagePrograms: ProgramTable = {
  df: { run: df },
  vmkfstools: { run: vmkfstools },
  ps: { run: ps },
}

interface Use { readonly name: string, readonly type: string, readonly volume: string, readonly capacity: number, readonly free: number }

function usesOf({ machine }: Context): Use[] {
  return mountedVolumes(machine).map(({ name, volume, store }) => {
    const { capacity, type } = store.summary
    const version = (store.info as VmfsDatastoreInfo).vmfs?.majorVersion
    const free = freeBytes(machine.world, volume)
    return { name, volume, capacity, free: Math.min(free, capacity), type: type === 'VMFS' ? `VMFS-${version ?? 6}` : type }
  })
}

/** `df [-h]`: the volumes that the host has mounted. */
function df(context: Context): number {
  const parsed = parseOptions(context, 'hkm')
  if (typeof parsed === 'number') return parsed
  const human = parsed.flags.has('h')
  const size = (bytes: number): string => human ? humanSize(bytes)
    : String(Math.floor(parsed.flags.has('m') ? bytes / 2 ** 20 : parsed.flags.has('k') ? bytes / 1024 : bytes))
  const rows = usesOf(context).map(({ name, type, capacity, free }) => {
    const used = capacity - free
    const percent = capacity === 0 ? 0 : Math.ceil(used * 100 / capacity)
    return [type, size(capacity), size(used), size(free), `${percent}%`, `/vmfs/volumes/${name}`]
  })
  const unit = human ? 'Size' : parsed.flags.has('k') ? '1K-blocks' : parsed.flags.has('m') ? '1M-blocks' : 'Bytes'
  const header = ['Filesystem', unit, 'Used', 'Available', 'Use%', 'Mounted on']
  return say(context, ...columnsOf([header, ...rows], { gap: 1, right: [1, 2, 3, 4], least: [10, 8, 8, 9] }))
}

/** `vmkfstools -P [-h] PATH`: what is known of a volume (operations.md 2.3). */
function vmkfstools(context: Context): number {
  const parsed = parseOptions(context, 'PhvC:S:c:d:i:X:U:E:DKx:t:')
  if (typeof parsed === 'number') return parsed
  if (!parsed.flags.has('P')) return fails(context, 'the lab emulates only -P', 2)
  const [name] = parsed.operands
  if (name === undefined) return fails(context, 'Error: PATH is missing', 2)
  const path = absolute(context.state.folder, name)
  const { machine } = context
  const found = machine.files.find(path)
  const volume = 'trouble' in found ? undefined : /^\/vmfs\/volumes\/([^/]+)/.exec(found.path)?.[1]
  const use = usesOf(context).find(each => each.volume === volume)
  if (use === undefined || volume === undefined) return fails(context, `Could not retrieve volume of '${name}': No such file or directory`)
  const store = mountedVolumes(machine).find(each => each.volume === volume)!.store
  const { vmfs } = store.info as VmfsDatastoreInfo
  const size = (bytes: number): string => parsed.flags.has('h') ? `${(bytes / 2 ** 30).toFixed(1)} GB` : String(bytes)
  const kind = `${vmfs?.version ?? use.type} (Raw Major Version: ${vmfs?.majorVersion ?? 0})`
  return say(context,
    `${kind} file system spanning ${vmfs?.extent.length ?? 0} partitions.`,
    `File system label (if any): ${use.name}`, 'Mode: public',
    `Capacity ${size(use.capacity)}${parsed.flags.has('h') ? '' : ` (${Math.floor(use.capacity / 2 ** 20)} file blocks * 1048576)`}, `
      + `${size(use.free)}${parsed.flags.has('h') ? ' available' : ` (${Math.floor(use.free / 2 ** 20)} blocks) avail`}`,
    ...vmfs === undefined ? [] : [
      `UUID: ${vmfs.uuid}`, 'Partitions spanned (on "lvm"):', ...vmfs.extent.map(each => `\t${each.diskName}:${each.partition}`),
      `Is Native Snapshot Capable: ${vmfs.majorVersion >= 6 ? 'YES' : 'NO'}`,
    ])
}

/** `ps [-c]`: the agents that run, and the processes of running VMs. */
function ps(context: Context): number {
  const { machine: { world, node } } = context
  const command = context.args.some(arg => arg.startsWith('-') && arg.includes('c'))
  const rows: string[][] = []
  for (const agent of ['hostd', 'vpxa', 'fdm'] as const) {
    const pid = pidOf(world, node.name, agent)
    if (pid === undefined || !agentRuns(world, node.name, agent)) continue
    rows.push([String(pid), String(pid), agent, `/usr/lib/vmware/${agent}/bin/${agent}`])
  }
  for (const slot of world.ofType(node.name, 'VirtualMachine')) {
    const { props } = world.read<VirtualMachineProps>(slot)!
    if (props.runtime.powerState !== 'poweredOn') continue
    const home = homeOf(world, node.name, props as VirtualMachineProps)
    const volume = home === undefined ? '' : volumeOf(world.read<DatastoreProps>(home.datastore)!.props)
    const path = home === undefined ? '' : `/vmfs/volumes/${volume}/${home.path.folder}/${home.path.file}`
    const world0 = worldIdOf(slot.address.id, props.runtime.bootTime)
    const cartel = String(world0 - 1)
    rows.push([String(world0), cartel, `vmm0:${props.name}`, ''], [cartel, cartel, 'vmx', `/bin/vmx -x ${path}`])
  }
  const shown = command ? rows : rows.map(([wid, cid, name]) => [wid!, cid!, name!])
  return say(context, ...columnsOf([['WID', 'CID', 'World Name', ...command ? ['Command'] : []], ...shown]))
}
