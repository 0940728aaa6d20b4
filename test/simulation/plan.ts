import type { LabFileInput } from '../../emulator/inventory/lab-schema.js'
import { RandomStreams } from '../../emulator/world/random.js'

/** One thing that a schedule does; times in milliseconds from the settled start. */
export type SimStep =
  | { readonly at: number, readonly inject: string, readonly target: string, readonly options: Readonly<Record<string, string>>, readonly forMs?: number }
  | { readonly at: number, readonly call: string, readonly object: string, readonly args?: Readonly<Record<string, unknown>> }

/** A lab, and what is done to it: everything follows from the seed. */
export interface SimPlan {
  readonly seed: number
  readonly hosts: number
  readonly vmsPerHost: number
  readonly lab: LabFileInput
  readonly steps: readonly SimStep[]
  /** VMs that HA starts only after others. */
  readonly dependencies?: ReadonlyArray<{ readonly vm: string, readonly dependsOn: string }>
  /** From here on nothing is wrong any more. */
  readonly healedAt: number
  readonly end: number
}

const HOUR = 3_600_000
const MINUTE = 60_000
const SECOND = 1000

/** What a generator may vary; a test narrows it to what it is about. */
export interface PlanOptions {
  readonly hosts?: number
  readonly hours?: number
  /** Most faults in a schedule. */
  readonly faults?: number
}

/** Numbers drawn from a seed, apart from those of the lab itself. */
class Dice {
  readonly #random: RandomStreams

  constructor(seed: number) {
    this.#random = new RandomStreams(`schedule-${seed}`)
  }

  below(bound: number): number {
    return this.#random.below('plan', bound)
  }

  between(low: number, high: number): number {
    return low + this.below(high - low + 1)
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!
  }

  chance(share: number): boolean {
    return this.#random.next('plan') < share
  }
}

const name = (index: number): string => `esx-${String(index + 1).padStart(2, '0')}`

/** Makes the plan of a seed. */
export function planOf(seed: number, options: PlanOptions = {}): SimPlan {
  const dice = new Dice(seed)
  const hosts = options.hosts ?? dice.between(3, 8)
  const vmsPerHost = dice.between(1, 4)
  const plain = labOf(dice, hosts, vmsPerHost)
  // Every fourth lab has VMs of one host that wait for each other; nothing is drawn for it.
  const depends = seed % 4 === 1 && vmsPerHost > 1
  const lab = depends ? withDependency(plain) : isVsan(seed) ? withVsan(plain, seed, hosts) : plain
  const hours = options.hours ?? 24
  const healedAt = (hours - 3) * HOUR
  const count = dice.between(1, options.faults ?? 8)
  const steps: SimStep[] = []
  for (let i = 0; i < count; i += 1) steps.push(faultStep(dice, hosts, healedAt))
  for (let i = dice.below(6); i > 0; i -= 1) steps.push(callStep(dice, hosts, vmsPerHost, healedAt))
  steps.sort((a, b) => a.at - b.at)
  if (isVsan(seed)) steps.splice(0, steps.length, ...steps.map((step, index) => onVsan(step, index, lab)))
  const dependencies = depends ? { dependencies: [{ vm: 'vm-esx-02-2', dependsOn: 'vm-esx-02-1' }] } : {}
  return { seed, hosts, vmsPerHost, lab, steps, ...dependencies, healedAt, end: hours * HOUR }
}

function labOf(dice: Dice, hosts: number, vmsPerHost: number): LabFileInput {
  const appliance = dice.chance(0.5)
  const names = Array.from({ length: hosts }, (_, index) => name(index))
  return {
    lab: 'simulation',
    vcenters: [{
      name: 'vc-01',
      ...(appliance ? { appliance: { host: dice.pick(names), datastore: 'ds1' } } : {}),
      datacenters: [{
        name: 'DC',
        clusters: [{
          name: 'C1', hosts: ['esx-*'],
          ha: {
            isolationResponse: dice.pick(['none', 'none', 'powerOff', 'shutdown'] as const),
            restartPriority: dice.pick(['medium', 'high', 'lowest'] as const),
            readyCondition: dice.pick(['none', 'none', 'guestHbStatusGreen', 'poweredOn'] as const),
            ...(dice.chance(0.3) ? { monitoring: { level: 'vmMonitoringOnly' as const } } : {}),
            ...(dice.chance(0.3)
              ? { componentProtection: { apd: dice.pick(['restartConservative', 'restartAggressive'] as const), pdl: 'restartAggressive' as const } }
              : {}),
            ...(dice.chance(0.3) ? {} : { admissionControl: false as const }),
            options: { 'das.heartbeatDsPerHost': 2 },
          },
        }],
      }],
    }],
    hosts: [{ name: 'esx-##', count: hosts }],
    datastores: [
      { name: 'ds1', capacity: '4TiB' },
      { name: 'ds2', capacity: '4TiB' },
      ...(dice.chance(0.4) ? [{ name: 'nfs1', type: 'NFS' as const, capacity: '4TiB' }] : []),
    ],
    vms: names.map(host => ({
      name: `vm-${host}-#`, count: vmsPerHost, host, datastore: dice.pick(['ds1', 'ds1', 'ds2']), cpu: 1,
      memory: dice.pick(['1GiB', '1GiB', '48GiB']),
      ...(dice.chance(0.2) ? { reservation: { memory: '1GiB' } } : {}),
    })),
  }
}

