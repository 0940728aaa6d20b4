import type { StoredFile } from '../physics/storage/files.js'
import type {
  FileInfo, FileQuery, FileQueryFlags, HostDatastoreBrowserSearchSpec, VmDiskFileInfo, VmDiskFileQuery,
} from '../schema/generated/types.js'
import { toDateTime } from '../world/clock.js'

/** What lies in a folder. */
export interface Listing {
  readonly files: Readonly<Record<string, StoredFile>>
  readonly folders: readonly string[]
  /** Date of files whose last change nobody noted. */
  readonly bootTime: string | undefined
}

/** Kinds of files that a search can ask for, by what the file is of a VM, or by its ending. */
const byType: Readonly<Record<string, string>> = {
  config: 'VmConfig', diskDescriptor: 'VmDisk', nvram: 'VmNvram', log: 'VmLog', snapshotData: 'VmSnapshot',
}
const byEnding: Readonly<Record<string, string>> = {
  vmx: 'VmConfig', vmtx: 'TemplateConfig', vmdk: 'VmDisk', nvram: 'VmNvram', log: 'VmLog', vmsn: 'VmSnapshot',
  iso: 'IsoImage', flp: 'FloppyImage', img: 'FloppyImage',
}

/** Kinds that are found with a query for another one too (the tables: TemplateConfigFileQuery is a VmConfigFileQuery). */
const broader: Readonly<Record<string, string>> = { TemplateConfig: 'VmConfig' }

/**
 * Files and folders that a search finds in a folder. A virtual disk is one entry, its descriptor,
 * with the size of all its files. Without `details` an entry has its path and no more.
 */
export function fileInfos({ files, folders, bootTime }: Listing, spec: HostDatastoreBrowserSearchSpec | undefined): FileInfo[] {
  const matches = matcher(spec)
  const details = spec?.details
  const found: Array<readonly [name: string, info: FileInfo]> = []
  if (asked(spec?.query, 'Folder')) {
    for (const name of folders) if (matches(name)) found.push([name, entry('Folder', name, 0, bootTime, details)])
  }
  const isFolder = found.length
  for (const [name, file] of Object.entries(files)) {
    const kind = kindOf(name, file)
    if (isExtent(name, file, files) || !matches(name) || !asked(spec?.query, kind)) continue
    const modified = file.modified === undefined ? bootTime : toDateTime(file.modified)
    const size = kind === 'VmDisk' ? diskSize(name, file, files) : file.size
    const info = entry(kind, name, size, modified, details)
    found.push([name, kind === 'VmDisk' ? { ...info, ...diskDetails(file, files, name, spec?.query) } : info])
  }
  const order = (list: typeof found): typeof found => list.sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0)
  const sorted = spec?.sortFoldersFirst === true
    ? [...order(found.slice(0, isFolder)), ...order(found.slice(isFolder))]
    : order(found)
  return sorted.map(([, info]) => info)
}

/** Whether queries ask for a kind of files; no query asks for all. */
function asked(queries: readonly FileQuery[] | undefined, kind: string): boolean {
  if (queries === undefined || queries.length === 0) return true
  return queries.some(query => {
    const name = (query as { _typeName?: string })._typeName ?? 'FileQuery'
    return name === 'FileQuery' || name === `${kind}FileQuery` || name === `${broader[kind] ?? ''}FileQuery`
  })
}

function kindOf(name: string, file: StoredFile): string {
  const ending = name.slice(name.lastIndexOf('.') + 1).toLowerCase()
  return byEnding[ending] ?? byType[file.type] ?? ''
}

function entry(
  kind: string, path: string, fileSize: number, modification: string | undefined, details: FileQueryFlags | undefined,
): FileInfo {
  return {
    _typeName: details?.fileType === true ? `${kind}FileInfo` : 'FileInfo',
    path,
    ...(details?.fileSize === true ? { fileSize } : {}),
    ...(details?.modification === true && modification !== undefined ? { modification } : {}),
    ...(details?.fileOwner === true ? { owner: 'root' } : {}),
  } as FileInfo
}

const EXTENT = /-(flat|delta|sesparse|rdm|rdmp)\.vmdk$/

/** True for a file with the data of a disk whose descriptor is there as well. */
function isExtent(name: string, file: StoredFile, files: Listing['files']): boolean {
  const match = EXTENT.exec(name)
  return match !== null && file.type === 'diskExtent' && files[`${name.slice(0, match.index)}.vmdk`] !== undefined
}

function extentOf(name: string, files: Listing['files']): StoredFile | undefined {
  const stem = name.replace(/\.vmdk$/, '')
  return files[`${stem}-flat.vmdk`] ?? files[`${stem}-delta.vmdk`]
}

function diskSize(name: string, file: StoredFile, files: Listing['files']): number {
  return file.size + (extentOf(name, files)?.size ?? 0)
}

/** What a VmDiskFileQuery wants to know of a disk; its filter is not applied to what is not known. */
function diskDetails(
  file: StoredFile, files: Listing['files'], name: string, queries: readonly FileQuery[] | undefined,
): Partial<VmDiskFileInfo> {
  const query = queries?.find(item => (item as { _typeName?: string })._typeName === 'VmDiskFileQuery') as VmDiskFileQuery | undefined
  const flags = query?.details
  if (flags === undefined) return {}
  return {
    ...(flags.diskType ? { diskType: 'VirtualDiskFlatVer2BackingInfo' } : {}),
    ...(flags.capacityKb && file.capacityBytes !== undefined ? { capacityKb: file.capacityBytes / 1024 } : {}),
    ...(flags.diskExtents === true && extentOf(name, files) !== undefined
      ? { diskExtents: [name.replace(/\.vmdk$/, '-flat.vmdk')] }
      : {}),
  }
}

/** Whether a name matches one of the spec's patterns with * and ?; without any all do. */
function matcher(spec: HostDatastoreBrowserSearchSpec | undefined): (name: string) => boolean {
  const folded = (text: string): string => spec?.searchCaseInsensitive === false ? text : text.toLowerCase()
  const patterns = (spec?.matchPattern ?? []).map(folded)
  return name => patterns.length === 0 || patterns.some(pattern => fits(folded(name), pattern))
}

/** Matches with one step back to the last star, so that no pattern takes long. */
function fits(name: string, pattern: string): boolean {
  let at = 0
  let next = 0
  let star = -1
  let from = 0
  while (at < name.length) {
    if (pattern[next] === '*') {
      star = next++
      from = at
    } else if (next < pattern.length && (pattern[next] === '?' || pattern[next] === name[at])) {
      next += 1
      at += 1
    } else if (star >= 0) {
      next = star + 1
      at = ++from
    } else {
      return false
    }
  }
  while (pattern[next] === '*') next += 1
  return next === pattern.length
}
