/** Finds the peer's program, or installs it as a Go module into `.cache/bin`. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'

const MODULE = 'github.com/vmware/govmomi/vcsim@latest'

/** Path of `vcsim`; undefined when there is none and Go cannot install it. */
export function findPeer(cache) {
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    ...(process.env.GOPATH ? [join(process.env.GOPATH, 'bin')] : []),
    join(homedir(), 'go', 'bin'), join(cache, 'bin'),
  ]
  const found = folders.map(folder => join(folder, 'vcsim')).find(path => existsSync(path))
  if (found !== undefined) return found
  mkdirSync(join(cache, 'bin'), { recursive: true })
  const { status } = spawnSync('go', ['install', MODULE],
    { stdio: 'inherit', env: { ...process.env, GOBIN: join(cache, 'bin') } })
  return status === 0 ? join(cache, 'bin', 'vcsim') : undefined
}

/** Version text of the peer, of its module if it was built from one. */
export function peerVersion(path) {
  const built = spawnSync('go', ['version', '-m', path], { encoding: 'utf8' }).stdout ?? ''
  const module = /\n\s+mod\s+\S*govmomi\S*\s+(\S+)/.exec(built)?.[1]
  const own = spawnSync(path, ['version'], { encoding: 'utf8' }).stdout ?? ''
  return module ?? /Build Version:\s*(\S+)/.exec(own)?.[1] ?? 'unknown'
}
