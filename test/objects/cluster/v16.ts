import type { LabFileInput } from '../../../emulator/inventory/lab-schema.js'
import { OVERHEAD_OPTION } from '../../../emulator/physics/compute/admission.js'

type VmInput = NonNullable<LabFileInput['vms']>[number]
type HostInput = LabFileInput['hosts'][number]

const GIB = 1024

function host(name: string, mhz: number, gib: number): HostInput {
  return {
    name, memory: '16GiB', cpu: { sockets: 1, cores: 4, mhz: 2400 }, rootPool: { cpu: mhz, memory: `${gib}GiB` },
  }
}

function vm(name: string, at: string, mhz: number, gib: number, power: 'on' | 'off' = 'on'): VmInput {
  return {
    name, host: at, power, memory: `${Math.max(gib, 1)}GiB`, reservation: { cpu: mhz, memory: `${gib * GIB}MiB` },
    extraConfig: { [OVERHEAD_OPTION]: '0' },
  }
}

/** The worked example of slots (oracle vector V16): three hosts, five running VMs, three that wait. */
export const v16: LabFileInput = {
  lab: 'v16',
  vcenters: [{
    name: 'vc-01',
    datacenters: [{
      name: 'DC',
      clusters: [{
        name: 'C1', hosts: ['*'],
        ha: { admissionControl: { policy: 'slots', failoverLevel: 1 }, options: { 'das.slotunused': 'x' } },
      }],
    }],
  }],
  hosts: [host('H1', 9000, 9), host('H2', 9000, 6), host('H3', 6000, 6)],
  datastores: [{ name: 'ds1' }],
  vms: [
    vm('vm1', 'H1', 2000, 1), vm('vm2', 'H1', 2000, 1), vm('vm3', 'H2', 1000, 2), vm('vm4', 'H2', 1000, 1),
    vm('vm5', 'H3', 1000, 1),
    vm('vm6', 'H3', 1000, 1, 'off'), vm('vm7', 'H3', 1000, 1, 'off'), vm('big', 'H3', 3000, 1, 'off'),
  ],
}
