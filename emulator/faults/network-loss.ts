import { z } from 'zod'
import { addRule, dropRule } from '../physics/network/rules.js'
import { defineFault } from './define.js'
import { directionSchema, endsOf, networksSchema, shareSchema } from './network-options.js'

/** Packets are lost by chance, each by itself; real clients wait for retransmissions. */
export const networkLoss = defineFault({
  name: 'network-loss',
  target: ['node', 'link'],
  help: 'a share of the packets of a machine, or of a link, is lost',
  example: 'fauxsphere inject network-loss "esx-02 <-> vc-01" loss=30%',
  options: z.strictObject({
    loss: shareSchema.default(0.3),
    direction: directionSchema.default('both'),
    networks: networksSchema.default(['management']),
  }),
  inject(tx, target, { loss, direction, networks }, id) {
    addRule(tx, id, { networks, ...endsOf(target, direction), loss })
  },
  heal(tx, _target, _options, id) {
    dropRule(tx, id)
  },
})
