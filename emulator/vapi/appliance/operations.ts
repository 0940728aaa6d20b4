import type { Operation } from '../operation.js'
import { accountOperations } from './accounts.js'
import { healthOperations } from './health.js'
import { loggingOperations } from './logging.js'
import { monitoringOperations } from './monitoring.js'
import { networkOperations } from './network.js'
import { serviceOperations } from './services.js'
import { settingsOperations } from './settings.js'
import { systemOperations } from './system.js'

/**
 * What is emulated of the appliance's API (protocols.md 8.1). Backup, update, firewall and
 * support bundles are not; they answer 404, and are counted as misses.
 */
export const applianceOperations: readonly Operation[] = [
  ...healthOperations, ...serviceOperations, ...systemOperations, ...monitoringOperations,
  ...settingsOperations, ...networkOperations, ...accountOperations,
  ...loggingOperations,
]
