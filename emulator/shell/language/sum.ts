/** `$(( … ))`: whole numbers with the usual signs. */

export class SumTrouble extends Error {}

type Value = (name: string) => string | undefined

const levels: ReadonlyArray<readonly string[]> = [
  ['||'], ['&&'], ['|'], ['^'], ['&'], ['==', '!='], ['<=', '>=', '<', '>'], ['<<', '>>'], ['+', '-'], ['*', '/', '%'],
]

/** Works out a sum. @throws SumTrouble */
export function sumOf(text: string, value: Value): number {
  const tokens = text.match(/\d+|[A-Za-z_]\w*|\|\||&&|[=!<>]=|<<|>>|[-+*/%()<>!~&|^?:]|\S/g) ?? []
  if (tokens.length > 1000) throw new SumTrouble('arithmetic syntax error')
  const reader = new SumReader(tokens, value)
  const result = reader.choice()
  if (!reader.ended) throw new SumTrouble('arithmetic syntax error')
  return result
}

class SumReader {
  readonly #tokens: readonly string[]
  readonly #value: Value
  #at = 0

  constructor(tokens: readonly string[], value: Value) {
    this.#tokens = tokens
    this.#value = value
  }

  get ended(): boolean {
    return this.#at >= this.#tokens.length
  }

  choice(): number {
    const test = this.#level(0)
    if (!this.#take('?')) return test
    const yes = this.choice()
    if (!this.#take(':')) throw new SumTrouble('arithmetic syntax error')
    const no = this.choice()
    return test !== 0 ? yes : no
  }

  #level(index: number): number {
    const signs = levels[index]
    if (signs === undefined) return this.#single()
    let left = this.#level(index + 1)
    for (;;) {
      const sign = this.#tokens[this.#at]
      if (sign === undefined || !signs.includes(sign)) return left
      this.#at += 1
      left = apply(sign, left, this.#level(index + 1))
    }
  }

  #single(): number {
    const token = this.#tokens[this.#at]
    if (token === undefined) throw new SumTrouble('arithmetic syntax error')
    this.#at += 1
    if (token === '(') {
      const inner = this.choice()
      if (!this.#take(')')) throw new SumTrouble('arithmetic syntax error')
      return inner
    }
    if (token === '-') return -this.#single()
    if (token === '+') return this.#single()
    if (token === '!') return this.#single() === 0 ? 1 : 0
    if (token === '~') return ~this.#single()
    if (/^\d+$/.test(token)) return Number(token)
    if (!/^[A-Za-z_]/.test(token)) throw new SumTrouble('arithmetic syntax error')
    const known = this.#value(token) ?? ''
    if (known !== '' && !/^\s*-?\d+\s*$/.test(known)) throw new SumTrouble('arithmetic syntax error')
    return Number(known)
  }

  #take(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false
    this.#at += 1
    return true
  }
}

function apply(sign: string, a: number, b: number): number {
  switch (sign) {
    case '||': return a !== 0 || b !== 0 ? 1 : 0
    case '&&': return a !== 0 && b !== 0 ? 1 : 0
    case '|': return a | b
    case '^': return a ^ b
    case '&': return a & b
    case '==': return a === b ? 1 : 0
    case '!=': return a !== b ? 1 : 0
    case '<=': return a <= b ? 1 : 0
    case '>=': return a >= b ? 1 : 0
    case '<': return a < b ? 1 : 0
    case '>': return a > b ? 1 : 0
    case '<<': return a << b
    case '>>': return a >> b
    case '+': return a + b
    case '-': return a - b
    case '*': return a * b
    default: break
  }
  if (b === 0) throw new SumTrouble('divide by zero')
  return sign === '/' ? Math.trunc(a / b) : a % b
}
