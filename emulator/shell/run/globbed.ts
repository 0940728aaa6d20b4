import { inFolder } from '../files/paths.js'
import type { NodeFiles } from '../files/node-files.js'
import { isPattern, patternMatcher, withoutEscapes } from '../language/pattern.js'

/** Names that one pattern may stand for; our own bound. */
const MOST_NAMES = 20_000

/** Paths that fit a pattern, in order; none: empty. */
export function globbed(files: NodeFiles, folder: string, pattern: string): readonly string[] {
  const rooted = pattern.startsWith('/')
  let found: Array<{ shown: string, path: string }> = [{ shown: rooted ? '/' : '', path: rooted ? '/' : folder }]
  for (const part of pattern.split('/').filter(each => each !== '')) {
    found = found.flatMap(each => step(files, each, part)).slice(0, MOST_NAMES)
  }
  return found.map(each => each.shown).sort()
}

function step(files: NodeFiles, at: { shown: string, path: string }, part: string): Array<{ shown: string, path: string }> {
  const names = isPattern(part) ? matching(files, at.path, part) : existing(files, at.path, withoutEscapes(part))
  return names.map(name => ({
    shown: at.shown === '' || at.shown === '/' ? `${at.shown}${name}` : `${at.shown}/${name}`,
    path: inFolder(at.path, name),
  }))
}

function matching(files: NodeFiles, folder: string, part: string): readonly string[] {
  const names = files.list(folder)
  if (typeof names === 'string') return []
  const fits = patternMatcher(part)
  return names.filter(name => fits(name) && (part.startsWith('.') || !name.startsWith('.')))
}

function existing(files: NodeFiles, folder: string, name: string): readonly string[] {
  return 'trouble' in files.find(inFolder(folder, name), true) ? [] : [name]
}
