import { z } from 'zod'
import { addPathFault, devicesOf, dropPathFault } from '../physics/storage/device-paths.js'
import { hostNodes } from '../physics/storage/files.js'
import type { Reader } from '../world/records.js'
import { defineFault, type FaultTarget } from './define.js'
import { listSchema } from './options.js'
import { hostList, hostsSchema } from './storage-options.js'
import { FaultError } from './target.js'

interface Options {
  readonly paths?: readonly string[] | undefined
  readonly hosts: 'all' | readonly string[]
}

/**
 * Paths between hosts and a storage device die: an adapter, a cable, a switch of the fabric. While
 * one path is left the host goes on over it; without any it has an APD.
 */
export const pathDown = defineFault<Options>({
  name: 'path-down',
  target: ['host', 'datastore'],
  help: 'paths of a host, or of hosts to one datastore, are dead, by adapter or path name; heal revives them',
  example: 'fauxsphere inject path-down esx-02 paths=vmhba1',
  options: z.strictObject({
    paths: listSchema.optional(),
    hosts: hostsSchema,
  }) as unknown as z.ZodType<Options>,
  inject(tx, target, { paths, hosts }, id) {
    const chosen = target.kind === 'host' ? [target.id] : hostList(tx, hosts)
    const known = pathNames(tx, target, chosen === '*' ? hostNodes(tx) : chosen)
    if (known.length === 0) throw new FaultError(`${target.name} has no device with paths (local disks and VMFS have)`)
    const unknown = paths?.find(name => !known.some(path => path === name || path.startsWith(`${name}:`)))
    if (unknown !== undefined) throw new FaultError(`there is no path or adapter ${unknown}; there are: ${known.join(', ')}`)
    addPathFault(tx, id, {
      hosts: chosen, paths: paths ?? '*', ...(target.kind === 'datastore' ? { volume: target.id } : {}),
    })
  },
  heal(tx, _target, _options, id) {
    dropPathFault(tx, id)
  },
})

function pathNames(reader: Reader, target: FaultTarget, hosts: readonly string[]): string[] {
  const names = hosts.flatMap(host => devicesOf(reader, host))
    .filter(device => target.kind === 'host' || device.volume === target.id)
    .flatMap(device => device.unit.path.map(path => path.name))
  return [...new Set(names)]
}
