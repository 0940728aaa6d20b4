import { z } from 'zod'
import { serviceKind } from '../physics/appliance/service-table.js'
import '../physics/appliance/signals.js'
import { stopService } from '../physics/appliance/services.js'
import { defineFault } from './define.js'
import { serviceOf } from './vcenter-node.js'

interface Options {
  readonly service: string
}

/** Somebody stops a service of a vCenter; what cannot run without it stops as well. */
export const serviceStop = defineFault<Options>({
  name: 'service-stop',
  target: 'vcenter',
  help: 'a service of the appliance is stopped, and what cannot run without it; heal starts it again',
  example: 'fauxsphere inject service-stop vc-01 service=sts',
  options: z.strictObject({ service: z.string().default('vpxd') }) as unknown as z.ZodType<Options>,
  inject(tx, target, { service }) {
    stopService(tx, target.id, serviceKind(serviceOf(tx, target.id, service))!)
  },
  heal(tx, target, { service }) {
    tx.emit('appliance.startService', { vcenter: target.id, service: serviceOf(tx, target.id, service) })
  },
})

/** The repair of a stopped service without REST: what `service-control --start` does. */
export const serviceStart = defineFault<Options>({
  name: 'service-start',
  target: 'vcenter',
  help: 'no fault but its repair: starts a service of the appliance, or all that start by themselves',
  example: 'fauxsphere inject service-start vc-01 service=all',
  options: z.strictObject({ service: z.string().default('all') }) as unknown as z.ZodType<Options>,
  inject(tx, target, { service }) {
    if (service === 'all') tx.emit('appliance.startAll', { vcenter: target.id })
    else tx.emit('appliance.startService', { vcenter: target.id, service: serviceOf(tx, target.id, service) })
  },
  heal() {},
})
