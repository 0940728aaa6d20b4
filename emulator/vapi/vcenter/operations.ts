import type { VcenterOperation } from './call.js'
import { taskOperations } from './tasks.js'
import { vchaOperations } from './vcha.js'

/** What is emulated of the REST services that vpxd stands behind. */
export const vcenterOperations: readonly VcenterOperation[] = [...taskOperations, ...vchaOperations]