/** The same lab, in which the second VM of esx-02 is started after the first. */
function withDependency(lab: LabFileInput): LabFileInput {
  const copy = structuredClone(lab)
  const cluster = copy.vcenters![0]!.datacenters![0]!.clusters![0]!
  cluster.groups = [{ name: 'first', vms: ['vm-esx-02-1'] }, { name: 'second', vms: ['vm-esx-02-2'] }]
  cluster.rules = [{ name: 'order', type: 'dependency', vmGroup: 'second', dependsOn: 'first' }]
  return copy
}

/** Every fourth lab is one with vSAN; nothing is drawn for it. */
function isVsan(seed: number): boolean {
  return seed % 4 === 3
}

/**
 * The same lab with its VMs on vSAN: stretched over two sites with a witness, or each host a fault
 * domain; the other datastores are gone, or stay as heartbeat datastores.
 */
function withVsan(lab: LabFileInput, seed: number, hosts: number): LabFileInput {
  const copy = structuredClone(lab)
  const vcenter = copy.vcenters![0]!
  const datacenter = vcenter.datacenters![0]!
  const names = Array.from({ length: hosts }, (_, index) => name(index))
  if (seed % 3 === 0) datacenter.clusters![0]!.vsan = true
  else {
    const half = Math.ceil(hosts / 2)
    datacenter.clusters![0]!.vsan = {
      witness: WITNESS,
      faultDomains: [{ name: 'north', hosts: names.slice(0, half) }, { name: 'south', hosts: names.slice(half) }],
    }
    copy.hosts = [...copy.hosts, { name: WITNESS }]
    datacenter.standaloneHosts = [WITNESS]
    copy.datastores = copy.datastores!.map(each => ({ ...each, hosts: names }))
  }
  if (seed % 8 === 3) copy.datastores = []
  if (vcenter.appliance !== undefined) vcenter.appliance.datastore = 'vsanDatastore'
  copy.vms = copy.vms!.map(vm => ({ ...vm, datastore: 'vsanDatastore' }))
  return copy
}

/** A host that holds votes and runs no VMs: no part of the HA cluster. */
export const WITNESS = 'witness-01'

/** What happens to storage networks happens to vSAN's; every other partition and crash is one of vSAN's. */
function onVsan(step: SimStep, index: number, lab: LabFileInput): SimStep {
  if (!('inject' in step)) return step
  const { networks } = step.options
  const hasWitness = lab.hosts.some(each => each.name === WITNESS)
  const odd = index % 2 === 1
  if (networks !== undefined) return { ...step, options: { ...step.options, networks: networks.replace('storage', 'vsan') } }
  if (step.inject === 'network-partition' && odd) {
    const groups = step.options['groups']!
    return { ...step, options: { groups: hasWitness && index % 4 === 1 ? `${groups},${WITNESS}` : groups, networks: 'vsan' } }
  }
  if (step.inject === 'network-isolate') return { ...step, options: { networks: odd ? 'vsan' : 'all' } }
  return step.inject === 'host-crash' && odd && hasWitness ? { ...step, target: WITNESS } : step
}

