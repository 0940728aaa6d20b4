import { z } from 'zod'
import { size } from './lab-schema-size.js'

/** The part of lab files about a cluster's vSAN; see lab-schema.ts. */
export const clusterVsan = z.strictObject({
  datastore: z.string().min(1).max(42).default('vsanDatastore').meta({ description: 'Name of its datastore' }),
  capacity: size.prefault('4TiB').meta({ description: 'Of all hosts together, as the datastore shows it' }),
  faultDomains: z.array(z.strictObject({
    name: z.string().min(1),
    hosts: z.array(z.string()).min(1).meta({ description: 'Names or globs of hosts of the cluster' }),
  })).default([]).meta({ description: 'Default: each host is one; with a witness two, the sites' }),
  witness: z.string().optional()
    .meta({ description: 'Host outside the cluster that holds the witnesses: of a stretched cluster, or of two nodes' }),
  preferred: z.string().optional()
    .meta({ description: 'Site that the witness joins when the sites lose each other; default: the first' }),
  autoTerminateGhostVm: z.boolean().default(true)
    .meta({ description: 'A host ends VMs whose objects it cannot use (VSAN.AutoTerminateGhostVm)' }),
})

export type LabClusterVsan = z.output<typeof clusterVsan>
