import { applianceOf } from '../physics/appliance/state.js'
import { serviceKind } from '../physics/appliance/service-table.js'
import type { Transaction } from '../world/transaction.js'
import { FaultError } from './target.js'

/**
 * The id of a service of a vCenter's appliance, by any of its names.
 * @throws FaultError when the appliance has none of that name
 */
export function serviceOf(tx: Transaction, vcenter: string, name: string): string {
  const services = applianceOf(tx, vcenter)?.services ?? {}
  const id = serviceKind(name)?.id
  if (id !== undefined && services[id] !== undefined) return id
  throw new FaultError(`${vcenter} has no service ${name}; there are: ${Object.keys(services).sort().join(', ')}`)
}
