import { setHealthBook, type HealthProvider } from '../physics/ha/health.js'
import { nameMatcher } from '../world/glob.js'
import type { Build, VcenterState } from './build-state.js'
import { LabFileError } from './lab-error.js'
import type { LabHealthProvider } from './lab-schema-health.js'

/** The health update providers that a lab file gives a vCenter. @throws LabFileError for hosts that it does not have */
export function buildHealthProviders(build: Build, { plan, node }: VcenterState): void {
  const { healthProviders } = plan.source
  if (healthProviders.length === 0) return
  const hosts = [...build.hosts.values()]
    .flatMap(host => host.mirror !== undefined && host.plan.vcenter === plan ? [{ name: host.node.name, ref: host.mirror.ref }] : [])
  const made = (source: LabHealthProvider): HealthProvider => ({
    name: source.name, user: source.user ?? 'VSPHERE.LOCAL\\Administrator', updates: [],
    infos: source.components.map(({ id, type, description }) => ({ id, componentType: type, description })),
    entities: hosts.filter(({ name }) => source.hosts.some(glob => nameMatcher(glob)(name))).map(({ ref }) => ref),
  })
  for (const { hosts: wanted, id } of healthProviders) {
    const lost = wanted.find(glob => glob !== '*' && !hosts.some(({ name }) => nameMatcher(glob)(name)))
    if (lost !== undefined) {
      throw new LabFileError('lab', [`healthProviders ${id}: ${node.name} has no host ${lost}`])
    }
  }
  setHealthBook(build.tx, node.name, {
    providers: Object.fromEntries(healthProviders.map(source => [source.id, made(source)])),
  })
}
