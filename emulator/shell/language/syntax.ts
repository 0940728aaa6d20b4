/** What a line of the shell means, before anything of it runs. */

/** A word is put together from parts: `a"$B"$(c)` has three. */
export type Word = readonly Part[]

export type Part =
  | { readonly kind: 'text', readonly text: string, readonly quoted: boolean }
  | { readonly kind: 'variable', readonly name: string, readonly quoted: boolean, readonly change?: Change }
  | { readonly kind: 'command', readonly script: Script, readonly quoted: boolean }
  | { readonly kind: 'sum', readonly text: Word, readonly quoted: boolean }

/** `${NAME:-word}` and its like: what becomes of a variable's value. `length` is `${#NAME}`. */
export interface Change {
  readonly how: '-' | ':-' | '=' | ':=' | '+' | ':+' | '?' | ':?' | '%' | '%%' | '#' | '##' | 'length'
  readonly word: Word
}

export interface Redirection {
  /** Which stream is led elsewhere: 0 input, 1 output, 2 errors. */
  readonly stream: number
  readonly how: '>' | '>>' | '<' | '>&' | '<<'
  readonly target: Word
}

export interface Assignment { readonly name: string, readonly value: Word }

export type Command = (
  | { readonly kind: 'simple', readonly assignments: readonly Assignment[], readonly words: readonly Word[] }
  | { readonly kind: 'if', readonly branches: ReadonlyArray<{ test: Script, then: Script }>, readonly otherwise?: Script }
  | { readonly kind: 'for', readonly name: string, readonly words?: readonly Word[], readonly body: Script }
  | { readonly kind: 'while', readonly until: boolean, readonly test: Script, readonly body: Script }
  | { readonly kind: 'case', readonly word: Word, readonly arms: ReadonlyArray<{ patterns: readonly Word[], body: Script }> }
  | { readonly kind: 'group', readonly body: Script, readonly own: boolean }
  | { readonly kind: 'function', readonly name: string, readonly body: Command }
) & { readonly redirections: readonly Redirection[] }

export interface Pipeline { readonly negated: boolean, readonly commands: readonly Command[] }

/** Pipelines that hang on each other's end. */
export interface Chain {
  readonly first: Pipeline
  readonly rest: ReadonlyArray<{ readonly when: '&&' | '||', readonly pipeline: Pipeline }>
}

export type Script = readonly Chain[]

/** A line that means nothing. `unfinished`: more lines might make sense of it. */
export class SyntaxTrouble extends Error {
  readonly unfinished: boolean

  constructor(message: string, unfinished = false) {
    super(message)
    this.unfinished = unfinished
  }
}
