import { partitionKinds, usedAt } from '../../physics/appliance/partitions.js'
import { applianceOf } from '../../physics/appliance/state.js'
import { fromDateTime, toDateTime } from '../../world/clock.js'
import { wrongInput, type Operation, type VapiCall } from '../operation.js'
import { VapiFault } from '../vapi-error.js'

/** Minutes of the intervals of `monitoring/query`. */
const intervals: Readonly<Record<string, number>> = {
  MINUTES5: 5, MINUTES30: 30, HOURS2: 120, HOURS6: 360, DAY1: 1440,
}

const functions: readonly string[] = ['COUNT', 'MAX', 'AVG', 'MIN']

/** Values of one answer that are still given; a year of days fits. */
const MOST_VALUES = 2016

interface Item {
  readonly id: string
  readonly instance: string
  readonly unit: 'kb' | 'percent'
  readonly mount: string
  readonly what: 'total' | 'used' | 'util'
}

/** Sizes in KB and use in KB of each file system, and use in percent (protocols.md 8.1). */
const items: readonly Item[] = partitionKinds.flatMap(({ name, mount }): Item[] => [
  { id: `storage.totalsize.filesystem.${name}`, instance: name, unit: 'kb', mount, what: 'total' },
  { id: `storage.used.filesystem.${name}`, instance: name, unit: 'kb', mount, what: 'used' },
  { id: `storage.util.filesystem.${name}`, instance: name, unit: 'percent', mount, what: 'util' },
])

function shown({ id, instance, unit }: Item): unknown {
  return {
    id, name: `com.vmware.applmgmt.mon.name.${id}`, description: `com.vmware.applmgmt.mon.descr.${id}`,
    units: `com.vmware.applmgmt.mon.unit.${unit}`, category: 'com.vmware.applmgmt.mon.cat.storage', instance,
  }
}

function find(id: string): Item {
  const item = items.find(each => each.id === id)
  if (item !== undefined) return item
  throw new VapiFault('not_found', 'com.vmware.appliance.monitoring.not_found', `There is no item ${id}.`)
}

/** Parameters come as `names` below /api and as `item.names` below /rest, several or numbered. */
function parameter(call: VapiCall, name: string): string {
  return call.query.get(name) ?? call.query.get(`item.${name}`) ?? ''
}

function names(call: VapiCall): string[] {
  const found = [...call.query.entries()]
    .filter(([key]) => /^(item\.)?names(\.\d+)?$/.test(key))
    .flatMap(([, value]) => value.split(','))
  if (found.length === 0) throw wrongInput('names', 'a list of items')
  return found
}

/**
 * Values at the ends of the intervals between two times. The lab keeps no history of fills: what a
 * partition holds is known from its last change on; earlier intervals are empty, as they are in
 * the product where nothing was collected.
 */
function query(call: VapiCall): unknown {
  const { world, node } = call
  const interval = parameter(call, 'interval')
  const fn = parameter(call, 'function')
  const start = fromDateTime(parameter(call, 'start_time'))
  const end = fromDateTime(parameter(call, 'end_time'))
  const step = (intervals[interval] ?? NaN) * 60_000
  if (Number.isNaN(step)) throw wrongInput('interval', Object.keys(intervals).join(', '))
  if (!functions.includes(fn)) throw wrongInput('function', functions.join(', '))
  if (Number.isNaN(start)) throw wrongInput('start_time', 'a time')
  if (Number.isNaN(end) || end < start) throw wrongInput('end_time', 'a time after start_time')
  const count = Math.min(MOST_VALUES, Math.floor((end - start) / step) + 1)
  return names(call).map(find).map(item => ({
    name: item.id, interval, function: fn,
    start_time: toDateTime(start), end_time: toDateTime(end),
    data: Array.from({ length: count }, (_each, i) =>
      valueAt(call, item, Math.min(start + i * step, world.now()), node.name)),
  }))
}

function valueAt({ world }: VapiCall, item: Item, at: number, vcenter: string): string {
  const partition = applianceOf(world, vcenter)!.partitions[item.mount]!
  if (item.what === 'total') return String(partition.bytesTotal / 1024)
  if (at < partition.since) return ''
  const { bytes } = usedAt(partition, at)
  return item.what === 'used' ? String(Math.round(bytes / 1024)) : (100 * bytes / partition.bytesTotal).toFixed(2)
}

/** `com.vmware.appliance.monitoring`: of the items of the product those of the file systems. */
export const monitoringOperations: readonly Operation[] = [
  { method: 'GET', path: '/appliance/monitoring', run: () => items.map(shown) },
  { method: 'GET', path: '/appliance/monitoring/query', run: query },
  { method: 'GET', path: '/appliance/monitoring/{stat}', run: call => shown(find(call.params['stat']!)) },
]
