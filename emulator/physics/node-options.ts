import type { Reader } from '../world/records.js'
import { optionIndex, optionNumber } from './options.js'

/** A numeric option of one OptionManager; undefined: it has none of that key. */
export function nodeOption(
  reader: Reader,
  node: string,
  manager: string,
  key: string,
): number | undefined {
  return optionNumber(optionIndex(reader.get(node, manager)?.props['setting']).get(key))
}

/** A numeric advanced option of a host; `usual` where it has none of that key. */
export function hostOption(reader: Reader, host: string, key: string, usual: number): number {
  return nodeOption(reader, host, 'ha-adv-options', key) ?? usual
}
