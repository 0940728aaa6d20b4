import { optionIndex, optionNumber } from '../physics/options.js'
import type { Reader } from '../world/records.js'

/** A numeric option of one OptionManager; undefined: it has none of that key. */
export function nodeOption(
  reader: Reader,
  node: string,
  manager: string,
  key: string,
): number | undefined {
  return optionNumber(optionIndex(reader.get(node, manager)?.props['setting']).get(key))
}
