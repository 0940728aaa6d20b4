/** A file of an archive. */
export interface TarFile {
  /** With slashes, without one at the front; at most 255 bytes, the last part at most 100. */
  readonly path: string
  readonly content: Buffer
  /** Seconds since 1970. */
  readonly modified: number
}

const BLOCK = 512

/**
 * An archive in the ustar format of POSIX.1-1988, in pieces: what Node lacks beside its gzip. The package
 * for it brings native parts for another runtime (docs/decisions/0003-dependencies.md).
 */
export function * tar(files: Iterable<TarFile>): Generator<Buffer> {
  for (const file of files) {
    yield header(file)
    if (file.content.length === 0) continue
    yield file.content
    const rest = file.content.length % BLOCK
    if (rest > 0) yield Buffer.alloc(BLOCK - rest)
  }
  yield Buffer.alloc(2 * BLOCK)
}

function header({ path, content, modified }: TarFile): Buffer {
  const [prefix, name] = split(path)
  const block = Buffer.alloc(BLOCK)
  const octal = (value: number, at: number, width: number): void => {
    block.write(Math.floor(value).toString(8).padStart(width - 1, '0'), at, 'latin1')
  }
  block.write(name, 0)
  octal(0o644, 100, 8)
  octal(0, 108, 8)
  octal(0, 116, 8)
  octal(content.length, 124, 12)
  octal(modified, 136, 12)
  block.write('        0', 148, 'latin1')
  block.write('ustar\0' + '00root', 257, 'latin1')
  block.write('root', 297, 'latin1')
  block.write(prefix, 345)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return block
}

/** The path in the two fields that hold it: 155 and 100 bytes, cut at a slash. */
function split(path: string): readonly [string, string] {
  if (Buffer.byteLength(path) <= 100) return ['', path]
  for (let at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)]
    if (Buffer.byteLength(name) <= 100 && Buffer.byteLength(prefix) <= 155) return [prefix, name]
  }
  throw new RangeError(`too long for an archive: ${path}`)
}
