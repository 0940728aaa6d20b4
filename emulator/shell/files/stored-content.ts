import type { VirtualMachineProps } from '../../schema/generated/types.js'
import { ownContent, ownFile, removeOwnFile, writeOwnFile } from '../../physics/hardware/own-files.js'
import { filesOfLog, linesOf } from '../../physics/logs/files.js'
import { KEPT_OLD, bootLines, vmLineText, vmLogName } from '../../physics/logs/vm-log.js'
import { filesIn, hostNodes, type StoredFile } from '../../physics/storage/files.js'
import { foldersFrom, type TreePlace } from '../../physics/storage/file-tree.js'
import { homeOf, volumeOf } from '../../physics/storage/paths.js'
import type { Transaction } from '../../world/transaction.js'
import type { FileTrouble } from '../shell-model.js'
import { asBytes } from './entry.js'
import type { FilePlace } from './place.js'
import { diskDescriptor, vmxText } from './vmx.js'

/** What a file of a volume holds, as far as the model knows: a VM's configuration, its log, what somebody wrote. */
export function storedContent(place: FilePlace, at: TreePlace, stored: StoredFile): Uint8Array | FileTrouble {
  const { world } = place
  const [owner, path] = ownName(at)
  const own = ownFile(world, owner, path)
  if (own !== undefined && own.bytes === stored.size && own.modified === stored.modified) return ownContent(world, owner, path)!
  const log = /^vmware(?:-(\d+))?\.log$/.exec(at.file)
  if (log !== null) return logContent(place, at, Number(log[1] ?? 0))
  const vm = vmAt(place, at)
  if (at.file.endsWith('.vmx')) return vm === undefined ? 'notKept' : asBytes(vmxText(vm))
  if (/\.vmdk$/.test(at.file) && stored.capacityBytes !== undefined) return asBytes(diskDescriptor(at.file, stored.capacityBytes))
  return stored.size === 0 ? new Uint8Array() : 'notKept'
}

/** Keeps what somebody wrote into a file of a volume; false: there is no room for it. */
export function keepContent(tx: Transaction, at: TreePlace, bytes: Uint8Array): boolean {
  const [owner, path] = ownName(at)
  return writeOwnFile(tx, owner, path, bytes, false)
}

/** What was kept of a file, or of all below a folder, is kept of its copy too. */
export function copyContent(tx: Transaction, from: TreePlace, to: TreePlace): void {
  const places: Array<readonly [TreePlace, TreePlace]> = from.file !== '' ? [[from, to]]
    : foldersFrom(tx, from.volume, from.folder).flatMap(folder => Object.keys(filesIn(tx, from.volume, folder) ?? {}).map(file =>
      [{ ...from, folder, file }, { ...to, folder: `${to.folder}${folder.slice(from.folder.length)}`, file }] as const))
  for (const [source, target] of places) {
    const bytes = ownContent(tx, ...ownName(source))
    if (bytes !== undefined) keepContent(tx, target, bytes)
  }
}

/** Forgets what was kept of a file. */
export function dropContent(tx: Transaction, at: TreePlace): void {
  removeOwnFile(tx, ...ownName(at))
}

/** Under which name the content of a volume's file is kept. */
function ownName({ volume, folder, file }: TreePlace): [owner: string, path: string] {
  return [`volume/${volume}`, folder === '' ? `/${file}` : `/${folder}/${file}`]
}

/** The VM whose configuration lies in a folder, on whichever host it is registered; this one's first. */
function vmAt({ world, node }: FilePlace, { volume, folder }: TreePlace): VirtualMachineProps | undefined {
  for (const host of [node.name, ...hostNodes(world).filter(name => name !== node.name)]) {
    for (const slot of world.ofType(host, 'VirtualMachine')) {
      const { props } = world.read<VirtualMachineProps>(slot)!
      const home = homeOf(world, host, props)
      if (home === undefined || home.path.folder !== folder) continue
      if (volumeOf(world.read<{ summary: { url: string } }>(home.datastore)!.props) === volume) return props
    }
  }
  return undefined
}

function logContent(place: FilePlace, at: TreePlace, age: number): Uint8Array {
  const { world, node } = place
  const name = vmLogName(world, at.volume, at.folder)
  const version = node.product.version
  const file = filesOfLog(world, name, KEPT_OLD).find(each => each.age === age)
  const bootTime = file === undefined && age === 0 ? vmAt(place, at)?.runtime.bootTime : undefined
  const lines = file !== undefined ? linesOf(world, name, file) : bootTime === undefined ? [] : bootLines(world, node.name, bootTime)
  let text = ''
  for (const line of lines) text += `${vmLineText(line, version)}\n`
  return asBytes(text)
}
