import { followComputes } from './inventory/compute-hosts.js'
import type { Definition } from './objects/define.js'
import { definitions } from './objects/index.js'
import { showUnheardHosts } from './physics/appliance/hosts.js'
import { reactToAppliance } from './physics/appliance/reactions.js'
import { reactToMaintenance } from './physics/compute/maintenance.js'
import { reactToCompute } from './physics/compute/reactions.js'
import { reactToDcui } from './physics/dcui/reactions.js'
import { reactToGuestOs } from './physics/guest-os/reactions.js'
import { reactToFdm } from './physics/ha/fdm/reactions.js'
import { followClusters } from './physics/ha/follow.js'
import { reactToProviders } from './physics/ha/health.js'
import { reactToHaVms } from './physics/ha/vms/reactions.js'
import { reactToAgents } from './physics/hardware/agents.js'
import { reactToAppliances } from './physics/hardware/appliance.js'
import { reactToHostServices } from './physics/hardware/host-services.js'
import { reactToOrderlyStops } from './physics/hardware/orderly-stop.js'
import { reactToOwnFiles } from './physics/hardware/own-files.js'
import { reactToHardware } from './physics/hardware/reactions.js'
import { reactToSensors } from './physics/hardware/sensors.js'
import { reactToShellTimeOut } from './physics/hardware/shell-timeout.js'
import { followManagers } from './physics/management/managers.js'
import { mirrorHosts } from './physics/management/mirror.js'
import { reactToManagement } from './physics/management/reactions.js'
import { reactToNics } from './physics/network/nics.js'
import { reactToTls } from './physics/network/tls.js'
import { reactToStorageAccess } from './physics/storage/access.js'
import { reactToGrowth } from './physics/storage/growth.js'
import { reactToLocks } from './physics/storage/locks.js'
import { reactToStorageLoss } from './physics/storage/loss.js'
import { reactToSyslog } from './physics/syslog/reactions.js'
import { reactToVcha } from './physics/vcha/reactions.js'
import { reactToGhosts } from './physics/vsan/ghosts.js'
import { reactToVsan } from './physics/vsan/settle.js'
import { followPasswords } from './services/accounts/expiry.js'
import { followAlarms } from './services/alarms/follow.js'
import type { Services } from './services/call.js'
import { followCustomFields } from './services/custom-fields.js'
import { followHostTasks } from './services/host-tasks.js'
import { followLicences } from './services/licences.js'
import { followMigrations } from './services/migration-tasks.js'
import { narrateAppliance } from './services/narration/appliance.js'
import { narrateClusters } from './services/narration/cluster.js'
import { narrateFailedPower } from './services/narration/failed-power.js'
import { narrateFdmLog } from './services/narration/fdm-log.js'
import { narrateHaVms } from './services/narration/ha-vms.js'
import { narrateHa } from './services/narration/ha.js'
import { narrateHardware } from './services/narration/hardware.js'
import { hostConsoleLogin, narrateHostConsole } from './services/host-console.js'
import { narrateHostServices } from './services/narration/host-services.js'
import { narrateHosts } from './services/narration/host.js'
import { narrateLogs } from './services/narration/logs.js'
import { narrateManagement } from './services/narration/management.js'
import { narrateStorage } from './services/narration/storage.js'
import { narrateSyslog } from './services/narration/syslog.js'
import { narrateVcha } from './services/narration/vcha.js'
import { narrateVms } from './services/narration/virtual-machine.js'
import { searchByKey } from './services/search.js'
import { keepSshLogins } from './services/shell-access/ssh-logins.js'
import { registerTaskJobs } from './services/tasks/jobs.js'
import { keepTickets } from './services/tickets/tickets.js'
import { keepVapiSessions } from './services/vapi-sessions.js'
import type { Slot } from './world/records.js'
import type { Transaction } from './world/transaction.js'
import { followCertificates } from './services/shown-certificate.js'
import type { World } from './world/world.js'

/**
 * Makes all that reacts hear the world. Who hears the same signal hears it in the order of these lines.
 * `onMiss` is told of what a task meets that is not emulated.
 */
export function wire(world: World, services: Services, onMiss: (method: string, path?: string) => void): void {
  const { schema } = services
  // Records that follow others.
  followDerived(world, definitions)
  mirrorHosts(world)
  followManagers(world)
  // The machine room: hosts, networks, storage; the appliance and vCenter's view of hosts; VMs; availability.
  reactToHardware(world)
  reactToOrderlyStops(world)
  reactToAgents(world)
  reactToHostServices(world)
  reactToOwnFiles(world)
  reactToShellTimeOut(world)
  reactToTls(world)
  reactToNics(world)
  reactToSensors(world)
  reactToStorageAccess(world)
  reactToLocks(world)
  reactToGrowth(world)
  reactToStorageLoss(world)
  reactToVsan(world)
  reactToAppliance(world)
  reactToManagement(world)
  showUnheardHosts(world)
  reactToCompute(world)
  reactToGuestOs(world, (host, by, value) => searchByKey(world, host, by, value))
  reactToDcui(world, hostConsoleLogin(services))
  reactToAppliances(world)
  reactToVcha(world)
  followClusters(world)
  reactToProviders(world)
  reactToFdm(world)
  reactToHaVms(world)
  // After HA, which notes of a VM that it is to run elsewhere before vSAN ends it.
  reactToGhosts(world)
  reactToMaintenance(world)
  reactToSyslog(world)
  // What is told of it, and the tasks that wait for it.
  narrateManagement(world)
  narrateAppliance(world)
  narrateHardware(world)
  narrateClusters(world)
  narrateHosts(world)
  narrateHostServices(world)
  narrateHostConsole(world)
  followCertificates(world)
  followHostTasks(world)
  followComputes(world)
  followMigrations(world)
  narrateStorage(world)
  narrateVms(world)
  narrateFailedPower(world)
  narrateHa(world)
  narrateHaVms(world)
  narrateFdmLog(world)
  narrateLogs(world)
  narrateVcha(world)
  narrateSyslog(world)
  // What vCenter's services keep and evaluate.
  followCustomFields(world, schema)
  followPasswords(world)
  followLicences(world)
  keepVapiSessions(world)
  keepTickets(world)
  keepSshLogins(world)
  followAlarms(world, schema)
  registerTaskJobs(world, services, onMiss)
}

/** Recomputes repeated properties of every written record of a type that has a `derive`. */
function followDerived(world: World, all: readonly Definition[]): void {
  const derive = new Map(all.filter(each => each.derive !== undefined).map(each => [each.type, each.derive!]))
  world.follow((tx: Transaction, written: readonly Slot[]) => {
    for (const slot of written) {
      const rule = derive.get(slot.address.type)
      const record = rule === undefined ? undefined : tx.read(slot)
      if (record !== undefined) tx.replace(slot, rule!(record, slot, tx))
    }
  })
}
