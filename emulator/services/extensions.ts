import type { Extension } from '../schema/generated/types.js'
import type { Product } from './nodes.js'

/** Key and label of an extension that a fresh vCenter has. */
type Row = readonly [key: string, label: string]

/** Solutions that are registered in a fresh vCenter 8 (general knowledge: a selection). */
const rows: readonly Row[] = [
  ['VirtualCenter', 'VirtualCenter dynamic events and tasks'],
  ['com.vmware.vim.eam', 'vSphere ESX Agent Manager'],
  ['com.vmware.vim.sms', 'VMware vCenter Storage Monitoring Service'],
  ['com.vmware.vim.stats.report', 'Performance charts'],
  ['com.vmware.vim.vsm', 'VMware vService Manager'],
  ['com.vmware.vcIntegrity', 'vSphere Lifecycle Manager'],
  ['com.vmware.vcenter.iso', 'VMware vCenter ISO images'],
  ['com.vmware.rbd', 'Auto Deploy'],
  ['com.vmware.h4.vsphere.client', 'VMware vSphere Client'],
  ['com.vmware.vsan.health', 'VMware vSAN health service'],
  ['com.vmware.vsphere.client', 'VMware vSphere Client extension'],
  ['hostdiag', 'Host diagnostics'],
]

/** ExtensionManager.extensionList of a fresh vCenter; `startTime` is a dateTime. */
export function defaultExtensions(product: Product, startTime: string): Extension[] {
  return rows.map(([key, label]) => ({
    description: { label, summary: label },
    key,
    company: 'VMware, Inc.',
    version: product.version,
    server: [], client: [], taskList: [], eventList: [], faultList: [], privilegeList: [], resourceList: [],
    lastHeartbeatTime: startTime,
    shownInSolutionManager: false,
  }))
}

/** The extension that the peer's simulator has and its suite asks for, with one task type. */
export function simulatorExtension(startTime: string): Extension {
  return {
    description: { label: 'simulator', summary: 'Simulator test extension' },
    key: 'com.vmware.govmomi.simulator',
    company: 'fauxsphere',
    version: '1.0.0',
    taskList: [{ taskID: 'com.vmware.govmomi.simulator.test' }],
    lastHeartbeatTime: startTime,
  }
}
