/** Results to rows, and rows to the page. Results are kept by `workload.vms`, then by side. */
import { cpus } from 'node:os'
import { published } from './labs.mjs'

const seconds = ms => ms === undefined ? undefined : ms / 1000

function show(value, unit) {
  if (value === undefined) return '–'
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3
  return `${value.toFixed(digits)} ${unit}`
}

/** A row that compares: processor time of one operation, peer ÷ ours. */
function ratioRow(results, key, title, least, options = {}) {
  const { pick = side => side.cpuMs, unit = 'ms CPU' } = options
  const found = results[key] ?? {}
  const fromThisRun = found.peer !== undefined
  const peer = found.peer ?? published[key]
  const ours = found.ours
  const [a, b] = [peer && pick(peer), ours && pick(ours)]
  const ratio = a === undefined || b === undefined ? undefined : a / b
  return {
    key, title, peer: `${show(a, unit)}${fromThisRun || a === undefined ? '' : ' †'}`, ours: show(b, unit),
    ratio, target: least === undefined ? '' : `${least} times`,
    met: ratio === undefined || least === undefined ? undefined : ratio >= least,
  }
}

/** A row with a bound for our own figure. */
function limitRow(results, key, title, pick, unit, limit) {
  const found = results[key] ?? {}
  const peer = found.peer ?? published[key]
  const a = peer === undefined ? undefined : pick(peer)
  const b = found.ours === undefined ? undefined : pick(found.ours)
  return {
    key, title, peer: `${show(a, unit)}${found.peer === undefined && a !== undefined ? ' †' : ''}`,
    ours: show(b, unit), ratio: a === undefined || b === undefined ? undefined : a / b,
    target: limit === undefined ? '' : `≤ ${limit} ${unit}`,
    met: b === undefined || limit === undefined ? undefined : b <= limit,
  }
}

/** A row that compares two of our own figures: it must not grow with the lab. */
function flatRow(results, workload, title, most) {
  const [small, big] = [50, 10_000].map(vms => results[`${workload}.${vms}`]?.ours?.cpuMs)
  const growth = small === undefined || big === undefined ? undefined : big / small
  return {
    key: `${workload}.growth`, title, peer: '–', ours: growth === undefined ? '–' : `${growth.toFixed(2)} times`,
    ratio: undefined, target: `≤ ${most} times`, met: growth === undefined ? undefined : growth <= most,
  }
}

const growthOf = rounds => rounds.length < 2 ? undefined : Math.max(0, rounds.at(-1) - rounds[0])

const perMb = side => side.bytes === undefined ? undefined : side.cpuMs / (side.bytes / 1e6)

