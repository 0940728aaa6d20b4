import { z } from 'zod'
import { FaultError, findParties } from './target.js'
import { addRule, dropRule } from '../physics/network/rules.js'
import { defineFault } from './define.js'
import { networksSchema } from './network-options.js'
import { groupsSchema } from './options.js'

const MOST_GROUPS = 8

/**
 * The network falls into parts: machines of one group reach each other and whoever is in no group,
 * but nobody of another group. With a link as target only the way between its ends is cut.
 */
export const networkPartition = defineFault({
  name: 'network-partition',
  target: ['link', 'none'],
  help: 'groups of machines lose each other (or the two ends of a link, one way with ->)',
  example: 'fauxsphere inject network-partition "" "groups=esx-01,esx-02|esx-03,esx-04,vc-01"',
  options: z.strictObject({
    groups: groupsSchema.optional(),
    networks: networksSchema.default(['management']),
  }),
  inject(tx, target, { groups, networks }, id) {
    if (target.kind === 'link') {
      addRule(tx, `${id}/0`, { networks, from: target.from!, to: target.to!, both: target.oneWay !== true, cut: 'drop' })
      return
    }
    if (groups === undefined) {
      throw new FaultError('network-partition needs groups, such as groups=esx-01,esx-02|esx-03, or a link as target')
    }
    const parts = groups.slice(0, MOST_GROUPS).map(group => findParties(tx, group))
    let number = 0
    for (const [index, from] of parts.entries()) {
      for (const to of parts.slice(index + 1)) {
        addRule(tx, `${id}/${number}`, { networks, from, to, both: true, cut: 'drop' })
        number += 1
      }
    }
  },
  heal(tx, _target, { groups }, id) {
    const parts = Math.max(2, Math.min(MOST_GROUPS, groups?.length ?? 2))
    for (let number = 0; number < parts * (parts - 1) / 2; number += 1) dropRule(tx, `${id}/${number}`)
  },
})
