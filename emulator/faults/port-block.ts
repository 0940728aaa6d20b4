import { z } from 'zod'
import { addRule, dropRule } from '../physics/network/rules.js'
import { defineFault } from './define.js'
import { endsOf, networksSchema } from './network-options.js'

/** A firewall between a machine and its peers: traffic to one port is refused, dropped or reset. */
export const portBlock = defineFault({
  name: 'port-block',
  target: ['node', 'link'],
  help: 'traffic to a port of a machine (or over a link, to its second end) is dropped, refused or reset',
  example: 'fauxsphere inject port-block esx-03 port=443 how=reset',
  options: z.strictObject({
    port: z.coerce.number().int().min(1).max(65535),
    protocol: z.enum(['tcp', 'udp']).default('tcp'),
    how: z.enum(['drop', 'refuse', 'reset']).default('drop'),
    networks: networksSchema.default(['management']),
  }),
  inject(tx, target, { port, protocol, how, networks }, id) {
    const ends = target.kind === 'link' ? endsOf(target) : endsOf(target, 'in')
    addRule(tx, id, { networks, ...ends, both: target.kind === 'link' && ends.both, port, protocol, cut: how })
  },
  heal(tx, _target, _options, id) {
    dropRule(tx, id)
  },
})
