import type { FdmAgent } from '../../../emulator/physics/ha/fdm/agent.js'
import type { FileLock } from '../../../emulator/physics/storage/locks.js'
import type { CheckerKind } from '../checker.js'

/**
 * I4: the protected list of a datastore has one owner, which leads, or cannot give it back: it has no
 * power or hangs.
 */
export const listsHaveOwners: CheckerKind = {
  invariant: 'I4',
  title: 'a list of protected VMs is held by a primary, or by a host that cannot give it back',
  make: ({ lab, broken, reached }) => ({
    look: () => {
      for (const slot of lab.world.ofType('lab', 'FileLock')) {
        if (!slot.address.id.endsWith('/protectedlist')) continue
        const { owner } = lab.world.read<FileLock>(slot)!.props
        const agent = lab.world.get<FdmAgent>('lab', `fdm/${owner}`)?.props
        const kind = agent?.state.kind
        if (kind === 'stopped') reached('a host that stopped still holds a list')
        if (kind !== 'primary' && kind !== 'stopped') broken(`${slot.address.id} is held by ${owner}, which is ${kind ?? 'no agent'}`)
      }
    },
  }),
}
