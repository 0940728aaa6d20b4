import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Folders of a scenario folder that hold something else. */
const OTHER_FOLDERS = new Set(['labs', 'node_modules'])

/** Scenario files; of a folder those that lie in it and below, without labs and schemas. */
export function scenarioFiles(paths: readonly string[]): string[] {
  return paths.flatMap(path => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true ? inFolder(path) : [path])
}

function inFolder(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => a.name < b.name ? -1 : 1)
  return entries.flatMap(entry => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return OTHER_FOLDERS.has(entry.name) || entry.name.startsWith('.') ? [] : inFolder(path)
    return /\.(ya?ml|json)$/.test(entry.name) && !entry.name.endsWith('.schema.json') ? [path] : []
  })
}
