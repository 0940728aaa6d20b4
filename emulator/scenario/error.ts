/** A scenario that cannot be run: says file, line and what would be right. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError'
}
