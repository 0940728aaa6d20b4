import { responds } from '../../../emulator/physics/network/paths.js'
import { lostFiles } from '../../../emulator/physics/storage/access.js'
import { componentsOf, dataHosts, hasVsan, objectOf, sight, vsanOf } from '../../../emulator/physics/vsan/state.js'
import type { CheckerKind } from '../checker.js'
import { components, processes } from './facts.js'

/** I1 on vSAN: those who may use an object are one side, and all that was written is on a replica. */
export const oneSideHasVotes: CheckerKind = {
  invariant: 'I1',
  title: 'one side at most can use an object of vSAN, and a replica of it is up to date',
  make: ({ lab, broken, reached }) => {
    const look = (): void => {
      const { world } = lab
      if (!hasVsan(world)) return
      for (const { host, slot, name } of processes(world)) {
        const object = objectOf(world, slot)
        const cluster = object === undefined ? undefined : vsanOf(world, object.volume)
        if (object === undefined || cluster === undefined) continue
        const parts = componentsOf(world, cluster, object.key)
        if (parts.some(part => part.staleSince !== undefined)) reached('a component misses writes')
        if (!parts.some(part => part.kind === 'replica' && part.staleSince === undefined)) broken(`no replica of ${name} is up to date`)
        const sees = sight(world, cluster)
        const users = dataHosts(cluster).filter(each => responds(world, each) && lostFiles(world, each, object.key) === undefined)
        const witness = parts.find(part => part.kind === 'witness')!.host
        // Two that do not reach each other may share the witness of a third, as long as one of them writes.
        const sides = components(users, (a, b) => sees(a, b) || (witness !== cluster.witness && sees(a, witness) && sees(b, witness)))
        if (sides.length > 1) broken(`${name} can be used on ${sides.map(side => side.join(', ')).join(' and on ')}`)
        if (users.length === 0) reached('an object is inaccessible')
        if (!users.includes(host) && responds(world, host)) reached('a VM stands still for want of votes')
      }
    }
    return {
      look,
      after: entry => { if (entry.signals.some(({ kind }) => kind === 'storage.objectsChanged')) look() },
    }
  },
}
