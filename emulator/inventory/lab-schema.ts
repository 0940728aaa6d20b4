import { z } from 'zod'
import { healthProvider } from './lab-schema-health.js'
import { clusterGroup, clusterHa, clusterRule } from './lab-schema-cluster.js'
import { size } from './lab-schema-size.js'
import { vchaSchema } from './lab-schema-vcha.js'
import { clusterVsan } from './lab-schema-vsan.js'

/**
 * The shape of a lab file. One zod schema checks the files and yields the published JSON Schema.
 * Sizes are written in words (`20GiB`) and become bytes.
 */

const name = z.string().min(1).max(80).refine(text => !/[/\\%]/.test(text), {
  error: 'a name has none of / \\ %',
})

const count = z.int().min(1).max(200000)

/** Advertised products (protocols.md 2.5). */
const productNames = ['6.7', '7.0.3', '8.0.3', '9.0'] as const
const product = z.enum(productNames)

const allocation = z.strictObject({
  shares: z.union([z.enum(['low', 'normal', 'high']), z.int().min(0).max(1000000)]).default('normal'),
  reservation: z.int().min(0).default(0).meta({ description: 'MHz of CPU, MB of memory' }),
  limit: z.int().min(-1).default(-1).meta({ description: 'MHz or MB; -1 is unlimited' }),
  expandable: z.boolean().default(true),
})

const pool = z.strictObject({
  name,
  parent: z.string().optional().meta({ description: 'Path of pools below the root pool, a/b' }),
  cpu: allocation.prefault({}),
  memory: allocation.prefault({}),
})

const switchGroup = z.strictObject({
  name,
  vlan: z.int().min(0).max(4094).default(0),
  ports: z.int().min(1).max(60000).default(8),
  nsx: z.boolean().default(false),
})

const distributedSwitch = z.strictObject({
  name,
  hosts: z.array(z.string()).default(['*']).meta({ description: 'Names or globs of hosts of the datacenter' }),
  uplinks: z.int().min(1).max(32).default(4),
  nics: z.array(z.string()).default([]).meta({ description: 'Physical NICs each host gives to the switch' }),
  mtu: z.int().min(1280).max(9190).default(1500),
  version: z.string().optional(),
  folder: z.string().optional(),
  portgroups: z.array(switchGroup).default([]),
})

const cluster = z.strictObject({
  name,
  folder: z.string().optional(),
  hosts: z.array(z.string()).default([]),
  ha: z.union([z.boolean(), clusterHa]).default(false)
    .meta({ description: 'vSphere HA: off, on with the defaults, or on with settings' }),
  vsan: z.union([z.boolean(), clusterVsan]).default(false)
    .meta({ description: 'vSAN over the cluster\'s hosts: off, each host a fault domain, or with settings' }),
  groups: z.array(clusterGroup).default([]),
  rules: z.array(clusterRule).default([]),
  drs: z.union([z.boolean(), z.enum(['manual', 'partiallyAutomated', 'fullyAutomated'])]).default(false),
  pools: z.array(pool).default([]),
  vApps: z.array(z.strictObject({ name, parent: z.string().optional(), folder: z.string().optional() })).default([]),
})

const datacenter = z.strictObject({
  name,
  folder: z.string().optional().meta({ description: 'Path of folders below the root folder' }),
  folders: z.strictObject({
    vm: z.array(z.string()).default([]),
    host: z.array(z.string()).default([]),
    datastore: z.array(z.string()).default([]),
    network: z.array(z.string()).default([]),
  }).prefault({}),
  clusters: z.array(cluster).default([]),
  standaloneHosts: z.array(z.string()).default([]),
  hostFolder: z.string().optional().meta({ description: 'Folder of the standalone hosts' }),
  switches: z.array(distributedSwitch).default([]),
  opaqueNetworks: z.array(z.strictObject({ name, folder: z.string().optional() })).default([]),
  storagePods: z.array(z.strictObject({ name, folder: z.string().optional() })).default([]),
})

const alarm = z.strictObject({
  name,
  description: z.string().default(''),
  type: z.string().default('VirtualMachine').meta({ description: 'Managed type that the events are about' }),
  events: z.record(z.string(), z.enum(['green', 'yellow', 'red']))
    .meta({ description: 'Colour by id of an EventEx or name of an event type' }),
})

const vcenter = z.strictObject({
  name,
  hostName: z.string().optional(),
  address: z.ipv4().optional(),
  product: product.optional(),
  appliance: z.strictObject({
    vm: name.optional().meta({ description: 'Name of the appliance VM; default: the name of the vCenter' }),
    host: z.string(),
    datastore: z.string().optional(),
    cpu: z.int().min(1).default(2),
    memory: size.prefault('14GiB'),
    disk: size.prefault('580GiB'),
    folder: z.string().optional(),
    network: z.string().optional(),
  }).optional(),
  vcha: vchaSchema.optional().meta({ description: 'vCenter High Availability' }),
  datacenters: z.array(datacenter).default([]),
  alarms: z.array(alarm).default([]).meta({ description: 'Alarms on the root folder beside the default ones' }),
  healthProviders: z.array(healthProvider).default([])
    .meta({ description: 'Programs that tell it of degraded hosts, for Proactive HA' }),
})

