#!/usr/bin/env node
/**
 * Measures open consoles without doors, on the manual clock:
 *
 *   node bench/screens.mjs [--consoles 200] [--seconds 10] [--rounds 3]
 *
 * Prints the figures of each round; they are processor time of this process.
 */
import { parseArgs } from 'node:util'
import { loadSource } from '../scripts/load-source.mjs'

const { values: options } = parseArgs({
  options: {
    consoles: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '3' },
  },
})
const { screens } = await loadSource('bench/lib/screens.ts')
for (let round = 0; round < Number(options.rounds); round += 1) {
  console.log(JSON.stringify(screens(Number(options.consoles), Number(options.seconds))))
}
