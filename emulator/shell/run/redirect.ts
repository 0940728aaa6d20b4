import { asBytes } from '../files/entry.js'
import { troubleTexts } from '../files/node-files.js'
import { absolute } from '../files/paths.js'
import type { Redirection } from '../language/syntax.js'
import type { Machine } from '../programs/program-model.js'
import { Gathered, TextInput, nowhere, type Output, type Streams } from './streams.js'

interface Led {
  readonly streams: Streams
  /** Writes what was gathered for files; what went wrong. */
  close(): string | undefined
}

interface Target { readonly path: string, readonly append: boolean, readonly text: Gathered }

/** The streams of a command whose redirections lead elsewhere; a text: what went wrong. */
export function redirected(
  machine: Machine, folder: string, redirections: readonly Redirection[], targets: readonly string[], streams: Streams,
): Led | string {
  let input = streams.in
  const outputs: Output[] = [nowhere, streams.out, streams.err]
  const files: Target[] = []
  for (const [index, { stream, how }] of redirections.entries()) {
    const target = targets[index]!
    if (how === '<<') input = new TextInput(target)
    else if (how === '<') {
      const text = readInput(machine, absolute(folder, target))
      if (typeof text === 'string') return `can't open ${target}: ${text}`
      input = text
    } else if (how === '>&' && /^\d$/.test(target)) {
      const known = outputs[Number(target)]
      if (known === undefined || target === '0') return `${target}: Bad file descriptor`
      outputs[stream] = known
    } else if (target === '/dev/null') outputs[stream] = nowhere
    else {
      const path = absolute(folder, target)
      const why = machine.files.whyNotWritable(path)
      if (why !== undefined) return `can't create ${target}: ${why === 'noSuchFile' ? 'nonexistent directory' : troubleTexts[why]}`
      const file = { path, append: how === '>>', text: new Gathered() }
      files.push(file)
      outputs[stream] = file.text
      if (how === '>&') outputs[2] = file.text
    }
  }
  return { streams: { in: input, out: outputs[1]!, err: outputs[2]! }, close: () => writeAll(machine, files) }
}

function readInput(machine: Machine, path: string): TextInput | string {
  if (path === '/dev/null') return new TextInput('')
  const text = machine.files.text(path)
  return typeof text === 'string' ? new TextInput(text) : troubleTexts[text.trouble].toLowerCase()
}

function writeAll(machine: Machine, files: readonly Target[]): string | undefined {
  for (const { path, append, text } of files) {
    const before = append ? machine.files.text(path) : ''
    const trouble = machine.files.write(path, asBytes((typeof before === 'string' ? before : '') + text.text))
    if (trouble !== undefined) return `write error: ${troubleTexts[trouble]}`
  }
  return undefined
}