export function rowsOf(results) {
  const rows = [
    limitRow(results, 'start.50', 'start to first login, 50 VMs', s => seconds(s.startMs), 's', 0.8),
    limitRow(results, 'start.1000', 'start to first login, 1,000 VMs', s => seconds(s.startMs), 's', 1.5),
    limitRow(results, 'start.10000', 'start to first login, 10,000 VMs', s => seconds(s.startMs), 's', 5),
    limitRow(results, 'start.100000', 'start to first login, 100,000 VMs', s => seconds(s.startMs), 's', 45),
    limitRow(results, 'memory.10000', 'memory after start, 10,000 VMs', s => s.rssMb, 'MB', 400),
    limitRow(results, 'memory.10000', 'peak during a full read of everything, 10,000 VMs', s => s.peakMb, 'MB', 600),
  ]
  for (const vms of [1000, 10_000]) {
    const size = vms.toLocaleString('en-US')
    rows.push(
      ratioRow(results, `viewList.${vms}`, `view of all VMs, three properties, ${size} VMs`, 50),
      ratioRow(results, `viewConfig.${vms}`, `\`config\` of all VMs, ${size} VMs`, 20),
      ratioRow(results, `viewConfig.${vms}`, '– for one MB of answer', undefined,
        { pick: perMb, unit: 'ms CPU' }),
      limitRow(results, `viewConfig.${vms}`, '– first byte', s => s.firstByteMs, 'ms', 100),
      ratioRow(results, `viewAll.${vms}`, `everything of all VMs, ${size} VMs`, 20),
      ratioRow(results, `viewAll.${vms}`, '– for one MB of answer', undefined,
        { pick: perMb, unit: 'ms CPU' }),
      limitRow(results, `viewAll.${vms}`, '– first byte', s => s.firstByteMs, 'ms', 100),
      ratioRow(results, `filterSync.${vms}`, `filter full sync, ${size} VMs`, 50),
    )
  }
  for (const vms of [50, 1000, 10_000]) {
    const size = vms.toLocaleString('en-US')
    rows.push(
      ratioRow(results, `vmProps.${vms}`, `one VM, summary + runtime, ${size} VMs`, 3),
      ratioRow(results, `powerCycle.${vms}`, `power operation with its wait, ${size} VMs`, 3),
      ratioRow(results, `findByUuid.${vms}`, `FindByUuid, ${size} VMs`),
      ratioRow(results, `findByPath.${vms}`, `FindByInventoryPath, ${size} VMs`),
      ratioRow(results, `findByDatastorePath.${vms}`, `FindByDatastorePath, ${size} VMs`),
    )
  }
  return [...rows, ...growthRows(results), ...watchRows(results)].filter(row => row.ours !== '–' || row.met === false)
}

function growthRows(results) {
  return [
    flatRow(results, 'findByUuid', 'FindByUuid, 10,000 VMs against 50', 1.5),
    flatRow(results, 'findByPath', 'FindByInventoryPath, 10,000 VMs against 50', 1.5),
    flatRow(results, 'findByDatastorePath', 'FindByDatastorePath, 10,000 VMs against 50', 1.5),
    flatRow(results, 'powerCycle', 'power operation, 10,000 VMs against 50', 1.5),
  ]
}

function watchRows(results) {
  const all = 'one rename, 100 watchers of all of 1,000 VMs'
  return [
    ratioRow(results, 'watchAll.1000', all, 300),
    limitRow(results, 'watchAll.1000', '– last watcher', s => s.wallMs, 'ms', 150),
    limitRow(results, 'watchOne.1000', 'one rename, 100 watchers of that VM, last watcher', s => s.wallMs, 'ms', 30),
    ratioRow(results, 'watchOne.1000', '– processor time'),
    limitRow(results, 'abandoned.50', '100 long polls of all of 50 VMs, waiting', s => s.idleWaiting, 'ms CPU/s'),
    limitRow(results, 'abandoned.50', '– after their clients went away, above idle before',
      s => Math.max(0, s.idleAfter - s.idleBefore), 'ms CPU/s', 5),
    limitRow(results, 'abandoned.50', '– growth over four rounds', s => growthOf(s.rssMb), 'MB', 30),
    limitRow(results, 'abandoned.50', '– a rename after that, against before',
      s => s.renameAfter / s.renameBefore, 'times', 1.5),
    limitRow(results, 'idle.10000', 'idle, 10,000 VMs', s => s.idle, 'ms CPU/s'),
    limitRow(results, 'idle.1000', 'idle, 1,000 VMs', s => s.idle, 'ms CPU/s'),
  ]
}

export function tableOf(rows) {
  const ratio = value => value === undefined || !Number.isFinite(value) || value <= 0
    ? '' : value >= 10 ? value.toFixed(0) : value.toFixed(1)
  const met = { true: 'yes', false: '**no**', undefined: '' }
  return [
    '| workload | peer | ours | peer ÷ ours | target | met |',
    '|---|---:|---:|---:|---:|---|',
    ...rows.map(row => `| ${[
      row.title, row.peer, row.ours, ratio(row.ratio), row.target, met[row.met],
    ].join(' | ')} |`),
  ].join('\n')
}

