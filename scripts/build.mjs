// Builds dist/: the program as a bundle that loads its heavy parts when they are first needed, and
// the type tables beside it. Run by `npm run build`; a folder in place of dist/ may be given.
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'

const root = new URL('..', import.meta.url)
const dist = process.argv[2] === undefined ? new URL('dist/', root) : pathToFileURL(`${resolve(process.argv[2])}/`)

rmSync(dist, { recursive: true, force: true })

const bundle = await rolldown({
  cwd: fileURLToPath(root),
  input: { main: 'clients/cli/main.ts', 'examples/watch-vm': 'clients/examples/typescript/watch-vm.ts' },
  platform: 'node',
  // These load at first use or never, and find files of their own beside them: they stay packages.
  external: [/^node:/, 'fastify', '@peculiar/x509', 'reflect-metadata', 'xmlbuilder2', 'ws', 'ssh2'],
})
await bundle.write({
  dir: fileURLToPath(dist),
  format: 'esm',
  sourcemap: false,
  entryFileNames: '[name].js',
  chunkFileNames: 'chunks/[name]-[hash].js',
})
await bundle.close()

copyTables()

/** The generated tables; the program looks for them in dist/schema. */
function copyTables() {
  const from = new URL('emulator/schema/generated/', root)
  const to = new URL('schema/', dist)
  mkdirSync(to, { recursive: true })
  for (const name of readdirSync(from).filter(file => file.endsWith('.table'))) {
    cpSync(new URL(name, from), new URL(name, to))
  }
}
