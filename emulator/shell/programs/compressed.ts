import { gunzipSync } from 'node:zlib'
import { asText } from '../files/entry.js'
import { isTrouble, troubleTexts } from '../files/node-files.js'
import { absolute } from '../files/paths.js'
import { fails, type Context, type Program } from './program-model.js'

/** Bytes that a file may unfold to; our own bound. */
const MOST_BYTES = 64 * 2 ** 20

/** `zcat FILE…`: older log files of hosts are compressed. */
export const zcat: Program = { run: runZcat }

function runZcat(context: Context): number {
  let status = 0
  for (const name of context.args.filter(arg => !arg.startsWith('-'))) {
    const bytes = context.machine.files.read(absolute(context.state.folder, name))
    if (isTrouble(bytes)) status = fails(context, `can't open '${name}': ${troubleTexts[bytes.trouble]}`)
    else if (unfolded(context, bytes) === undefined) status = fails(context, `${name}: invalid magic`)
  }
  return status
}

function unfolded(context: Context, bytes: Uint8Array): true | undefined {
  try {
    context.out.write(asText(gunzipSync(bytes, { maxOutputLength: MOST_BYTES })))
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined
    throw error
  }
}
