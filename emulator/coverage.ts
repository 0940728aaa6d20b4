import { coverage as join, type Coverage } from './dispatch/coverage.js'
import { shippedTestedMethods } from './dispatch/coverage-file.js'
import { Registry } from './dispatch/registry.js'
import { definitions } from './objects/index.js'
import { loadSchema } from './schema/schema.js'
import { NAMESPACES } from './schema/versions.js'

/** What is emulated, from the tables and the definitions of this build (design.md 9). */
export function coverage(): Coverage {
  const schema = loadSchema()
  return join(schema, new Registry(schema, definitions), shippedTestedMethods(), NAMESPACES)
}
