import { z } from 'zod'

const node = z.strictObject({
  host: z.string(),
  datastore: z.string().optional(),
  vm: z.string().min(1).max(80).optional().meta({ description: 'Name of the VM; default: that of the active with -peer or -witness' }),
})

/** vCenter HA of a vCenter: a cluster that has worked since long before the lab begins. */
export const vchaSchema = z.strictObject({
  mode: z.enum(['enabled', 'disabled', 'maintenance']).default('enabled'),
  db: z.enum(['sync', 'async']).default('sync').meta({ description: 'Replication of the database' }),
  kind: z.enum(['replicated', 'sharedDisk']).default('replicated')
    .meta({ description: 'replicated is the product; sharedDisk is a teaching mode in which both nodes use one disk' }),
  witness: z.boolean().default(true).meta({ description: 'false: only with sharedDisk, to show a split brain' }),
  ips: z.strictObject({
    active: z.ipv4().default('10.1.0.11'),
    passive: z.ipv4().default('10.1.0.12'),
    witness: z.ipv4().default('10.1.0.13'),
    mask: z.ipv4().default('255.255.255.0'),
    failover: z.ipv4().optional()
      .meta({ description: 'Public address while the passive node is active; default: that of the vCenter' }),
  }).prefault({}).meta({ description: 'Addresses on the vCenter HA network, and the passive node\'s public one' }),
  passive: node.optional().meta({ description: 'Where the VM of the passive node is; default: a machine of its own' }),
  witnessNode: node.optional().meta({ description: 'Where the VM of the witness is; default: a machine of its own' }),
}).refine(vcha => vcha.witness || vcha.kind === 'sharedDisk', 'only the kind sharedDisk can be without a witness')
