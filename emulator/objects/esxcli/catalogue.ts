import type { Command, Namespace } from './model.js'
import { networkFirewall } from './network/firewall.js'

/** The namespaces that the lab's hosts have, in the order of their names. */
export const namespaces: readonly Namespace[] = [
  ...networkFirewall,
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
