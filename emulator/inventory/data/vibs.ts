import type { HostConfigInfo } from '../../schema/generated/types.js'
import type { Product } from '../../services/nodes.js'

/** A package of a host's image. */
export interface Vib {
  readonly name: string
  readonly version: string
  readonly vendor: string
  readonly acceptance: string
  readonly summary: string
}

/** The lowest level that packages of the lab's hosts may have. */
export const ACCEPTANCE_LEVEL = 'PartnerSupported'

/** Packages of the product itself: name, what it is, and the first major version that has it. */
const own: ReadonlyArray<readonly [name: string, summary: string, from: number]> = [
  ['cpu-microcode', 'Microcode of CPUs', 6],
  ['crx', 'Runtime of pods', 7],
  ['esx-base', 'The VMkernel and its programs', 6],
  ['esx-dvfilter-generic-fastpath', 'Filters of switch ports', 6],
  ['esx-ui', 'The Host Client', 6],
  ['esx-update', 'Updates of the image', 6],
  ['esx-xserver', 'Screens of graphics cards', 6],
  ['gc', 'Programs of the guest store', 7],
  ['loadesx', 'Quick boot', 7],
  ['native-misc-drivers', 'Drivers of small devices', 6],
  ['vdfs', 'File services of vSAN', 7],
  ['vsan', 'vSAN', 6],
  ['vsanhealth', 'Checks of vSAN', 6],
]

/** What the image of a host holds: the product, the drivers of the machine's devices, and HA's agent where it is installed. */
export function vibsOf(product: Product, config: HostConfigInfo, agent: Product | undefined): readonly Vib[] {
  const major = Number(product.version.split('.')[0])
  const certified = { vendor: 'VMware', acceptance: 'VMwareCertified' } as const
  const base = own.filter(([, , from]) => from <= major).map(([name, summary]): Vib =>
    ({ name, version: `${product.version}-0.0.${product.build}`, summary, ...certified }))
  const fdm = agent === undefined ? [] : [{
    name: 'vmware-fdm', version: `${agent.version}-${agent.build}`, summary: 'Agent of vSphere HA', ...certified,
  }]
  return [...base, ...driversOf(config), ...fdm].sort((a, b) => a.name < b.name ? -1 : 1)
}

function driversOf({ network, storageDevice }: HostConfigInfo): Vib[] {
  const devices = [...network?.pnic ?? [], ...storageDevice?.hostBusAdapter ?? []]
  const versions = new Map(devices.flatMap(({ driver, driverVersion }): [string, string][] =>
    driver === undefined ? [] : [[driver.replaceAll('_', '-'), driverVersion ?? '0']]))
  return [...versions].map(([name, version]) => ({
    name, version, vendor: 'VMW', acceptance: 'VMwareCertified', summary: `Driver ${name}`,
  }))
}
