import { percentAt, stateOf, WATCHED } from '../../physics/appliance/partitions.js'
import { serviceHealth, serviceUp } from '../../physics/appliance/services.js'
import { applianceOf } from '../../physics/appliance/state.js'
import { databaseDamaged } from '../../physics/vcha/disk-state.js'
import { databaseDelayMs } from '../../services/injected.js'
import type { Reader } from '../../world/records.js'
import { toDateTime } from '../../world/clock.js'
import type { Operation, VapiCall } from '../operation.js'
import { VapiFault } from '../vapi-error.js'

type Level = 'green' | 'yellow' | 'orange' | 'red' | 'gray'

/** What is said of an item: its level, and why it is not green. */
interface Verdict {
  readonly level: Level
  readonly messages: readonly Notice[]
}

interface Notice {
  readonly id: string
  readonly text: string
  readonly level: Level
}

const order: readonly Level[] = ['gray', 'green', 'yellow', 'orange', 'red']

/** Items of `health/{item}` (availability.md 3.3). */
const items: Readonly<Record<string, (reader: Reader, vcenter: string) => Verdict>> = {
  'applmgmt': (reader, vcenter) => byService(reader, vcenter, 'applmgmt'),
  'database-storage': databaseStorage,
  'load': green,
  'mem': green,
  'software-packages': green,
  'storage': storage,
  'swap': green,
  'system': system,
}

function green(): Verdict {
  return { level: 'green', messages: [] }
}

function byService(reader: Reader, vcenter: string, id: string): Verdict {
  if (serviceUp(reader, vcenter, id)) return green()
  return verdictOf([{ id: `com.vmware.applmgmt.health.${id}`, text: `Service ${id} is not running.`, level: 'red' }])
}

/** Yellow above the warning threshold, red where vpxd stops (availability.md 3.3). */
function databaseStorage(reader: Reader, vcenter: string): Verdict {
  const damaged: Notice[] = databaseDamaged(reader, vcenter)
    ? [{ id: 'com.vmware.applmgmt.health.database', text: 'The database cannot be opened: it is damaged.', level: 'red' }] : []
  return verdictOf([...damaged, ...fills(reader, vcenter, WATCHED, { warning: 'yellow', critical: 'red' })])
}

/** All partitions but the archive, which is full by design; orange: serious, nothing has stopped. */
function storage(reader: Reader, vcenter: string): Verdict {
  const mounts = Object.keys(applianceOf(reader, vcenter)!.partitions)
    .filter(mount => mount !== '/storage/archive')
  return verdictOf(fills(reader, vcenter, mounts, { warning: 'yellow', critical: 'orange' }))
}

function fills(
  reader: Reader, vcenter: string, mounts: readonly string[],
  levels: { readonly warning: Level, readonly critical: Level },
): Notice[] {
  const { partitions } = applianceOf(reader, vcenter)!
  return mounts.flatMap(mount => {
    const percent = percentAt(partitions[mount]!, reader.now())
    const state = stateOf(percent)
    if (state === 'ok') return []
    const text = `File system ${mount} is ${Math.floor(percent)}% full.`
    return [{ id: 'com.vmware.applmgmt.health.storage.usage', text, level: levels[state] }]
  })
}

/** The worst of all items and of the services that should run. */
function system(reader: Reader, vcenter: string): Verdict {
  const others = Object.entries(items).filter(([name]) => name !== 'system')
    .flatMap(([, verdict]) => verdict(reader, vcenter).messages)
    .sort((a, b) => order.indexOf(b.level) - order.indexOf(a.level))
    .filter((notice, i, all) => all.findIndex(({ text }) => text === notice.text) === i)
  const { services } = applianceOf(reader, vcenter)!
  const down = Object.entries(services)
    .filter(([, service]) => service.startup === 'AUTOMATIC' && service.state !== 'STARTED')
    .map(([id]): Notice => ({
      id: 'com.vmware.applmgmt.health.service.down', text: `Service ${id} is not running.`,
      level: id === 'vpxd' || id === 'vmware-vpostgres' ? 'red' : 'orange',
    }))
  const degraded = Object.keys(services).filter(id => serviceHealth(reader, vcenter, id) === 'DEGRADED')
    .map((id): Notice => ({
      id: 'com.vmware.applmgmt.health.service.degraded', text: `Service ${id} lacks a service that it uses.`, level: 'yellow',
    }))
  return verdictOf([...others, ...down, ...degraded])
}

function verdictOf(messages: readonly Notice[]): Verdict {
  const worst = Math.max(order.indexOf('green'), ...messages.map(({ level }) => order.indexOf(level)))
  return { level: order[worst]!, messages }
}

/** `health/database`: how the database itself does, which a full disk or a slow one shows in. */
function database({ world, node }: VapiCall): unknown {
  const message = (severity: 'ERROR' | 'WARNING', text: string) =>
    ({ severity, message: { id: 'desc', default_message: text, args: [] } })
  if (!serviceUp(world, node.name, 'vmware-vpostgres')) {
    return { status: 'UNHEALTHY', messages: [message('ERROR', 'DB state is Unhealthy: the database does not run')] }
  }
  const slow = databaseDelayMs(world, node.name)
  if (slow > 0) {
    return { status: 'DEGRADED', messages: [message('WARNING', `DB state is Degraded: a query takes ${slow} ms`)] }
  }
  return { status: 'HEALTHY', messages: [] }
}

function messages({ world, node, params }: VapiCall): unknown {
  const item = items[params['item']!]
  if (item === undefined) throw noItem(params['item']!)
  return item(world, node.name).messages.map(({ id, text, level }) => ({
    id, time: toDateTime(world.now()),
    message: { id, default_message: text, args: [] },
    resolution: null, severity: severityOf(level),
  }))
}

function severityOf(level: Level): string {
  return level === 'yellow' ? 'WARNING' : 'ERROR'
}

function noItem(item: string): VapiFault {
  return new VapiFault('not_found', 'com.vmware.appliance.health.not_found', `There is no health item ${item}.`)
}

/** `com.vmware.appliance.health.*`: computed when asked, so the last check is the present. */
export const healthOperations: readonly Operation[] = [
  { method: 'GET', path: '/appliance/health/database', run: database },
  ...Object.entries(items).flatMap(([item, verdict]): Operation[] => [
    { method: 'GET', path: `/appliance/health/${item}`, run: ({ world, node }) => verdict(world, node.name).level },
    { method: 'GET', path: `/appliance/health/${item}/lastcheck`, run: ({ world }) => toDateTime(world.now()) },
  ]),
  { method: 'GET', path: '/appliance/health/{item}/messages', run: messages },
]
