/**
 * CPU time of the property collector with the encoder behind it, without doors: full reads of many
 * VMs, and one change that many watchers wait for. Build the project, then run the compiled file
 * with node. Arguments: number of VMs of the full reads, of the watched VMs, of the watchers.
 */
import type { MoRef } from '../emulator/schema/model.js'
import type { UpdateSet } from '../emulator/services/property-collector/collector.js'
import { encoderFor } from '../emulator/wire/soap/encode.js'
import {
  CollectorLab, collectorRef, objectSpec, schema, viewSpec, vmRef, type Client,
} from '../test/support/collector-lab.js'

const [allVms = 10000, watchedVms = 1000, watchers = 100] = process.argv.slice(2).map(Number)
const encoder = encoderFor(schema, 'vim25', schema.versions.index('8.0.3.0')!)
const rounds = 5

/** CPU milliseconds of user and system code. */
async function cpu(run: () => unknown): Promise<number> {
  const before = process.cpuUsage()
  await run()
  const used = process.cpuUsage(before)
  return (used.user + used.system) / 1000
}

function encode(name: string, value: unknown): number {
  let bytes = 0
  const method = schema.method('PropertyCollector', name)!
  for (const piece of encoder.response(method, value)) bytes += piece.length
  return bytes
}

function report(what: string, times: readonly number[], note: string): void {
  const sorted = [...times].sort((a, b) => a - b)
  const median = sorted[sorted.length >> 1]!.toFixed(2).padStart(9)
  const first = times[0]!.toFixed(2)
  process.stdout.write(`${what.padEnd(46)} ${median} ms CPU  first ${first}  ${note}\n`)
}

async function repeat(what: string, run: () => number): Promise<void> {
  const times: number[] = []
  let bytes = 0
  for (let i = 0; i < rounds; i += 1) times.push(await cpu(() => { bytes = run() }))
  report(what, times, `${(bytes / 1e6).toFixed(2)} MB`)
}

/** Reads everything of a new filter, as the client does that keeps a cache. */
function fullSync(client: Client, view: MoRef, paths: string[]): number {
  const filter = client.createFilter(viewSpec(view, paths))
  let bytes = 0
  let version = ''
  for (let more = true; more;) {
    const args = { version, options: { maxWaitSeconds: 0 } }
    const set = client.call(collectorRef, 'WaitForUpdatesEx', args) as UpdateSet
    bytes += encode('WaitForUpdatesEx', set)
    version = set.version
    more = set.truncated === true
  }
  client.call(filter, 'DestroyPropertyFilter')
  return bytes
}

async function fullReads(): Promise<void> {
  const lab = new CollectorLab(allVms)
  const client = lab.login()
  const view = client.containerView()
  const paths = ['name', 'runtime.powerState', 'config.hardware', 'guest.ipAddress']
  const three = ['name', 'runtime.powerState', 'config.hardware.numCPU']
  await repeat(`view of ${allVms} VMs, 3 properties`, () =>
    encode('RetrievePropertiesEx', client.retrieve([viewSpec(view, three)])))
  await repeat(`the same, selection only`, () =>
    [...client.retrieve([viewSpec(view, ['name', 'runtime.powerState'])]).items].length)
  await repeat(`filter, full sync of ${allVms} VMs`, () => fullSync(client, view, paths))
}

async function oneChange(): Promise<void> {
  const lab = new CollectorLab(watchedVms)
  const clients = Array.from({ length: watchers }, () => lab.login())
  const versions = clients.map(client => {
    client.createFilter(viewSpec(client.containerView(), ['name', 'runtime.powerState']))
    return (client.call(collectorRef, 'CheckForUpdates', {}) as UpdateSet).version
  })
  const times: number[] = []
  let answered = 0
  for (let i = 0; i < 50; i += 1) {
    clients.forEach((client, c) => {
      const args = { version: versions[c]!, options: {} }
      const outcome = client.invoke(collectorRef, 'WaitForUpdatesEx', args)
      if (outcome.kind !== 'later') throw new Error(`not parked: ${outcome.kind}`)
      outcome.later.start(value => {
        versions[c] = (value as UpdateSet).version
        encode('WaitForUpdatesEx', value)
        answered += 1
      }, error => { throw error })
    })
    times.push(await cpu(async () => {
      lab.rename(vmRef(i % watchedVms), `renamed-${i}`)
      await Promise.resolve()
    }))
  }
  if (answered !== 50 * watchers) throw new Error(`${answered} answers`)
  const what = `one rename, ${watchers} watchers of ${watchedVms} VMs each`
  report(what, times, `${lab.collectors.sizes.logged} log entries`)
}

/** What a client does for each task: own collector, filter, wait, destroy. */
async function taskPattern(): Promise<void> {
  const client = new CollectorLab(10).login()
  const spec = objectSpec(vmRef(0), ['runtime.powerState', 'name'])
  const times: number[] = []
  for (let i = 0; i < 20; i += 1) {
    times.push(await cpu(() => {
      for (let j = 0; j < 100; j += 1) {
        const own = client.call(collectorRef, 'CreatePropertyCollector') as MoRef
        client.createFilter(spec, true, own)
        const first = client.call(own, 'WaitForUpdatesEx', { version: '', options: {} })
        encode('WaitForUpdatesEx', first)
        client.call(own, 'DestroyPropertyCollector')
      }
    }) / 100)
  }
  report('own collector, filter, first answer, destroy', times, '')
}

/** Many filters that have nothing in common but the server. */
async function distinctFilters(): Promise<void> {
  const lab = new CollectorLab(watchedVms)
  const count = watchers * 10
  const clients = Array.from({ length: count }, () => lab.login())
  clients.forEach((client, i) => {
    const paths = ['name', 'runtime.powerState', `config.extraConfig["${i}"]`]
    client.createFilter(objectSpec(vmRef(i % watchedVms), paths))
  })
  const times: number[] = []
  for (let i = 0; i < 20; i += 1) {
    times.push(await cpu(async () => {
      for (let j = 0; j < 100; j += 1) lab.rename(vmRef((i * 100 + j) % watchedVms), `n-${i}-${j}`)
      await Promise.resolve()
    }) / 100)
  }
  const { groups } = lab.collectors.sizes
  report(`one rename, ${count} different filters of one VM`, times, `${groups} groups`)
}

await fullReads()
await oneChange()
await distinctFilters()
await taskPattern()
