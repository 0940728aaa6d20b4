import { z } from 'zod'

/** A health update provider of a vCenter that is there when the lab begins (availability.md 1.12, Proactive HA). */
export const healthProvider = z.strictObject({
  name: z.string().min(1),
  id: z.string().min(1).meta({ description: 'Id of the provider, for clients that do not register it themselves' }),
  user: z.string().optional().meta({ description: 'Who speaks for it; default: the administrator' }),
  components: z.array(z.strictObject({
    id: z.string().min(1),
    type: z.enum(['Memory', 'Power', 'Fan', 'Network', 'Storage']),
    description: z.string().default(''),
  })).min(1),
  hosts: z.array(z.string()).default(['*']).meta({ description: 'Names or globs of the hosts that it watches' }),
})

export type LabHealthProvider = z.output<typeof healthProvider>
