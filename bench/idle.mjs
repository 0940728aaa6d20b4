#!/usr/bin/env node
/**
 * Measures what a lab costs that nobody uses: 64 hosts with HA and 640 VMs, all doors open, real clock.
 *
 *   npm run build && node bench/idle.mjs [--hosts 64] [--settle 20] [--seconds 60]
 *
 * Prints the share of one core that the process took, user and system together, and exits with status
 * 1 when it is above 2 % (the goal for 64 hosts). Linux only.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { values: options } = parseArgs({
  options: {
    hosts: { type: 'string', default: '64' },
    settle: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '60' },
  },
})
/** Linux counts processor time of processes in ticks of 10 ms. */
const TICK_MS = 10
const GOAL_PERCENT = 2

const hosts = Number(options.hosts)
const lab = `lab: idle
vcenters:
  - name: vc-01
    datacenters: [{ name: DC-01, clusters: [{ name: Cluster-01, hosts: ["esx-*"], ha: true }] }]
hosts: [{ name: "esx-###", count: ${hosts} }]
datastores: [{ name: shared-01, capacity: 64TiB }, { name: shared-02, capacity: 64TiB }]
vms:
${Array.from({ length: hosts }, (_, index) => {
  const host = `esx-${String(index + 1).padStart(3, '0')}`
  return `  - { name: "${host}-vm-##", count: 10, host: ${host}, datastore: shared-01 }`
}).join('\n')}
`

function cpuMs(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

const folder = mkdtempSync(join(tmpdir(), 'fauxsphere-idle-'))
const file = join(folder, 'idle.yaml')
writeFileSync(file, lab)
const command = fileURLToPath(new URL('../bin/fauxsphere.mjs', import.meta.url))
const child = spawn(process.execPath, [command, 'up', '--lab', file, '--ports', 'free', '--json'],
  { stdio: ['ignore', 'pipe', 'inherit'] })
try {
  const ready = new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve)
    child.once('exit', code => reject(new Error(`the lab ended with ${code}`)))
  })
  await ready
  await delay(Number(options.settle) * 1000)
  const before = cpuMs(child.pid)
  const begin = performance.now()
  await delay(Number(options.seconds) * 1000)
  const percent = (cpuMs(child.pid) - before) / (performance.now() - begin) * 100
  console.log(`idle lab, ${hosts} hosts, ${hosts * 10} VMs: ${percent.toFixed(2)} % of a core (goal: at most ${GOAL_PERCENT} %)`)
  if (percent > GOAL_PERCENT) process.exitCode = 1
} finally {
  child.kill('SIGTERM')
  rmSync(folder, { recursive: true })
}
