/** Types of load-source.mjs for tests. */
export declare const root: string

export interface SourceMutation {
  readonly name: string
  readonly edits: ReadonlyArray<{ readonly file: string, readonly from: string, readonly to: string }>
}

export declare function loadSource(path: string, mutation?: SourceMutation): Promise<unknown>
