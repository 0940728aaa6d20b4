import { rowsOf, troubleTexts, isTrouble } from '../files/node-files.js'
import { absolute } from '../files/paths.js'
import type { Steps } from '../run/steps.js'
import { fails, type Context } from './program-model.js'

/** One thing that a program reads: a file by name, or its input. */
export interface Source {
  /** As the user wrote it; undefined: the input. */
  readonly name: string | undefined
  /** The next line; undefined at the end. */
  next(): Steps<string | undefined>
}

/** What a program of texts reads: the files it was given, or its input; a file that is not there is said. */
export function sourcesOf(context: Context, names: readonly string[]): { readonly sources: readonly Source[], readonly failed: boolean } {
  if (names.length === 0) return { sources: [inputSource(context)], failed: false }
  let failed = false
  const sources = names.flatMap((name): Source[] => {
    if (name === '-') return [inputSource(context)]
    const found = fileSource(context, name)
    if (found === undefined) failed = true
    return found === undefined ? [] : [found]
  })
  return { sources, failed }
}

function inputSource({ in: input }: Context): Source {
  return { name: undefined, next: () => input.line() }
}

function fileSource(context: Context, name: string): Source | undefined {
  const file = context.machine.files.readable(absolute(context.state.folder, name))
  const rows = isTrouble(file) ? file : rowsOf(file)
  if (isTrouble(rows)) {
    fails(context, rows.trouble === 'isDirectory' ? 'read error: Is a directory' : `${name}: ${troubleTexts[rows.trouble]}`)
    return undefined
  }
  const iterator = rows[Symbol.iterator]()
  return {
    name,
    // eslint-disable-next-line require-yield
    * next() {
      const step = iterator.next()
      return step.done === true ? undefined : step.value
    },
  }
}

/** All lines of all sources, one behind the other. */
export function * allLines(sources: readonly Source[]): Steps<string[]> {
  const lines: string[] = []
  for (const source of sources) {
    for (;;) {
      const line = yield * source.next()
      if (line === undefined) break
      lines.push(line)
    }
  }
  return lines
}
