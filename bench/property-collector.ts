/**
 * CPU time of the property collector with the encoder behind it, without doors: full reads of many
 * VMs, and one change that many watchers wait for. Build the project, then run the compiled file
 * with node. Arguments: number of VMs of the full reads, of the watched VMs, of the watchers.
 */
import type { MoRef } from '../emulator/schema/model.js'
import { encoderFor } from '../emulator/wire/soap/encode.js'
import {
  CollectorLab, collectorRef, schema, viewSpec, vmRef, type Client,
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
  for (const piece of encoder.response(schema.method('PropertyCollector', name)!, value)) bytes += piece.length
  return bytes
}

function report(what: string, times: readonly number[], note: string): void {
  const sorted = [...times].sort((a, b) => a - b)
  process.stdout.write(`${what.padEnd(46)} ${sorted[sorted.length >> 1]!.toFixed(2).padStart(9)} ms CPU`
    + `  first ${times[0]!.toFixed(2)}  ${note}\n`)
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
    const set = client.call(collectorRef, 'WaitForUpdatesEx', { version, options: { maxWaitSeconds: 0 } }) as
      { version: string, truncated?: boolean }
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
  await repeat(`view of ${allVms} VMs, 3 properties`, () =>
    encode('RetrievePropertiesEx', client.retrieve([viewSpec(view, ['name', 'runtime.powerState', 'config.hardware.numCPU'])])))
  await repeat(`the same, selection only`, () =>
    [...client.retrieve([viewSpec(view, ['name', 'runtime.powerState'])]).items].length)
  await repeat(`filter, full sync of ${allVms} VMs`, () => fullSync(client, view, paths))
}

async function oneChange(): Promise<void> {
  const lab = new CollectorLab(watchedVms)
  const clients = Array.from({ length: watchers }, () => lab.login())
  for (const client of clients) client.createFilter(viewSpec(client.containerView(), ['name', 'runtime.powerState']))
  const versions = clients.map(client => (client.call(collectorRef, 'CheckForUpdates', {}) as { version: string }).version)
  const times: number[] = []
  let answered = 0
  for (let i = 0; i < 50; i += 1) {
    clients.forEach((client, c) => {
      const outcome = client.invoke(collectorRef, 'WaitForUpdatesEx', { version: versions[c]!, options: {} })
      if (outcome.kind !== 'later') throw new Error(`not parked: ${outcome.kind}`)
      outcome.later.start(value => {
        versions[c] = (value as { version: string }).version
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
  report(`one rename, ${watchers} watchers of ${watchedVms} VMs each`, times, `${lab.collectors.sizes.logged} log entries`)
}

await fullReads()
await oneChange()
