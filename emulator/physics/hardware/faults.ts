/** A fault in force, as its record on the pseudo node `lab` shows it. */
export interface ActiveFaultRecord {
  readonly id: string
  readonly fault: string
  readonly target: { readonly kind: string, readonly node: string, readonly id: string, readonly name: string }
  readonly options: Readonly<Record<string, unknown>>
  /** Lab time of the injection in milliseconds. */
  readonly since: number
}
