import { free, usedAt } from '../../physics/appliance/partitions.js'
import { applianceOf } from '../../physics/appliance/state.js'
import type { FileTrouble } from '../shell-model.js'
import type { Entry, FolderEntry } from './entry.js'
import type { FilePlace } from './place.js'

/** Names of what fills a partition; the product has many names for it, these are ours. */
const FILE = 'filler.dat'
const FOLDER = 'small-files'

/**
 * A partition of an appliance. What takes more of it than usual is one file, or a folder of countless
 * small ones where it is inodes: who removes or empties it has freed the partition.
 */
export function partitionFolder(place: FilePlace, mount: string, base: FolderEntry): FolderEntry {
  const { world, node } = place
  const surplus = (): { readonly bytes: number, readonly inodes: number } => {
    const partition = applianceOf(world, node.name)?.partitions[mount]
    if (partition === undefined) return { bytes: 0, inodes: 0 }
    const used = usedAt(partition, world.now())
    return { bytes: used.bytes - partition.usual.bytes, inodes: used.inodes - partition.usual.inodes }
  }
  const empty = (): FileTrouble | undefined => {
    place.change(tx => free(tx, node.name, mount))
    return undefined
  }
  const child = (name: string): Entry | undefined => {
    const { bytes, inodes } = surplus()
    const modified = world.now()
    if (name === FILE && bytes > 0) {
      return {
        kind: 'file', bytes, modified, content: () => 'notKept', remove: empty,
        // Whoever writes to it begins it anew.
        write: () => empty(),
      }
    }
    if (name === FOLDER && inodes > 0) return { kind: 'directory', modified, names: () => [], child: () => undefined, remove: empty }
    return base.child(name)
  }
  return {
    ...base,
    names: () => {
      const { bytes, inodes } = surplus()
      return [...base.names(), ...bytes > 0 ? [FILE] : [], ...inodes > 0 ? [FOLDER] : []].sort()
    },
    child,
  }
}
