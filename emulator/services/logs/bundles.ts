import { filesOfLog, linesOf } from '../../physics/logs/files.js'
import { bootLines, KEPT_OLD, vmLineText, vmLogName } from '../../physics/logs/vm-log.js'
import type { LogLine } from '../../physics/logs/line.js'
import { homeOf, volumeOf } from '../../physics/storage/paths.js'
import type { VirtualMachineProps } from '../../schema/generated/types.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { LAB, nodeInfo, type NodeInfo } from '../nodes.js'
import { logsOf, marksOf, rowsFrom } from './catalogue.js'

/** Bundles that a node keeps; the oldest goes when another is made. Our own bound. */
const KEPT = 16

/** Props of `{lab, LogBundle, bundle/<node>/<file>}`: what a bundle holds, by where the logs stood. */
interface LogBundle {
  /** The node that gives it away, and the one whose logs are in it. */
  readonly node: string
  readonly subject: string
  readonly file: string
  /** Lab time in milliseconds. */
  readonly at: number
  /** Positions of the world's logs: what was written later is not in the bundle. */
  readonly marks: Readonly<Record<string, number>>
  readonly vms: readonly VmLog[]
}

/** Where the log of a VM stood. */
interface VmLog {
  readonly volume: string
  readonly folder: string
  readonly mark: number
  /** When a VM was started that has written nothing since the lab began. */
  readonly bootTime?: string
}

/** A file of a bundle. The content is made when it is read. */
export interface BundleFile {
  readonly path: string
  readonly compressed: boolean
  content(): string
}

/** A bundle that is ready to be sent. */
export interface Bundle {
  readonly fileName: string
  /** Lab time in milliseconds at which it was made. */
  readonly at: number
  readonly files: () => Iterable<BundleFile>
}

/** Makes a bundle of a node's logs as they are now, for another node or itself to give away; returns its path. */
export function createBundle(tx: Transaction, keeper: string, subject: NodeInfo): string {
  const own = tx.ofType(LAB, 'LogBundle').filter(slot => tx.read<LogBundle>(slot)!.props.node === keeper)
  for (const slot of own.slice(0, Math.max(0, own.length - KEPT + 1))) tx.remove(slot)
  const file = bundleName(subject, tx.now(), tx.world.random.hex('log-bundles', 8))
  tx.create<LogBundle, object>({ node: LAB, type: 'LogBundle', id: bundleId(keeper, file) }, {
    props: { node: keeper, subject: subject.name, file, at: tx.now(), ...snapshot(tx.world, subject) }, inner: {},
  })
  return `/downloads/${file}`
}

/** A bundle that a node made, by its file name; undefined: there is none. */
export function findBundle(world: World, node: string, file: string): Bundle | undefined {
  const bundle = world.get<LogBundle>(LAB, bundleId(node, file))?.props
  const subject = bundle === undefined ? undefined : nodeInfo(world, bundle.subject)
  if (bundle === undefined || subject === undefined) return undefined
  return { fileName: file, at: bundle.at, files: () => filesIn(world, subject, bundle) }
}

/** A bundle of a node's logs as they are now, that nobody keeps. */
export function bundleNow(world: World, node: NodeInfo): Bundle {
  const fileName = bundleName(node, world.now(), '')
  const taken = snapshot(world, node)
  return { fileName, at: world.now(), files: () => filesIn(world, node, { ...taken, file: fileName }) }
}

type Taken = Pick<LogBundle, 'marks' | 'vms'>

function snapshot(world: World, node: NodeInfo): Taken {
  const vms = node.kind === 'vcenter' ? [] : world.ofType(node.name, 'VirtualMachine').flatMap((slot): VmLog[] => {
    const { props } = world.read<VirtualMachineProps>(slot)!
    const home = homeOf(world, node.name, props)
    if (home === undefined) return []
    const volume = volumeOf(world.read<{ summary: { url: string } }>(home.datastore)!.props)
    const { last } = world.log(vmLogName(world, volume, home.path.folder))
    const { bootTime } = props.runtime
    if (last === 0 && bootTime === undefined) return []
    return [{ volume, folder: home.path.folder, mark: last, ...(last > 0 || bootTime === undefined ? {} : { bootTime }) }]
  })
  return { marks: Object.fromEntries(marksOf(world, node)), vms }
}

function * filesIn(world: World, node: NodeInfo, { marks, vms, file }: Taken & { readonly file: string }): Generator<BundleFile> {
  const top = file.replace(/\.tgz$/, '')
  for (const log of logsOf(world, node, new Map(Object.entries(marks)))) {
    yield {
      path: `${top}${log.path}`, compressed: log.fileName.endsWith('.gz'),
      content: () => text(rowsFrom(world, node, log)),
    }
  }
  for (const { volume, folder, mark, bootTime } of vms) {
    const name = vmLogName(world, volume, folder)
    if (bootTime !== undefined) {
      yield {
        path: `${top}/vmfs/volumes/${volume}/${folder}/vmware.log`, compressed: false,
        content: () => vmText(bootLines(world, node.name, bootTime), node),
      }
    }
    for (const each of filesOfLog(world, name, KEPT_OLD, mark)) {
      yield {
        path: `${top}/vmfs/volumes/${volume}/${folder}/vmware${each.age === 0 ? '' : `-${each.age}`}.log`, compressed: false,
        content: () => vmText(linesOf(world, name, each), node),
      }
    }
  }
}

function vmText(lines: Iterable<LogLine>, node: NodeInfo): string {
  return text([...lines].map(line => ({ text: vmLineText(line, node.product.version) })))
}

function text(rows: Iterable<{ readonly text: string }>): string {
  let whole = ''
  for (const row of rows) whole += `${row.text}\n`
  return whole
}

/** `esx-esx-01-2026-01-05--08.00-1a2b3c4d.tgz` (operations.md 3.5), `vc-…` for a vCenter. */
function bundleName(node: NodeInfo, at: number, mark: string): string {
  const date = new Date(at).toISOString()
  const stamp = `${date.slice(0, 10)}--${date.slice(11, 16).replace(':', '.')}`
  return `${node.kind === 'esxi' ? 'esx' : 'vc'}-${node.hostName}-${stamp}${mark === '' ? '' : `-${mark}`}.tgz`
}

function bundleId(node: string, file: string): string {
  return `bundle/${node}/${file}`
}
