/** `exit`: ends the shell that runs it. */
export class ExitSignal extends Error {
  readonly status: number

  constructor(status: number) {
    super('exit')
    this.status = status
  }
}

/** `break` and `continue`. */
export class LoopSignal extends Error {
  readonly how: 'break' | 'continue'
  readonly levels: number

  constructor(how: 'break' | 'continue', levels: number) {
    super(how)
    this.how = how
    this.levels = levels
  }
}

/** `return`: ends the function that runs it. */
export class ReturnSignal extends Error {
  readonly status: number

  constructor(status: number) {
    super('return')
    this.status = status
  }
}
