import { absolute } from '../files/paths.js'
import { fails, type Context } from './program-model.js'

/** `test` and `[`: 0 true, 1 false, 2 not understood. */
export function testProgram(context: Context, args: readonly string[]): number {
  const reader = new TestReader(context, args)
  try {
    const value = args.length > 0 && reader.either()
    if (!reader.ended) throw new TestTrouble(`${args[reader.at] ?? ''}: unknown operand`)
    return value ? 0 : 1
  } catch (error) {
    if (error instanceof TestTrouble) return fails(context, error.message, 2)
    throw error
  }
}

class TestTrouble extends Error {}

class TestReader {
  readonly #context: Context
  readonly #args: readonly string[]
  at = 0

  constructor(context: Context, args: readonly string[]) {
    this.#context = context
    this.#args = args
  }

  get ended(): boolean {
    return this.at >= this.#args.length
  }

  either(): boolean {
    let value = this.#both()
    while (this.#take('-o')) value = this.#both() || value
    return value
  }

  #both(): boolean {
    let value = this.#not()
    while (this.#take('-a')) value = this.#not() && value
    return value
  }

  #not(): boolean {
    const [first, second] = this.#args.slice(this.at)
    // A lone `!` is a text like others.
    if (first === '!' && second !== undefined) {
      this.at += 1
      return !this.#not()
    }
    if (first === '(' && second !== undefined) {
      this.at += 1
      const value = this.either()
      if (!this.#take(')')) throw new TestTrouble('closing paren expected')
      return value
    }
    return this.#single()
  }

  #single(): boolean {
    const [first, sign, second] = this.#args.slice(this.at, this.at + 3)
    if (sign !== undefined && second !== undefined && isBinary(sign)) {
      this.at += 3
      return this.#binary(first!, sign, second)
    }
    if (first === undefined) throw new TestTrouble('argument expected')
    if (/^-[a-zA-Z]$/.test(first) && sign !== undefined && sign !== '-a' && sign !== '-o') {
      this.at += 2
      return this.#unary(first, sign)
    }
    this.at += 1
    return first !== ''
  }

  #binary(a: string, sign: string, b: string): boolean {
    switch (sign) {
      case '=': case '==': return a === b
      case '!=': return a !== b
      case '<': return a < b
      case '>': return a > b
      default: break
    }
    const [x, y] = [a, b].map(text => {
      if (!/^\s*[-+]?\d+\s*$/.test(text)) throw new TestTrouble(`${text}: bad number`)
      return Number(text)
    }) as [number, number]
    switch (sign) {
      case '-eq': return x === y
      case '-ne': return x !== y
      case '-lt': return x < y
      case '-le': return x <= y
      case '-gt': return x > y
      default: return x >= y
    }
  }

  #unary(sign: string, text: string): boolean {
    const { files } = this.#context.machine
    if (sign === '-z') return text === ''
    if (sign === '-n') return text !== ''
    if (sign === '-t') return this.#context.machine.terminal !== undefined
    const path = absolute(this.#context.state.folder, text)
    const found = files.find(path, sign === '-L' || sign === '-h')
    if ('trouble' in found) return false
    switch (sign) {
      case '-e': case '-r': return true
      case '-f': return found.entry.kind === 'file'
      case '-d': return found.entry.kind === 'directory'
      case '-L': case '-h': return found.entry.kind === 'link'
      case '-s': return found.entry.kind === 'file' && found.entry.bytes > 0
      case '-x': return found.entry.kind === 'directory' || (found.entry.kind === 'file' && found.entry.program === true)
      case '-w': return found.entry.kind === 'directory' || files.whyNotWritable(path) === undefined
      default: throw new TestTrouble(`${sign}: unknown operand`)
    }
  }

  #take(word: string): boolean {
    if (this.#args[this.at] !== word) return false
    this.at += 1
    return true
  }
}

function isBinary(sign: string): boolean {
  return ['=', '==', '!=', '<', '>', '-eq', '-ne', '-lt', '-le', '-gt', '-ge'].includes(sign)
}
