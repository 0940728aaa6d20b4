import type {
  VirtualMachineFileLayout, VirtualMachineFileLayoutEx, VirtualMachineFileLayoutExDiskLayout,
  VirtualMachineFileLayoutExFileInfo,
} from '../../schema/generated/types.js'

/** A file of a VM as `layoutEx` lists it; `type` is a VirtualMachineFileLayoutExFileType. */
export interface VmFile {
  /** Datastore path, `[ds] folder/file`. */
  readonly path: string
  readonly type: string
  /** Bytes taken on the datastore. */
  readonly size: number
  /** Key of the disk that the file belongs to. */
  readonly disk?: number
}

/** `layoutEx` of a list of files; keys are the positions in the list. */
export function layoutExOf(files: readonly VmFile[], timestamp: string): VirtualMachineFileLayoutEx {
  const infos: VirtualMachineFileLayoutExFileInfo[] = []
  const byDisk = new Map<number, number[]>()
  files.forEach((file, key) => {
    infos.push(Object.freeze({
      key, name: file.path, type: file.type, size: file.size, uniqueSize: file.size, accessible: true,
    }))
    if (file.disk === undefined) return
    const keys = byDisk.get(file.disk)
    if (keys === undefined) byDisk.set(file.disk, [key])
    else keys.push(key)
  })
  const disk = [...byDisk].map(([key, fileKey]): VirtualMachineFileLayoutExDiskLayout =>
    diskLayout(key, fileKey))
  return Object.freeze({ file: exact(infos), disk: shared(disk), timestamp })
}

const layouts = new Map<string, VirtualMachineFileLayoutExDiskLayout>()
const layoutLists = new Map<string, VirtualMachineFileLayoutExDiskLayout[]>()

/** The same disks with the same keys are the same object, in every VM. */
function diskLayout(key: number, fileKey: number[]): VirtualMachineFileLayoutExDiskLayout {
  const id = `${key}:${fileKey.join(',')}`
  let layout = layouts.get(id)
  if (layout === undefined) {
    layout = Object.freeze({
      key, virtualDiskFormat: 'native_512',
      chain: Object.freeze([Object.freeze({ fileKey: Object.freeze(fileKey) as number[] })]) as Array<{ fileKey: number[] }>,
    })
    layouts.set(id, layout)
  }
  return layout
}

function shared(list: VirtualMachineFileLayoutExDiskLayout[]): VirtualMachineFileLayoutExDiskLayout[] {
  const id = list.map(item => `${item.key}:${item.chain?.map(unit => unit.fileKey.join(',')).join(';')}`).join('|')
  let known = layoutLists.get(id)
  if (known === undefined) {
    known = Object.freeze(list) as typeof list
    layoutLists.set(id, known)
  }
  return known
}

/** Frozen, and without the room that pushing left at the end. */
function exact<T>(items: T[]): T[] {
  return Object.freeze(items.slice()) as T[]
}

const oneLog = Object.freeze(['vmware.log']) as string[]

/** The older `layout`: names relative to the directory of the configuration file. */
export function layoutOf(files: readonly VmFile[]): VirtualMachineFileLayout {
  const configFile: string[] = []
  const disk: Array<{ key: number, diskFile: string[] }> = []
  let log = false
  let swapFile: string | undefined
  for (const file of files) {
    if (file.type === 'nvram' || file.type === 'snapshotList') configFile.push(file.path.slice(file.path.lastIndexOf('/') + 1))
    else if (file.type === 'log') log = true
    else if (file.type === 'swap') swapFile = file.path
    else if (file.type === 'diskDescriptor' && file.disk !== undefined) {
      disk.push(Object.freeze({ key: file.disk, diskFile: Object.freeze([file.path]) as string[] }))
    }
  }
  if (!log) return Object.freeze({ configFile: exact(configFile), disk: exact(disk) })
  const lists = { configFile: exact(configFile), logFile: oneLog, disk: exact(disk) }
  if (swapFile === undefined) return Object.freeze(lists)
  return Object.freeze({ configFile: lists.configFile, logFile: oneLog, disk: lists.disk, swapFile })
}
