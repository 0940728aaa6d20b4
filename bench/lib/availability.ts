/** Workloads of the availability physics: labs without doors, on the manual clock. */
import { checkLab } from '../../emulator/inventory/check-lab.js'
import type { LabFileInput } from '../../emulator/inventory/lab-schema.js'
import { Lab } from '../../emulator/lab.js'
import type { HostSystemProps, VirtualMachineProps } from '../../emulator/schema/generated/types.js'
import { planOf } from '../../test/simulation/plan.js'
import { runPlan } from '../../test/simulation/run.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** Figures of one round. */
export type Figures = Readonly<Record<string, number>>

/** Processor seconds of this process (user and system) that `action` takes. */
export function cpuOf(action: () => void): number {
  const before = process.cpuUsage()
  action()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

function sure(condition: boolean, text: string): void {
  if (!condition) throw new Error(text)
}

/** One cluster with HA, its VMs spread evenly over the hosts of two sites, on shared volumes. */
export function clusterLab(hosts: number, vms: number): LabFileInput {
  const names = Array.from({ length: hosts }, (_, index) => `esx-${String(index + 1).padStart(2, '0')}`)
  return {
    lab: 'availability',
    vcenters: [{
      name: 'vc-01',
      datacenters: [{
        name: 'DC-01',
        clusters: [{ name: 'Cluster-01', hosts: ['esx-*'], ha: { admissionControl: false } }],
      }],
    }],
    hosts: names.map(name => ({ name, memory: '256GiB' })),
    datastores: [1, 2, 3, 4].map(index => ({ name: `shared-0${index}`, capacity: '64TiB' })),
    vms: names.map((host, index) => ({
      name: `${host}-vm-##`, host, datastore: `shared-0${index % 4 + 1}`, cpu: 1, memory: '1GiB',
      count: Math.floor(vms * (index + 1) / hosts) - Math.floor(vms * index / hosts),
    })),
  }
}

function open(hosts: number, vms: number): Lab {
  const lab = new Lab({
    lab: checkLab(clusterLab(hosts, vms), 'bench'), seed: '1', clock: { mode: 'manual' },
    behaviour: { durations: 'realistic' },
  })
  lab.world.onDefect = error => { throw error }
  return lab
}

function read<T extends object>(lab: Lab, node: string, type: string): T[] {
  return lab.world.ofType(node, type).map(slot => lab.world.read<T>(slot)!.props)
}

/** A quiet cluster for a month: what a day brings by itself happens, and no fault. */
export function quiet(): Figures {
  const [hosts, days] = [64, 30]
  const lab = open(hosts, 640)
  try {
    lab.world.advance(HOUR)
    const cpu = cpuOf(() => lab.world.advance(days * 24 * HOUR))
    const states = read<HostSystemProps>(lab, 'vc-01', 'HostSystem').map(host => host.runtime.dasHostState?.state)
    sure(states.length === hosts && states.filter(state => state === 'connectedToMaster').length === hosts - 1,
      `a host is not what it should be: ${states.join(' ')}`)
    return { cpu, perSecond: hosts * days * 24 / cpu }
  } finally {
    lab.stop()
  }
}

/** Power of one of two sites fails: 32 of 64 hosts, 1,000 of 2,000 VMs. */
export function site(): Figures {
  const lab = open(64, 2000)
  try {
    lab.world.advance(HOUR)
    sure(runningIn(lab) === 2000, `${runningIn(lab)} of 2000 VMs run at the start`)
    let last = lab.world.now()
    const start = last
    lab.world.subscribe(entry => {
      if (entry.signals.some(signal => signal.kind === 'ha.report'
        && (signal.payload as { report: { kind: string } }).report.kind === 'vmRestarted')) last = entry.time
    })
    const cpu = cpuOf(() => {
      for (let host = 1; host <= 32; host += 1) {
        lab.faults.inject('power-loss', `esx-${String(host).padStart(2, '0')}`, {})
      }
      lab.world.advance(15 * MINUTE)
    })
    sure(runningIn(lab) === 2000, `${runningIn(lab)} of 2000 VMs run after the failure`)
    return { cpu, labSeconds: (last - start) / 1000 }
  } finally {
    lab.stop()
  }
}

/** Random schedules of one simulated day on 8 hosts, every invariant checked after every change. */
export function schedules(seeds: number): Figures {
  let broken = 0
  const cpu = cpuOf(() => {
    for (let seed = 1; seed <= seeds; seed += 1) {
      broken += runPlan(planOf(seed, { hosts: 8, hours: 24 }), { hash: false }).violations.length
    }
  })
  if (broken > 0) process.stderr.write(`an invariant was broken ${broken} times: node scripts/simulate.mjs --seeds 1..${seeds} --hosts 8\n`)
  return { cpu, broken, perMinute: seeds / cpu * 60 }
}

/** VMs that run on a host that has power. */
function runningIn(lab: Lab): number {
  return lab.nodes.filter(node => node.kind === 'esxi').flatMap(node =>
    read<VirtualMachineProps>(lab, node.name, 'VirtualMachine'))
    .filter(vm => vm.runtime.powerState === 'poweredOn').length
}
