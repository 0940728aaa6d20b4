import type {
  ComputeResourceProps, VirtualMachineConfigOptionDescriptor,
} from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'

/** Virtual hardware versions and the ESXi release that brought each. */
const versions: ReadonlyArray<readonly [number, string]> = [
  [4, 'ESX 3.x'], [7, 'ESX/ESXi 4.x'], [8, 'ESXi 5.0'], [9, 'ESXi 5.1'], [10, 'ESXi 5.5'], [11, 'ESXi 6.0'],
  [13, 'ESXi 6.5'], [14, 'ESXi 6.7'], [15, 'ESXi 6.7 U2'], [17, 'ESXi 7.0'], [18, 'ESXi 7.0 U1'],
  [19, 'ESXi 7.0 U2'], [20, 'ESXi 8.0'], [21, 'ESXi 8.0 U2'], [22, 'ESXi 9.0'],
]

/** Key of a hardware version: `vmx-07`, `vmx-21`. */
export function versionKey(version: number): string {
  return `vmx-${String(version).padStart(2, '0')}`
}

/** The hardware versions that some hosts offer, up to the default of their compute resource. */
export function descriptors(
  compute: ComputeResourceProps, hosts: readonly MoRef[],
): VirtualMachineConfigOptionDescriptor[] {
  const newest = compute.configurationEx.defaultHardwareVersionKey ?? 'vmx-21'
  const limit = Number(newest.replace('vmx-', ''))
  return versions.filter(([version]) => version <= limit).map(([version, release]) => ({
    key: versionKey(version),
    description: `${release} virtual machine`,
    host: [...hosts],
    createSupported: true,
    defaultConfigOption: versionKey(version) === newest,
    runSupported: true,
    upgradeSupported: true,
  }))
}
