#!/usr/bin/env node
/**
 * Measures what a lab costs that nobody uses: 64 hosts with HA and 640 VMs, all doors open, real clock.
 *
 *   npm run build && node bench/idle.mjs [--hosts 64] [--settle 20] [--seconds 60]
 *
 * Prints the share of one core that the process took, user and system together, and exits with status
 * 1 when it is above 2 % (the goal for 64 hosts). Linux only.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { cpuMsOf } from './lib/server.mjs'
import { withOwnLab } from './lib/own-lab.mjs'

const { values: options } = parseArgs({
  options: {
    hosts: { type: 'string', default: '64' },
    settle: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '60' },
  },
})
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

await withOwnLab(lab, async pid => {
  await delay(Number(options.settle) * 1000)
  const before = cpuMsOf(pid)
  const begin = performance.now()
  await delay(Number(options.seconds) * 1000)
  const percent = (cpuMsOf(pid) - before) / (performance.now() - begin) * 100
  console.log(`idle lab, ${hosts} hosts, ${hosts * 10} VMs: ${percent.toFixed(2)} % of a core (goal: at most ${GOAL_PERCENT} %)`)
  if (percent > GOAL_PERCENT) process.exitCode = 1
})
