import { gunzipSync } from 'node:zlib'

/** The files of a .tgz by path, read by the rules of the ustar format. Throws for a wrong checksum. */
export function untar(tgz: Buffer): Map<string, Buffer> {
  const archive = gunzipSync(tgz)
  const files = new Map<string, Buffer>()
  for (let at = 0; archive[at] !== 0;) {
    const head = archive.subarray(at, at + 512)
    const field = (from: number, length: number): string => head.subarray(from, from + length).toString().replace(/\0.*$/s, '')
    const sum = head.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 32 : byte), 0)
    if (Number.parseInt(field(148, 8), 8) !== sum) throw new Error(`checksum of ${field(0, 100)}`)
    const size = Number.parseInt(field(124, 12), 8)
    const prefix = field(345, 155)
    files.set(prefix === '' ? field(0, 100) : `${prefix}/${field(0, 100)}`, archive.subarray(at + 512, at + 512 + size))
    at += 512 + Math.ceil(size / 512) * 512
  }
  return files
}
