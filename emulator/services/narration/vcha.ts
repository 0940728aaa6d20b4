import '../../physics/vcha/signals.js'
import type { EventName } from '../../schema/generated/types.js'
import { toDateTime } from '../../world/clock.js'
import type { World } from '../../world/world.js'
import { postEvent } from '../events.js'
import { nodeInfo } from '../nodes.js'
import { wellKnownId } from '../well-known.js'
import { eventMessage, patternOf } from './catalogue.js'

const PREFIX = 'com.vmware.vcha.'

/** Ids that the product posts as ExtendedEvent; the others are EventEx (operations.md appendix D). */
const isExtended = /^(cluster\.(state|modeEnableFailed|quorumNotCloned|sshConnectFailed|vcFqdnUnavailable)|failover|vmdir|psc)/

/**
 * What vCenter says of its vCenter HA cluster, with the time at which it happened. The events are
 * about no object below the root folder, so that alarms take them for the root folder's.
 */
export function narrateVcha(world: World): void {
  world.on('vcha.event', (tx, { vcenter, id, words, at }) => {
    const node = nodeInfo(tx, vcenter)
    if (node === undefined) return
    const eventTypeId = `${PREFIX}${id}`
    const type: EventName = isExtended.test(id) ? 'ExtendedEvent' : 'EventEx'
    const message = eventMessage({ _typeName: type, eventTypeId }, words)
    const pairs = Object.entries(words).map(([key, value]) => ({ key, value }))
    const root = { type: 'Folder', value: wellKnownId('rootFolder', 'vcenter') }
    postEvent(tx, node, {
      type, words, message,
      fields: {
        createdTime: toDateTime(at), eventTypeId, message,
        ...type === 'EventEx'
          ? { severity: patternOf(type, eventTypeId).category, arguments: pairs }
          : { managedObject: root, data: pairs },
      },
    })
  })
}
