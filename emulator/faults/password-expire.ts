import { z } from 'zod'
import '../physics/appliance/facts.js'
import type { Transaction } from '../world/transaction.js'
import { defineFault, type FaultTarget } from './define.js'
import { FaultError } from './target.js'

interface Options {
  readonly user?: string | undefined
  readonly how: 'expired' | 'locked'
}

/** The password of a user reaches the end of its life, or the user is locked out. */
export const passwordExpire = defineFault<Options>({
  name: 'password-expire',
  target: 'node',
  help: 'a user\'s password expires, or he is locked; the default is the administrator; heal ends it',
  example: 'fauxsphere inject password-expire vc-01 user=root@localos how=expired',
  options: z.strictObject({
    user: z.string().min(1).optional(),
    how: z.enum(['expired', 'locked']).default('expired'),
  }) as unknown as z.ZodType<Options>,
  inject(tx, target, options) {
    tx.emit('node.password', { node: target.id, user: userOf(tx, target, options), how: options.how, ended: false })
  },
  heal(tx, target, options) {
    tx.emit('node.password', { node: target.id, user: userOf(tx, target, options), how: options.how, ended: true })
  },
})

/** @throws FaultError when the node has no such user */
function userOf(tx: Transaction, target: FaultTarget, { user }: Options): string {
  const isVcenter = tx.get<{ kind: string }>('lab', target.id)?.props.kind === 'vcenter'
  const name = user ?? (isVcenter ? 'administrator@vsphere.local' : 'root')
  const accounts = tx.ofType('lab', 'Account')
    .map(slot => tx.read<{ node: string, domain: string, name: string, group: boolean }>(slot)!.props)
    .filter(account => account.node === target.id && !account.group)
  const named = accounts.map(account => account.domain === '' ? account.name : `${account.name}@${account.domain}`)
  const wanted = isVcenter && !name.includes('@') ? `${name}@vsphere.local` : name
  if (named.some(each => each.toLowerCase() === wanted.toLowerCase())) return name
  throw new FaultError(`${target.id} has no user ${name}; there are: ${named.join(', ')}`)
}
