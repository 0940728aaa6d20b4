/**
 * Loads TypeScript of the product into a script: bundled into `.cache/scripts/` and imported from
 * there, so that scripts need neither a built `dist/` nor a loader.
 */
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'

export const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * The exports of a source file, by its path in the repository. Modules keep their own
 * `import.meta.url`, so that they find their files as they do in the source tree.
 *
 * `mutation` is a wrong rule for a test: `{ name, edits }`. Each edit `{ file, from, to }` puts `to`
 * in place of the text `from` of a file while bundling. It is an error if that text is not there
 * exactly once.
 */
export async function loadSource(path, mutation) {
  const name = `${path.replace(/\W+/g, '-').replace(/-ts$/, '')}${mutation === undefined ? '' : `.${mutation.name}`}.mjs`
  const output = join(root, '.cache', 'scripts', name)
  const mutate = mutating(mutation)
  const bundle = await rolldown({
    input: join(root, path), platform: 'node', logLevel: 'warn',
    external: id => !id.startsWith('.') && !id.startsWith('/'),
    plugins: [ownUrls, mutate.plugin],
  })
  await bundle.write({ file: output, format: 'esm', codeSplitting: false })
  await bundle.close()
  mutate.check()
  return import(pathToFileURL(output).href)
}

const ownUrls = {
  name: 'own-urls',
  transform(code, id) {
    if (!code.includes('import.meta.url')) return null
    return { code: code.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href)) }
  },
}

function mutating(mutation) {
  const edits = (mutation?.edits ?? []).map(edit => ({ ...edit, path: join(root, edit.file) }))
  const done = new Set()
  return {
    plugin: {
      name: 'mutation',
      transform(code, id) {
        const own = edits.filter(edit => edit.path === id)
        for (const edit of own) done.add(edit)
        return own.length === 0 ? null : { code: own.reduce((text, edit) => edited(text, edit, mutation), code) }
      },
    },
    check() {
      const idle = edits.find(edit => !done.has(edit))
      if (idle !== undefined) throw new Error(`mutation ${mutation.name}: ${idle.file} is not used`)
    },
  }
}

function edited(code, { file, from, to }, { name }) {
  const parts = code.split(from)
  if (parts.length === 2) return parts.join(to)
  throw new Error(`mutation ${name}: ${file} has ${parts.length - 1} times: ${from}`)
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

/** Hash of the journal of each of the first random schedules, by seed. */
export async function hashesOf(seeds) {
  const { simulate } = await loadSource('test/simulation/simulate.ts')
  const hashes = {}
  simulate({
    from: 1, to: seeds, shrink: false, hashes: true,
    say: line => {
      const [, seed, hash] = /^(\d+) ([0-9a-f]{64})$/.exec(line) ?? []
      if (seed !== undefined) hashes[seed] = hash
    },
  })
  return hashes
}

/** `update` or `verify` from the command line; ends the program on anything else. */
export function modeOf(script) {
  const mode = process.argv[2]
  if (mode === 'update' || mode === 'verify') return mode
  console.error(`usage: node scripts/${script} update|verify`)
  process.exit(2)
}
