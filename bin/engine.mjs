// V8 as labs run best. Node 20's version optimises a function after little use, on threads of its own, and
// throws much of that away: a lab that starts, or whose site fails, runs much code a thousand times and
// then no more. With a budget of 500,000 bytes of bytecode (its default is 67,584) such work takes 20 to
// 30 percent less processor time, and hot code is optimised a moment later (docs/decisions/0016). Later
// versions count otherwise and have no such setting.
import { setFlagsFromString } from 'node:v8'

/** To be called before the product's code is loaded. */
export function tuneEngine() {
  if (process.versions.v8.startsWith('11.')) setFlagsFromString('--interrupt-budget=500000')
}
