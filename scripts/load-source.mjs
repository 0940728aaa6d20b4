/**
 * Loads TypeScript of the product into a script: bundled into `.cache/scripts/` and imported from
 * there, so that scripts need neither a built `dist/` nor a loader.
 */
import { existsSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** The exports of a source file, by its path in the repository. */
export async function loadSource(path) {
  const output = join(root, '.cache', 'scripts', `${path.replace(/\W+/g, '-').replace(/-ts$/, '')}.mjs`)
  const bundle = await rolldown({
    input: join(root, path), platform: 'node', logLevel: 'warn',
    external: id => !id.startsWith('.') && !id.startsWith('/'),
  })
  await bundle.write({ file: output, format: 'esm', codeSplitting: false })
  await bundle.close()
  // The schema tables are looked for beside the code.
  const tables = join(dirname(output), 'generated')
  if (!existsSync(tables)) symlinkSync(join(root, 'emulator', 'schema', 'generated'), tables, 'junction')
  return import(pathToFileURL(output).href)
}

/**
 * Writes generated files, or compares them with what is committed. `files` maps a path in the
 * repository to its text. Returns the exit status: 1 when `verify` finds a difference.
 */
export async function writeOrCompare(mode, files, command) {
  const { readFileSync, writeFileSync } = await import('node:fs')
  let status = 0
  for (const [path, text] of Object.entries(files)) {
    if (mode === 'update') {
      writeFileSync(join(root, path), text)
      console.log(`${path}: written`)
      continue
    }
    let present
    try { present = readFileSync(join(root, path), 'utf8') } catch { present = undefined }
    if (present === text) { console.log(`${path}: up to date`); continue }
    status = 1
    console.error(`${path}: ${present === undefined ? 'is missing' : firstDifference(present, text)}`)
    console.error(`run: ${command}`)
  }
  return status
}

function firstDifference(present, wanted) {
  const [a, b] = [present.split('\n'), wanted.split('\n')]
  const line = a.findIndex((text, i) => text !== b[i])
  const at = line === -1 ? a.length : line
  return `line ${at + 1} differs\n  committed: ${a[at] ?? '(end)'}\n  generated: ${b[at] ?? '(end)'}`
}

/** `update` or `verify` from the command line; ends the program on anything else. */
export function modeOf(script) {
  const mode = process.argv[2]
  if (mode === 'update' || mode === 'verify') return mode
  console.error(`usage: node scripts/${script} update|verify`)
  process.exit(2)
}
