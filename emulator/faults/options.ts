import { z } from 'zod'
import { nearestName } from '../world/nearest.js'
import type { FaultDefinition } from './define.js'

/** An option that is a list: `[a, b]`, or `a,b` on the command line. */
export const listSchema = z.union([z.array(z.string()), z.string()])
  .transform(value => typeof value === 'string' ? value.split(',').map(part => part.trim()) : value)

/** An option that is true or false, also in the words of the command line. */
export const flagSchema = z.union([z.boolean(), z.stringbool()])

/** An option that is groups of names: `[[a, b], [c]]`, or `a,b|c` on the command line. */
export const groupsSchema = z.union([z.array(z.array(z.string())), z.string()])
  .transform(value => typeof value !== 'string' ? value
    : value.split('|').map(group => group.split(',').map(part => part.trim())))
  .refine(groups => groups.length > 1 && groups.every(group => group.length > 0), 'two groups or more')

/**
 * Checks the options of a fault.
 * `otherKeys` are further names that may have been meant. Gives the values, or what is wrong with them: a text with the nearest right name.
 */
export function checkOptions(
  definition: FaultDefinition, options: Readonly<Record<string, unknown>>, otherKeys: readonly string[] = [],
): { readonly values: Record<string, unknown> } | { readonly problem: string, readonly path: readonly PropertyKey[] } {
  const checked = definition.options.safeParse(options)
  if (checked.success) return { values: checked.data as Record<string, unknown> }
  const schema = definition.optionsSchema() as { properties?: Record<string, unknown> }
  const known = Object.keys(schema.properties ?? {})
  const problems = checked.error.issues.map(issue => {
    if (issue.code !== 'unrecognized_keys') return `${issue.path.join('.')}: ${issue.message}`
    return issue.keys.map(key => {
      const near = nearestName(key, [...known, ...otherKeys])
      const hint = near === undefined ? `it has ${known.join(', ') || 'none'}` : `did you mean ${near}?`
      return `there is no option ${key}; ${hint}`
    }).join('; ')
  })
  return {
    problem: `wrong options for ${definition.name}: ${problems.join('; ')}. Example: ${definition.example}`,
    path: pathOf(checked.error.issues[0]),
  }
}

function pathOf(issue: z.core.$ZodIssue | undefined): readonly PropertyKey[] {
  if (issue?.code !== 'unrecognized_keys') return issue?.path ?? []
  return [...issue.path, ...issue.keys.slice(0, 1)]
}
