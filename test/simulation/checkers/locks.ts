import { lockHolder, lockOf } from '../../../emulator/physics/storage/locks.js'
import type { CheckerKind } from '../checker.js'
import { processes, touches } from './facts.js'

const watched = new Set(['VirtualMachine', 'FileLock', 'HostStorage', 'Node'])

/** I1 and I2: two processes of one VM never both hold its files. */
export const oneLockHolder: CheckerKind = {
  invariant: 'I2',
  title: 'of the processes of one VM at most one holds the lock on its files',
  make: ({ lab, broken, reached }) => ({
    after: entry => {
      if (!touches(entry, watched)) return
      const byVm = new Map<string, string[]>()
      for (const { host, slot, identity } of processes(lab.world)) {
        const lock = lockOf(lab.world, slot)
        const holds = lock !== undefined && lockHolder(lab.world, lock.id) === host
        const list = byVm.get(identity) ?? []
        list.push(holds ? `${host}*` : host)
        byVm.set(identity, list)
      }
      for (const [vm, hosts] of byVm) {
        if (hosts.length > 1) reached('a VM runs twice')
        if (hosts.filter(host => host.endsWith('*')).length > 1) broken(`${vm} holds its files on ${hosts.join(' and ')}`)
      }
    },
  }),
}

/** I2: a second copy exists only where a host lost its storage or stood still. */
export const twiceOnlyWhenSplit: CheckerKind = {
  invariant: 'I2',
  title: 'a VM runs twice only when a host of it lost its lock',
  make: ({ lab, broken }) => ({
    after: entry => {
      if (!touches(entry, watched)) return
      const byVm = new Map<string, Array<{ host: string, lost: boolean }>>()
      for (const { host, slot, identity } of processes(lab.world)) {
        const lock = lockOf(lab.world, slot)
        const lost = lock === undefined || lab.world.get<{ owner: string }>('lab', lock.id)?.props.owner !== host
        byVm.set(identity, [...byVm.get(identity) ?? [], { host, lost }])
      }
      for (const [vm, copies] of byVm) {
        if (copies.length > 1 && copies.filter(copy => !copy.lost).length !== 1) {
          broken(`${vm} runs on ${copies.map(copy => `${copy.host}${copy.lost ? '' : ' (owner)'}`).join(', ')}`)
        }
      }
    },
  }),
}
