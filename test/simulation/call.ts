import type { Lab } from '../../emulator/lab.js'
import { vpxdServing } from '../../emulator/physics/appliance/services.js'
import { findRecords } from '../../emulator/physics/find.js'
import { isUp } from '../../emulator/physics/hardware/chassis.js'

/** Calls a method of vCenter as its administrator; nobody answers while it is away. */
export function callVcenter(lab: Lab, object: string, method: string, args: Readonly<Record<string, unknown>> = {}): 'answered' | 'away' {
  const node = lab.nodes.find(each => each.kind === 'vcenter')!
  if (!isUp(lab.world, node.name) || !vpxdServing(lab.world, node.name)) return 'away'
  const [target] = findRecords(lab.world, node.name, object)
  if (target === undefined) return 'away'
  lab.gate.invoke(node, {
    self: { type: target.address.type, value: target.address.id },
    method: lab.schema.method(target.address.type, method)!, args: { ...args },
    version: lab.schema.versions.newest('vim25'), cookie: lab.openSession(node), opId: 'simulation',
    client: { address: '127.0.0.1', userAgent: 'simulation' },
  })
  return 'answered'
}
