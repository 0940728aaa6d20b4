import { z } from 'zod'
import { addRule, dropRule } from '../physics/network/rules.js'
import { defineFault } from './define.js'
import { durationSchema } from './duration.js'
import { directionSchema, endsOf, networksSchema } from './network-options.js'

/** Packets arrive late; a request over a real socket waits so long, there and back. */
export const networkLatency = defineFault({
  name: 'network-latency',
  target: ['node', 'link'],
  help: 'packets of a machine, or of a link, arrive late by a time and a jitter drawn for each',
  example: 'fauxsphere inject network-latency vc-01 latency=250ms jitter=50ms',
  options: z.strictObject({
    latency: durationSchema.default(250),
    jitter: durationSchema.default(0),
    direction: directionSchema.default('both'),
    networks: networksSchema.default(['management']),
  }),
  inject(tx, target, { latency, jitter, direction, networks }, id) {
    addRule(tx, id, { networks, ...endsOf(target, direction), latencyMs: latency, jitterMs: jitter })
  },
  heal(tx, _target, _options, id) {
    dropRule(tx, id)
  },
})
