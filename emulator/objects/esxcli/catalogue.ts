import type { Command, Namespace } from './model.js'
import { hardware } from './hardware/hardware.js'
import { networkFirewall } from './network/firewall.js'
import { networkDiag } from './network/diag.js'
import { networkIp } from './network/ip.js'
import { networkNic } from './network/nic.js'
import { networkVm } from './network/vm.js'
import { networkVswitch } from './network/vswitch.js'
import { software } from './software.js'
import { storageCore } from './storage/core.js'
import { storageFilesystem } from './storage/filesystem.js'
import { systemAbout } from './system/about.js'
import { systemAccounts } from './system/accounts.js'
import { systemPower } from './system/power.js'
import { systemSettings } from './system/settings.js'
import { systemSyslog } from './system/syslog.js'
import { vmProcess } from './vm/process.js'
import { vsan } from './vsan.js'

/** The namespaces that the lab's hosts have, in the order of their names. */
export const namespaces: readonly Namespace[] = [
  ...networkFirewall, ...systemAbout, ...systemAccounts, ...systemPower, ...systemSettings,
  ...systemSyslog, ...hardware, ...networkIp, ...networkNic, ...networkVm, ...networkVswitch,
  ...networkDiag, ...software, ...storageCore, ...storageFilesystem, ...vmProcess, ...vsan,
].sort((a, b) => a.name < b.name ? -1 : 1)

const byName = new Map(namespaces.map(each => [each.name, each]))

/** The namespace `network.firewall`; undefined: there is none, or no command is right in it. */
export function namespaceNamed(name: string): Namespace | undefined {
  return byName.get(name)
}

/** The command `network.firewall.get`, with its namespace. */
export function commandNamed(path: string): { namespace: Namespace, name: string, command: Command } | undefined {
  const at = path.lastIndexOf('.')
  const namespace = byName.get(path.slice(0, at))
  const name = path.slice(at + 1)
  if (namespace === undefined || !Object.hasOwn(namespace.commands, name)) return undefined
  return { namespace, name, command: namespace.commands[name]! }
}

/** Id of the object that has the commands of a namespace: `ha-cli-handler-network-firewall` (operations.md 1). */
export function handlerId(name: string): string {
  return `ha-cli-handler-${name.replaceAll('.', '-')}`
}
