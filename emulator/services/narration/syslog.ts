import { writeLog } from '../../physics/logs/write.js'
import { isHost } from '../../physics/hardware/chassis.js'
import '../../physics/syslog/signals.js'
import type { World } from '../../world/world.js'
import { postOnHost } from './host-events.js'

/**
 * What a host says of its log hosts (operations.md 3.4): the event when one is lost, vmsyslogd's own
 * lines, and the file of what was dropped, which holds counts here where the product keeps the
 * messages. The product has no event for the return. An appliance's rsyslog tells nobody.
 */
export function narrateSyslog(world: World): void {
  world.on('syslog.remote', (tx, { node, label, state, dropped }) => {
    if (!isHost(tx, node)) return
    if (state === 'overflowed') {
      writeLog(tx, node, 'vmsyslogd-dropped', { level: 'warning', text: `${dropped} messages to ${label} dropped, the queue is full` })
      return
    }
    if (state === 'lost') {
      postOnHost(tx, node, {
        eventTypeId: 'esx.problem.vmsyslogd.remote.failure', severity: 'error', arguments: { 1: label },
      })
    }
    writeLog(tx, node, 'vmsyslogd', state === 'lost'
      ? { level: 'error', text: `log host ${label} lost` }
      : { level: 'info', text: `log host ${label} connected again, ${dropped} messages dropped meanwhile` })
  })
}
