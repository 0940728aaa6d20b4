import { licenceExpired } from '../physics/appliance/facts.js'
import type { LicenseManagerProps } from '../schema/generated/types.js'
import type { Reader } from '../world/records.js'
import type { World } from '../world/world.js'
import { fault } from './method-fault.js'
import { nodeInfo } from './nodes.js'
import { wellKnownId } from './well-known.js'

/** The key of a product in evaluation mode, as LicenseManager shows it (network-security.md 10). */
export const EVALUATION_KEY = '00000-00000-00000-00000-00000'

/** Hours of a whole evaluation: 60 days. */
export const EVALUATION_HOURS = 1440

/**
 * Faults with LicenseExpired while the licence of one of the nodes is over: no host is added to such
 * a vCenter, and none whose own has ended (availability.md 5).
 */
export function requireLicences(reader: Reader, nodes: readonly string[]): void {
  if (!nodes.some(node => licenceExpired(reader, node))) return
  throw fault('LicenseExpired', { licenseKey: EVALUATION_KEY }, 'The license has expired.')
}

/** LicenseManager shows that nothing is left of an evaluation that has ended. */
export function followLicences(world: World): void {
  world.on('node.licence', (tx, { node, expired }) => {
    const info = nodeInfo(tx, node)
    const slot = info === undefined ? undefined : tx.find(node, wellKnownId('licenseManager', info.kind))
    if (slot === undefined) return
    const left = { _typeName: 'long', _value: expired ? 0 : EVALUATION_HOURS }
    tx.update<LicenseManagerProps>(slot, ({ props }) => {
      const lists = [props.evaluation.properties, ...props.licenses.map(license => license.properties)]
      for (const property of lists.flatMap(list => list ?? [])) {
        if (property.key === 'expirationHours') property.value = left
      }
    })
  })
}
