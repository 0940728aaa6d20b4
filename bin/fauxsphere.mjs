#!/usr/bin/env -S node --
// Starts the command. The two dashes keep Node 20 from taking our `--env-file` for its own
// (nodejs/node issue 54232). `vcsim uuidgen` is called hundreds of times by the public govc suite, so it
// is answered here, before anything is loaded.
import { randomUUID } from 'node:crypto'

const argv = process.argv.slice(2)
if (argv.length === 2 && argv[0] === 'vcsim' && argv[1] === 'uuidgen') {
  process.stdout.write(`${randomUUID()}\n`)
} else {
  const { existsSync } = await import('node:fs')
  const built = new URL('../dist/main.js', import.meta.url)
  if (existsSync(built)) {
    const { enableCompileCache } = await import('node:module')
    enableCompileCache?.()
    const { tuneEngine } = await import('./engine.mjs')
    tuneEngine()
    const { start } = await import(built.href)
    await start(argv)
  } else {
    process.stderr.write('fauxsphere: not built yet; run `npm run build` first\n')
    process.exitCode = 2
  }
}
