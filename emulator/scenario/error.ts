/** One thing that is wrong in a scenario. */
export interface ScenarioProblem {
  /** Where: keys and positions, such as `steps`, 3, `expect`, `property`. */
  readonly path: readonly PropertyKey[]
  /** What is wrong, and what would be right. */
  readonly text: string
}

/** A scenario that cannot be run: says where in the file, and what would be right. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError'
  readonly problems: readonly ScenarioProblem[]

  /** `place` turns a path into a place in the file; without it only the path is told. */
  constructor(problems: readonly ScenarioProblem[] | string, place?: (path: readonly PropertyKey[]) => string) {
    const list = typeof problems === 'string' ? [{ path: [], text: problems }] : problems
    super(typeof problems === 'string' ? problems : list.map(({ path, text }) => {
      const where = path.map(String).join('.')
      const at = place === undefined ? '' : `${place(path)}: `
      return `${at}${where === '' ? place === undefined ? '' : 'file: ' : `${where}: `}${text}`
    }).join('\n'))
    this.problems = list
  }
}
