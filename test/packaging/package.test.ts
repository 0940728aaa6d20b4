import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))

interface Packed { readonly files: ReadonlyArray<{ readonly path: string }> }

/** What `npm pack` would put into the tarball; no script runs. */
function packedFiles(): string[] {
  const output = execFileSync(
    'npm', ['pack', '--dry-run', '--json', '--ignore-scripts'],
    { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], shell: process.platform === 'win32' })
  return (JSON.parse(output) as Packed[])[0]!.files.map(({ path }) => path)
}

const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
  bin: Record<string, string>, files: string[], dependencies: Record<string, string>
}

describe('the npm package', () => {
  const files = packedFiles()

  it('has the command, the licence, the notice and the readme', () => {
    for (const path of [...Object.values(manifest.bin), 'LICENSE', 'NOTICE', 'README.md', 'package.json']) {
      expect(files).toContain(path.replace(/^\.\//, ''))
    }
  })

  it('has every lab and scenario, and the coverage that the command shows', () => {
    const shipped = readdirSync(`${root}scenarios`, { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.yaml')).map(name => `scenarios/${name.replaceAll('\\', '/')}`)
    for (const path of [...shipped, 'docs/api-coverage.json']) expect(files).toContain(path)
  })

  it('has the pages, and noVNC as a package of its own', () => {
    for (const name of readdirSync(`${root}clients/ui`)) expect(files).toContain(`clients/ui/${name}`)
    expect(Object.keys(manifest.dependencies)).toContain('@novnc/novnc')
  })

  it('has the whole built product when there is one', () => {
    if (!existsSync(`${root}dist`)) return
    const built = readdirSync(`${root}dist`, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => `${entry.parentPath.replaceAll('\\', '/')}/${entry.name}`.slice(root.length))
    for (const path of built) expect(files).toContain(path)
    for (const name of ['vim25', 'pbm', 'sms', 'eam', 'vslm', 'vsan']) {
      expect(files.some(path => path.startsWith('dist/') && path.endsWith(`${name}.table`)), name).toBe(true)
    }
  })

  it('carries no source, test, cache or credential', () => {
    expect(files.filter(path => /^(emulator|test|bench|\.ci|\.cache|node_modules)\//.test(path)
      || /\.(tgz|log|env|pem|key)$/.test(path))).toEqual([])
  })
})
