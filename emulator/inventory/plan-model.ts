/** A lab file with every name resolved: what `planLab` makes and the builders read. */
import type { LabCluster, LabDatacenter, LabDatastore, LabFile, LabHost, LabSwitch, LabVcenter, LabVm } from './lab-schema.js'
import type { LabClusterVsan } from './lab-schema-vsan.js'

/** A host of a lab with its place. */
export interface HostPlan {
  readonly name: string
  readonly index: number
  readonly source: LabHost
  readonly path: string
  vcenter: VcenterPlan | undefined
  datacenter: DatacenterPlan | undefined
  cluster: ClusterPlan | undefined
  readonly volumes: VolumePlan[]
  readonly switches: SwitchPlan[]
}

export interface VcenterPlan {
  readonly name: string
  readonly source: LabVcenter
  readonly datacenters: DatacenterPlan[]
}

export interface DatacenterPlan {
  readonly source: LabDatacenter
  readonly vcenter: VcenterPlan
  readonly hosts: HostPlan[]
  readonly clusters: ClusterPlan[]
  readonly standalone: HostPlan[]
  readonly switches: SwitchPlan[]
}

export interface ClusterPlan {
  readonly source: LabCluster
  readonly datacenter: DatacenterPlan
  readonly hosts: HostPlan[]
  vsan: VsanPlan | undefined
}

export interface SwitchPlan {
  readonly source: LabSwitch
  readonly datacenter: DatacenterPlan
  readonly hosts: HostPlan[]
}

/** A volume with the hosts that mount it. */
export interface VolumePlan {
  readonly name: string
  readonly source: LabDatastore
  readonly hosts: readonly HostPlan[]
  readonly local: boolean
  readonly number: number
  /** Of a cluster's own vSAN. */
  readonly vsan?: VsanPlan
}

/** Alike VMs with the hosts that take them in turn. */
export interface VmPlan {
  readonly source: LabVm
  readonly path: string
  readonly hosts: readonly HostPlan[]
  readonly cluster: ClusterPlan | undefined
  /** Name of the vCenter whose appliance it is, or of its machine in a vCenter HA cluster. */
  readonly appliance?: string
}

export interface LabPlan {
  readonly lab: LabFile
  readonly vcenters: readonly VcenterPlan[]
  readonly hosts: readonly HostPlan[]
  readonly volumes: readonly VolumePlan[]
  readonly vms: readonly VmPlan[]
  /** The volumes that are clusters' own vSANs. */
  readonly vsans: readonly VolumePlan[]
}

/** A cluster's vSAN with its hosts found. */
export interface VsanPlan {
  readonly source: LabClusterVsan
  readonly domains: ReadonlyArray<{ readonly name: string, readonly hosts: readonly HostPlan[] }>
  readonly witness: HostPlan | undefined
  /** Name of the site that wins when two sites lose each other; undefined: there are no two sites. */
  readonly preferred: string | undefined
}