const host = z.strictObject({
  name,
  count: count.optional(),
  start: z.int().min(0).default(1),
  hostName: z.string().optional(),
  address: z.ipv4().optional(),
  product: product.optional(),
  cpu: z.strictObject({
    sockets: z.int().min(1).max(8).default(2),
    cores: z.int().min(1).max(128).default(16).meta({ description: 'Cores of a socket' }),
    threads: z.int().min(1).max(2).default(2).meta({ description: 'Threads of a core' }),
    mhz: z.int().min(500).max(10000).default(2400),
  }).prefault({}),
  memory: size.prefault('128GiB'),
  moid: z.string().regex(/^host-\d+$/).optional()
    .meta({ description: 'Id of the host on its vCenter; default: the next one' }),
  rootPool: z.strictObject({ cpu: z.int().min(1), memory: size }).optional().meta({
    description: 'Exact capacity of the root resource pool: MHz, and memory (whole MiB); default: what the '
      + 'hypervisor leaves over',
  }),
  nics: z.int().min(1).max(32).default(4),
  vendor: z.string().default('Dell Inc.'),
  model: z.string().default('PowerEdge R650'),
  tpm: z.boolean().default(true),
  networks: z.array(z.strictObject({ name, vlan: z.int().min(0).max(4095).default(0) }))
    .default([{ name: 'VM Network', vlan: 0 }]),
})

const datastore = z.strictObject({
  name,
  type: z.enum(['VMFS', 'NFS', 'NFS41', 'vsan']).default('VMFS')
    .meta({ description: 'vsan: one whose objects and votes are no part of the lab; a cluster\'s own comes with its vsan' }),
  capacity: size.prefault('1TiB'),
  used: size.optional().meta({ description: 'Space taken by things that are no files of the lab' }),
  hosts: z.array(z.string()).default(['*']),
  each: z.boolean().default(false).meta({ description: 'One of that name for each host (local disks)' }),
  server: z.string().optional(),
  path: z.string().optional(),
  folder: z.string().optional(),
  pod: z.string().optional(),
  directory: z.string().optional().meta({ description: 'Real directory of this machine behind the datastore' }),
})

const vm = z.strictObject({
  name,
  count: count.optional(),
  start: z.int().min(0).default(1),
  host: z.union([z.string(), z.array(z.string()).min(1)]).optional()
    .meta({ description: 'Host, or hosts by name or glob to take in turn' }),
  cluster: z.string().optional().meta({ description: 'Cluster whose hosts take the VMs in turn' }),
  datacenter: z.string().optional().meta({ description: 'Where cluster names are used twice' }),
  datastore: z.string().optional(),
  folder: z.string().optional(),
  pool: z.string().optional().meta({ description: 'Path of pools or vApps below the root pool' }),
  cpu: z.int().min(1).max(768).default(1),
  coresPerSocket: z.int().min(1).max(256).default(1),
  memory: size.prefault('1GiB'),
  reservation: z.strictObject({ cpu: z.int().min(0).default(0), memory: size.prefault('0B') }).prefault({})
    .meta({ description: 'MHz of CPU, and memory' }),
  disks: z.array(size).prefault(['10GiB']),
  thin: z.boolean().default(true),
  diskName: z.string().optional()
    .meta({ description: 'Pattern of the names of disk files; # is the number of the disk' }),
  guest: z.string().default('debian12_64Guest'),
  firmware: z.enum(['bios', 'efi']).default('bios'),
  hardware: z.int().min(4).max(22).optional().meta({ description: 'Virtual hardware version' }),
  power: z.enum(['on', 'off', 'suspended']).default('on'),
  tools: z.boolean().default(true),
  template: z.boolean().default(false),
  networks: z.array(z.string()).optional().meta({ description: 'Default: the first network of the host' }),
  ip: z.ipv4().optional(),
  annotation: z.string().optional(),
  extraConfig: z.record(z.string(), z.string()).optional(),
})

const permission = z.strictObject({
  node: z.string().meta({ description: 'vCenter or host' }),
  entity: z.string().default('/').meta({ description: 'Inventory path; / is the root folder' }),
  principal: z.string(),
  group: z.boolean().default(false),
  role: z.string(),
  propagate: z.boolean().default(true),
})

/** A whole lab. */
export const labSchema = z.strictObject({
  lab: name,
  domain: z.string().default('lab.test'),
  product: product.default('8.0.3'),
  vcenters: z.array(vcenter).default([]),
  hosts: z.array(host).min(1),
  datastores: z.array(datastore).default([{
    name: 'datastore1', type: 'VMFS', capacity: 2 ** 40, hosts: ['*'], each: true,
  }]),
  vms: z.array(vm).default([]),
  users: z.array(z.strictObject({
    node: z.string(),
    name: z.string(),
    password: z.string(),
    groups: z.array(z.string()).default([]),
    fullName: z.string().optional(),
  })).default([]),
  roles: z.array(z.strictObject({ node: z.string(), name, privileges: z.array(z.string()) })).default([]),
  permissions: z.array(permission).default([]),
}).meta({ title: 'fauxsphere lab file', description: 'What a lab is made of' })

/** A lab file after checking: every default filled in, sizes in bytes. */
export type LabFile = z.output<typeof labSchema>
/** A lab file as it may be written. */
export type LabFileInput = z.input<typeof labSchema>
export type LabVcenter = LabFile['vcenters'][number]
export type LabDatacenter = LabVcenter['datacenters'][number]
export type LabCluster = LabDatacenter['clusters'][number]
export type LabSwitch = LabDatacenter['switches'][number]
export type LabPool = LabCluster['pools'][number]
export type LabHost = LabFile['hosts'][number]
export type LabDatastore = LabFile['datastores'][number]
export type LabVm = LabFile['vms'][number]
export type ProductName = typeof productNames[number]

/** The published JSON Schema of lab files, as they are written (draft 2020-12). */
export function labJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(labSchema, { io: 'input', unrepresentable: 'any' }) as Record<string, unknown>
}
