import { z } from 'zod'
import { addRule, dropRule } from '../physics/network/rules.js'
import { defineFault } from './define.js'
import { endsOf, networksSchema } from './network-options.js'

/** A machine is cut off from everybody on some of its networks; the machine itself goes on. */
export const networkIsolate = defineFault({
  name: 'network-isolate',
  target: 'node',
  help: 'a machine is cut off from everybody on its management network, or on others; it runs on',
  example: 'fauxsphere inject network-isolate esx-02 networks=management,storage',
  options: z.strictObject({ networks: networksSchema.default(['management']) }),
  inject(tx, target, { networks }, id) {
    addRule(tx, id, { networks, ...endsOf(target), cut: 'drop' })
  },
  heal(tx, _target, _options, id) {
    dropRule(tx, id)
  },
})
