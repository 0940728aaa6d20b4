import type { World } from '../../world/world.js'
import type { StoredLine } from './line.js'

/**
 * Hears of each line that any node's program wrote, once the transaction is committed, in order.
 * Lines that a rewind or a load brings back are not said again. The file `auditLog` holds a host's audit
 * records, which the product forwards only with `Syslog.global.auditRecord.remoteEnable`; the vmware.log
 * of VMs is no part of syslog and not heard. Returns the cancel.
 */
export function onLogLine(
  world: World, listener: (node: string, file: string, line: StoredLine) => void,
): () => void {
  return world.subscribe(entry => {
    for (const { log, value } of entry.appended) {
      if (!log.startsWith('logs/')) continue
      const line = value as StoredLine
      if (line.header === true) continue
      const slash = log.indexOf('/', 5)
      listener(log.slice(5, slash), log.slice(slash + 1), line)
    }
  })
}
