import { error, info, warning, type Pattern } from './pattern.js'

/** Events of Proactive HA (com.vmware.vc.infraUpdateHa; the ids are facts, the texts our own). */
export const infraUpdatePatterns: Readonly<Record<string, Pattern>> = {
  'com.vmware.vc.infraUpdateHa.PostGreenHealthUpdateEvent': info(
    'Provider {provider} reports that {what} ({component}) of {host.name} is well'),
  'com.vmware.vc.infraUpdateHa.PostYellowHealthUpdateEvent': warning(
    'Provider {provider} reports that {what} ({component}) of {host.name} is moderately degraded. Remedy: {remediation}'),
  'com.vmware.vc.infraUpdateHa.PostRedHealthUpdateEvent': error(
    'Provider {provider} reports that {what} ({component}) of {host.name} is severely degraded. Remedy: {remediation}'),
  'com.vmware.vc.infraUpdateHa.GreenHealthEvent': info('Host {host.name} is healthy again'),
  'com.vmware.vc.infraUpdateHa.YellowHealthEvent': warning('Host {host.name} is moderately degraded'),
  'com.vmware.vc.infraUpdateHa.RedHealthEvent': error('Host {host.name} is severely degraded'),
  'com.vmware.vc.infraUpdateHa.UnknownHealthEvent': warning('The health of host {host.name} is not known'),
  'com.vmware.vc.infraUpdateHa.QuarantineEvent': warning('Host {host.name} is in quarantine mode'),
  'com.vmware.vc.infraUpdateHa.QuarantineRemovedEvent': info('Host {host.name} has left quarantine mode'),
}
