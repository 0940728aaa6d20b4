import type { LabFileInput } from './lab-schema.js'

type VmInput = NonNullable<LabFileInput['vms']>[number]

const small: LabFileInput = {
  lab: 'small',
  vcenters: [{
    name: 'vc-01',
    appliance: { host: 'esx-01' },
    datacenters: [{
      name: 'DC-01',
      standaloneHosts: ['esx-01', 'esx-02'],
      folders: { vm: ['Infrastructure', 'Production'] },
    }],
  }],
  hosts: [{ name: 'esx-##', count: 2 }],
  datastores: [
    { name: 'local-##', each: true, capacity: '1TiB' },
    { name: 'shared-01', capacity: '4TiB' },
  ],
  vms: [
    { name: 'web-##', count: 2, host: ['esx-*'], datastore: 'shared-01', folder: 'Production', cpu: 2, memory: '2GiB' },
    {
      name: 'db-01', host: 'esx-02', datastore: 'shared-01', folder: 'Production', cpu: 4, memory: '8GiB',
      disks: ['40GiB', '100GiB'], guest: 'rhel9_64Guest',
    },
    {
      name: 'win-01', host: 'esx-02', cpu: 2, memory: '4GiB', disks: ['60GiB'],
      guest: 'windows2019srvNext_64Guest', firmware: 'efi', power: 'off',
    },
    {
      name: 'base-image', host: 'esx-01', datastore: 'shared-01', folder: 'Infrastructure', template: true,
      power: 'off', tools: false,
    },
  ],
  users: [{ node: 'vc-01', name: 'operator', password: 'VMware1!' }],
}

const cluster: LabFileInput = {
  lab: 'cluster',
  vcenters: [{
    name: 'vc-01',
    appliance: { host: 'esx-01', datastore: 'shared-01', folder: 'Infrastructure' },
    datacenters: [{
      name: 'DC-01',
      folders: { vm: ['Infrastructure', 'Production'] },
      clusters: [{
        name: 'Cluster-01', hosts: ['esx-*'], ha: true, drs: 'fullyAutomated',
        pools: [{ name: 'Gold', cpu: { shares: 'high' }, memory: { shares: 'high' } }, { name: 'Silver' }],
      }],
      switches: [{
        name: 'DSwitch-01', nics: ['vmnic2', 'vmnic3'],
        portgroups: [{ name: 'DPG-Production', vlan: 100 }, { name: 'DPG-Test', vlan: 200 }],
      }],
    }],
  }],
  hosts: [{ name: 'esx-##', count: 4 }],
  datastores: [
    { name: 'local-##', each: true, capacity: '500GiB' },
    { name: 'shared-01', capacity: '4TiB' },
    { name: 'shared-02', capacity: '4TiB' },
    { name: 'nfs-01', type: 'NFS', capacity: '8TiB', server: 'nas-01.lab.test', path: '/export/nfs-01' },
  ],
  vms: [
    ...['esx-01', 'esx-02', 'esx-03', 'esx-04'].map((host): VmInput => ({
      name: `${host}-vm-##`, count: 3, host, datastore: host < 'esx-03' ? 'shared-01' : 'shared-02',
      folder: 'Production', cpu: 2, memory: '2GiB', networks: ['DPG-Production'],
    })),
    { name: 'template-debian', host: 'esx-01', datastore: 'nfs-01', folder: 'Infrastructure', template: true, power: 'off', tools: false },
  ],
}

const standalone: LabFileInput = {
  lab: 'standalone',
  hosts: [{ name: 'esx-01' }],
  vms: [
    { name: 'web-01', cpu: 2, memory: '2GiB' },
    { name: 'db-01', cpu: 2, memory: '4GiB', power: 'off' },
  ],
}

/** A vCenter with vCenter HA whose three nodes are VMs on three hosts. */
function withVcha(lab: string, vcha: NonNullable<NonNullable<LabFileInput['vcenters']>[number]['vcha']>): LabFileInput {
  return {
    lab,
    vcenters: [{
      name: 'vc-01',
      appliance: { host: 'esx-01', datastore: 'local-01', cpu: 4, memory: '16GiB' },
      vcha: { passive: { host: 'esx-02', datastore: 'local-02' }, witnessNode: { host: 'esx-03', datastore: 'local-03' }, ...vcha },
      datacenters: [{ name: 'DC-01', clusters: [{ name: 'Cluster-01', hosts: ['esx-*'] }] }],
    }],
    hosts: [{ name: 'esx-##', count: 4 }],
    datastores: [
      { name: 'local-##', each: true, capacity: '1TiB' },
      { name: 'shared-01', capacity: '4TiB' },
    ],
    vms: [{ name: 'web-##', count: 4, host: 'esx-*', datastore: 'shared-01' }],
  }
}

/** Labs that are known by name. */
export const namedLabs: Readonly<Record<string, LabFileInput>> = {
  small, cluster, standalone, vcha: withVcha('vcha', {}),
  'vcha-shared-disk': withVcha('vcha-shared-disk', { kind: 'sharedDisk' }),
  'vcha-no-witness': withVcha('vcha-no-witness', { kind: 'sharedDisk', witness: false, witnessNode: undefined }),
}

/**
 * A lab of `vms` VMs, with hosts and clusters in the proportions of peer-measured.md part 2:
 * 50 VMs on 8 hosts, 1,000 on 32, 10,000 on 320.
 */
export function bigLab(vms: number): LabFileInput {
  const perCluster = vms <= 100 ? 25 : vms <= 2000 ? 250 : 500
  const hostsPerCluster = vms <= 100 ? 4 : vms <= 2000 ? 8 : 16
  const clusters = Math.max(1, Math.ceil(vms / perCluster))
  const digits = String(clusters).length
  const number = (index: number): string => String(index + 1).padStart(digits, '0')
  const each = Array.from({ length: clusters }, (_, index) => number(index))
  const hostPattern = (n: string): string => `esx-${n}-##`
  const counts = each.map((_, index) => Math.min(perCluster, vms - index * perCluster))
  return {
    lab: `big-${vms}`,
    vcenters: [{
      name: 'vc-01',
      datacenters: [{
        name: 'DC-01',
        clusters: each.map(n => ({
          name: `Cluster-${n}`, hosts: [`esx-${n}-*`], ha: true, drs: true,
        })),
      }],
    }],
    hosts: each.map(n => ({ name: hostPattern(n), count: hostsPerCluster })),
    datastores: each.map(n => ({ name: `shared-${n}`, capacity: '64TiB', hosts: [`esx-${n}-*`] })),
    vms: each.flatMap((n, index): VmInput[] => counts[index]! < 1 ? [] : [{
      name: `vm-${n}-###`, count: counts[index]!, cluster: `Cluster-${n}`, disks: ['20GiB'], memory: '2GiB',
    }]),
  }
}