export function pageOf({ results, date, versions, errors }) {
  const machine = cpus()
  return `<!-- Generated by \`npm run bench\`; do not edit. -->
# Benchmarks

Both servers run on one machine in one run, the same workload on each in turn; every answer is
checked. A figure is the median of the rounds. *CPU* is the server's processor time for one
operation (user and system, all threads), which other work on the machine moves least; wall times
and ratios of them are rougher. Each workload runs before it is measured, alike on both sides: small
requests a thousand times and more (5,000 for one VM), a view 30 times, so that what compiles as it
goes has compiled.
The watchers of a rename share one process; they ask again when all of them have been told, since
their next requests would otherwise delay the reading of the answers.

† not part of this run: vcsim needs minutes to start at this size. Measured once on a machine of two
cores with vcsim of govmomi commit fd06160642a8, so such a ratio is rougher than the others.

- Made with: \`npm run build && npm run bench\`
- Date: ${date}
- Machine: ${machine.length} cores, ${machine[0]?.model ?? 'unknown'}, Linux, Node ${process.version}
- Peer: vcsim ${versions.peer}; ours: fauxsphere ${versions.ours}

${tableOf(rowsOf(results))}
${errors.length === 0 ? '' : `\nNot measured:\n\n${errors.map(text => `- ${text}`).join('\n')}\n`}`
}

const HEADING = '## Availability'

/**
 * The availability section: `figures` of bench/availability.mjs by workload, each the round with the
 * least processor time.
 */
export function availabilityOf({ quiet, site, schedules }, { seeds, rounds }) {
  const row = (title, show, found, target, met) =>
    `| ${title} | ${show(found)} | ${show(found.first)} | ${target} | ${met ? 'yes' : '**no**'} |`
  const whole = value => value > 1_000_000 ? '> 1,000,000' : Math.round(value).toLocaleString('en-US')
  const rows = [
    quiet && row('quiet cluster of 64 hosts, 640 VMs: simulated host-hours in a CPU second',
      each => whole(each.perSecond), quiet, '≥ 100,000', quiet.perSecond >= 100_000),
    schedules && row('random fault schedules of a simulated day on 8 hosts in a CPU minute',
      each => whole(each.perMinute), schedules, '≥ 200', schedules.perMinute >= 200),
    site && row('failure of a site: 32 of 64 hosts, 1,000 of 2,000 VMs, until all run again',
      each => `${each.cpu.toFixed(2)} s CPU`, site, '≤ 2 s CPU', site.cpu <= 2),
  ].filter(line => line !== undefined)
  return `${HEADING}

The physics alone, without doors and clients, on the manual clock. A figure is processor time of one
process (user and system), the best of ${rounds} rounds, since other work on the machine only adds to it.
The first round is shown, too: its code is not yet compiled.
A quiet cluster has nothing periodic on its agenda: heartbeats are not played one by one, so the month that
is measured costs what is left to do in it. The schedules are those of \`scripts/simulate.mjs --seeds
1..${seeds} --hosts 8\`, with every invariant checked after every change; the figure is for one core. The site's
VMs were running again ${site === undefined ? '–' : site.labSeconds} s of lab time after the power went; the 15 minutes that are measured
include vCenter's own view of the lost hosts, events and alarms.

- Made with: \`node bench/availability.mjs\`
- Machine: ${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown'}, Linux, Node ${process.version}

| workload | best | first round | target | met |
|---|---:|---:|---:|---|
${rows.join('\n')}
`
}

/** A page of benchmarks with another availability section. */
export function keepAvailability(page, section) {
  const at = page.indexOf(HEADING)
  return `${(at < 0 ? page : page.slice(0, at)).trimEnd()}\n\n${section}`
}

/** The availability section of a page; empty when it has none. */
export function availabilityIn(page) {
  const at = page.indexOf(HEADING)
  return at < 0 ? '' : page.slice(at)
}
