import { nodeNow } from '../../physics/appliance/facts.js'
import { partitionKinds } from '../../physics/appliance/partitions.js'
import { applianceOf, updateAppliance } from '../../physics/appliance/state.js'
import { chassis } from '../../physics/hardware/chassis.js'
import { toDateTime } from '../../world/clock.js'
import { change, field, mapOf, texts, wrongInput, type Operation, type VapiCall } from '../operation.js'

const MIB = 2 ** 20

/** Release dates of the builds that the lab knows (general knowledge). */
const releases: Readonly<Record<string, string>> = {
  '14367737': 'July 11, 2019', '18700403': 'October 21, 2021', '24022515': 'June 25, 2024', '24755230': 'June 17, 2025',
}

function version({ world, node }: VapiCall): unknown {
  const { version: product, build } = node.product
  const short = product.split('.').slice(0, 2).join('.')
  return {
    version: `${product}.00000`, product: 'VMware vCenter Server', build,
    type: 'vCenter Server with an embedded Platform Services Controller',
    summary: `VMware vCenter Server ${short}`, releasedate: releases[build] ?? '',
    install_time: toDateTime(applianceOf(world, node.name)!.installed),
  }
}

/** Seconds since the appliance's system booted. */
function uptime({ world, node }: VapiCall): number {
  return (world.now() - chassis(world, node.name)!.bootTime) / 1000
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/** `Wed 11-23-2022`, `08:12:27 PM`: as the node's own clock shows it. */
function time({ world, node }: VapiCall): unknown {
  const now = new Date(nodeNow(world, node.name))
  const two = (value: number): string => String(value).padStart(2, '0')
  const hour = now.getUTCHours()
  return {
    seconds_since_epoch: now.getTime() / 1000,
    date: `${days[now.getUTCDay()]} ${two(now.getUTCMonth() + 1)}-${two(now.getUTCDate())}-${now.getUTCFullYear()}`,
    time: `${two(hour % 12 === 0 ? 12 : hour % 12)}:${two(now.getUTCMinutes())}:${two(now.getUTCSeconds())} `
      + (hour < 12 ? 'AM' : 'PM'),
    timezone: 'UTC',
  }
}

/** Which virtual disk holds which partition. */
function storage(): unknown {
  return partitionKinds.map(({ disk, name, mount }) => ({
    disk: String(disk), partition: name,
    description: { id: `com.vmware.applmgmt.storage.${name}`, default_message: `File system ${mount}`, args: [] },
  }))
}

/** Nothing was added to the disks, so that no partition has room to grow. */
function resized({ world, node, dialect }: VapiCall): unknown {
  const { partitions } = applianceOf(world, node.name)!
  return mapOf(dialect, Object.fromEntries(partitionKinds.map(({ name, mount }) => {
    const size = Math.round(partitions[mount]!.bytesTotal / MIB)
    return [name, { old_size: size, new_size: size }]
  })))
}

function settings({ world, node }: VapiCall) {
  return applianceOf(world, node.name)!.settings
}

function setTimezone(call: VapiCall): void {
  const name = field(call, 'name', 'string')
  if (!isTimezone(name)) throw wrongInput('name', 'the name of a time zone')
  change(call, 'appliance.time.timezone', tx => updateAppliance(tx, call.node.name, inner => {
    inner.settings.timezone = name
  }))
}

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

function setNtp(call: VapiCall): void {
  const servers = texts(call, 'servers')
  change(call, 'appliance.ntp.set', tx => updateAppliance(tx, call.node.name, inner => {
    inner.settings.ntp = servers
  }))
}

/** The lab has one time server, which the appliance knows from the start. */
function testNtp(call: VapiCall): unknown {
  return texts(call, 'servers').map(server => {
    const reached = server === 'time.lab.local'
    const text = reached ? 'NTP server is reachable' : 'NTP server is not reachable'
    return {
      server, status: reached ? 'SERVER_REACHABLE' : 'SERVER_UNREACHABLE',
      message: { id: 'com.vmware.appliance.ntp_sync.test', default_message: text, args: [] },
    }
  })
}

const syncModes: readonly string[] = ['DISABLED', 'NTP', 'HOST']

function setTimesync(call: VapiCall): void {
  const mode = field(call, 'mode', 'string')
  if (!syncModes.includes(mode)) throw wrongInput('mode', syncModes.join(', '))
  change(call, 'appliance.timesync.set', tx => updateAppliance(tx, call.node.name, inner => {
    inner.settings.timesync = mode as typeof inner.settings.timesync
  }))
}

/** `com.vmware.appliance.system.*`, `ntp` and `timesync`. */
export const systemOperations: readonly Operation[] = [
  { method: 'GET', path: '/appliance/system/version', run: version },
  { method: 'GET', path: '/appliance/system/uptime', run: uptime },
  { method: 'GET', path: '/appliance/system/time', run: time },
  { method: 'GET', path: '/appliance/system/time/timezone', run: call => settings(call).timezone },
  { method: 'PUT', path: '/appliance/system/time/timezone', run: setTimezone },
  { method: 'GET', path: '/appliance/system/storage', run: storage },
  { method: 'POST', path: '/appliance/system/storage', action: 'resize', run: () => undefined },
  { method: 'POST', path: '/appliance/system/storage', action: 'resize-ex', run: resized },
  { method: 'GET', path: '/appliance/ntp', run: call => settings(call).ntp },
  { method: 'PUT', path: '/appliance/ntp', run: setNtp },
  { method: 'POST', path: '/appliance/ntp', action: 'test', run: testNtp },
  { method: 'GET', path: '/appliance/timesync', run: call => settings(call).timesync },
  { method: 'PUT', path: '/appliance/timesync', run: setTimesync },
]