/** What goes wrong, how often relative to the rest, and on what. */
const kinds: ReadonlyArray<{
  readonly weight: number
  readonly make: (dice: Dice, hosts: number) => { inject: string, target: string, options?: Record<string, string> }
}> = [
  { weight: 5, make: (dice, hosts) => ({ inject: 'host-crash', target: host(dice, hosts) }) },
  { weight: 2, make: (dice, hosts) => ({ inject: 'psod', target: host(dice, hosts) }) },
  { weight: 2, make: (dice, hosts) => ({ inject: 'host-hang', target: host(dice, hosts) }) },
  { weight: 4, make: (dice, hosts) => ({ inject: 'network-isolate', target: host(dice, hosts), options: { networks: dice.pick(['management', 'management', 'management,storage', 'storage']) } }) },
  { weight: 3, make: (dice, hosts) => ({ inject: 'network-partition', target: '', options: { groups: halves(dice, hosts) } }) },
  { weight: 1, make: (dice, hosts) => ({ inject: 'network-partition', target: '', options: { groups: halves(dice, hosts), networks: 'all' } }) },
  { weight: 2, make: (dice, hosts) => ({ inject: 'network-loss', target: host(dice, hosts), options: { loss: `${dice.between(5, 60)}%` } }) },
  { weight: 2, make: (dice, hosts) => ({ inject: 'port-block', target: host(dice, hosts), options: { port: dice.pick(['902', '8182', '443']), protocol: dice.pick(['udp', 'tcp']), how: dice.pick(['drop', 'refuse', 'reset']) } }) },
  { weight: 1, make: (dice, hosts) => ({ inject: 'nic-down', target: host(dice, hosts), options: { nic: dice.pick(['vmnic0', 'vmnic0,vmnic1']) } }) },
  { weight: 2, make: (dice, hosts) => ({ inject: 'agent-stop', target: host(dice, hosts), options: { agent: dice.pick(['fdm', 'vpxa']), how: dice.pick(['stop', 'hang', 'crash']) } }) },
  { weight: 1, make: (dice, hosts) => ({ inject: 'hostd-stop', target: host(dice, hosts), options: { how: dice.pick(['stop', 'crash']) } }) },
  { weight: 1, make: () => ({ inject: 'power-loss', target: 'esx-*' }) },
  { weight: 1, make: () => ({ inject: 'vcenter-crash', target: 'vc-01' }) },
  { weight: 1, make: () => ({ inject: 'network-isolate', target: 'vc-01' }) },
  { weight: 1, make: dice => ({ inject: 'appliance-disk-fill', target: 'vc-01', options: { to: `${dice.between(80, 99)}%` } }) },
  { weight: 1, make: dice => ({ inject: 'service-stop', target: 'vc-01', options: { service: dice.pick(['vpxd', 'vmware-vpostgres', 'sts', 'vsphere-ui']) } }) },
  { weight: 2, make: dice => ({ inject: dice.pick(['guest-hang', 'guest-crash', 'tools-stop']), target: `vm/vm-esx-0${dice.between(1, 3)}-1` }) },
  { weight: 2, make: (dice, hosts) => ({ inject: 'datastore-apd', target: dice.pick(['ds1', 'ds2']), options: dice.chance(0.7) ? { hosts: host(dice, hosts) } : {} }) },
  { weight: 1, make: (dice, hosts) => ({ inject: 'datastore-pdl', target: dice.pick(['ds1', 'ds2']), options: { hosts: host(dice, hosts) } }) },
  { weight: 1, make: dice => ({ inject: 'datastore-fill', target: dice.pick(['ds1', 'ds2']), options: { to: `${dice.between(70, 100)}%` } }) },
  { weight: 1, make: (dice, hosts) => ({ inject: 'path-down', target: host(dice, hosts), options: { paths: dice.pick(['vmhba1', 'vmhba1,vmhba2']) } }) },
  { weight: 1, make: (dice, hosts) => ({ inject: 'vlan-mismatch', target: host(dice, hosts) }) },
  { weight: 1, make: () => ({ inject: 'clock-drift', target: 'vc-01' }) },
]

const bag = kinds.flatMap(kind => Array<typeof kind>(kind.weight).fill(kind))

/** Names of the faults that schedules draw from; the lab must know them all. */
export function faultNames(): string[] {
  const dice = new Dice(0)
  return [...new Set(kinds.map(kind => kind.make(dice, 4).inject))]
}

function host(dice: Dice, hosts: number): string {
  return name(dice.below(hosts))
}

/** The hosts in two groups, the vCenter in one of them. */
function halves(dice: Dice, hosts: number): string {
  const first = dice.between(1, hosts - 1)
  const groups = [Array.from({ length: first }, (_, i) => name(i)), Array.from({ length: hosts - first }, (_, i) => name(first + i))]
  groups[dice.below(2)]!.push('vc-01')
  return groups.map(group => group.join(',')).join('|')
}

function faultStep(dice: Dice, hosts: number, healedAt: number): SimStep {
  const { inject, target, options = {} } = dice.pick(bag).make(dice, hosts)
  const at = dice.below(healedAt - MINUTE)
  // Every beat of a way with losses is drawn by itself: a quarter of an hour is enough of them.
  const longest = inject === 'network-loss' ? Math.min(15 * MINUTE, healedAt - at) : healedAt - at
  const forMs = Math.min(longest, dice.pick([
    dice.between(1, 60) * SECOND, dice.between(1, 30) * MINUTE, dice.between(1, 4) * HOUR,
  ]) + dice.below(SECOND))
  return { at, inject, target, options, forMs }
}

function callStep(dice: Dice, hosts: number, vmsPerHost: number, before: number): SimStep {
  const vm = `vm/vm-${host(dice, hosts)}-${dice.between(1, vmsPerHost)}`
  const call = dice.pick(['PowerOffVM_Task', 'PowerOnVM_Task', 'PowerOnVM_Task', 'ResetVM_Task', 'ShutdownGuest'])
  return { at: dice.below(before), call, object: vm }
}
