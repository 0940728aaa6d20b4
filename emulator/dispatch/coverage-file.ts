import { existsSync, readFileSync } from 'node:fs'
import type { CoverageFile } from './coverage-page.js'

/**
 * The tested methods as the package ships them (`docs/api-coverage.json`), found beside the source
 * tree or the bundle. Empty when the file is not there: then nothing counts as tested.
 */
export function shippedTestedMethods(moduleUrl: string = import.meta.url): Set<string> {
  const place = ['../docs/', '../../docs/', '../../../docs/']
    .map(path => new URL(`${path}api-coverage.json`, moduleUrl))
    .find(url => existsSync(url))
  if (place === undefined) return new Set()
  const file = JSON.parse(readFileSync(place, 'utf8')) as CoverageFile
  return new Set(file.tested)
}
