import type { Transaction } from '../../world/transaction.js'
import { findAccount, hasPassword, readAccount } from '../accounts.js'
import { clearFailures, countFailure } from '../accounts/lockout.js'
import { announceLock } from '../sessions/lock-event.js'
import { accountName, judgeShellUser, type ShellNode, type ShellPerson, type ShellRefusal } from './access.js'
import { acceptedLine, authLine, refusedLines, type LoginMethod, type SshClient } from './lines.js'
import { tellOfSession } from './tell.js'

/** Where somebody asks for a shell, and from where. */
export interface ShellPlace extends ShellNode {
  readonly client: SshClient
}

/** Looks at a password: counts what fails, as every login does, and writes what comes of it to auth.log. */
export function passwordLogin(
  place: ShellPlace, userName: string, method: LoginMethod, password: string,
): ShellPerson | ShellRefusal {
  place.services.world.runDue()
  const judged = judgeShellUser(place, userName, account => hasPassword(account, password))
  return decide(place, userName, method, judged, (tx, counted) => {
    if (counted.account === undefined) return
    if ('person' in judged) {
      if (counted.account.inner.failed !== undefined) clearFailures(tx, counted.slot!)
    } else if (judged.refused === 'wrong' && countFailure(tx, counted.slot!, counted.account) && place.node.kind === 'esxi') {
      announceLock(tx, place.node, counted.account)
    }
  })
}

/** Somebody showed a key, and `proves` that it is the user's: no failure counts (a key is no password). */
export function keyLogin(place: ShellPlace, userName: string, proves: boolean): ShellPerson | ShellRefusal {
  place.services.world.runDue()
  return decide(place, userName, 'publickey', judgeShellUser(place, userName, () => proves), () => {})
}

type Judged = ReturnType<typeof judgeShellUser>

interface Counted {
  readonly slot: ReturnType<typeof findAccount>
  readonly account: ReturnType<typeof readAccount>
}

function decide(
  place: ShellPlace, userName: string, method: LoginMethod, judged: Judged, count: (tx: Transaction, counted: Counted) => void,
): ShellPerson | ShellRefusal {
  const { services: { world }, node, client } = place
  world.transact({ kind: 'lab', what: 'ssh login', node: node.name }, tx => {
    const slot = findAccount(tx, node.name, accountName(node, userName), false)
    const account = slot === undefined ? undefined : readAccount(tx, slot)
    if ('person' in judged) authLine(tx, node.name, client, acceptedLine(client, judged.person.name, method))
    else {
      const known = account !== undefined
      for (const text of refusedLines(client, userName, method, judged.refused, known)) authLine(tx, node.name, client, text)
      tellOfSession(tx, node, 'failed', userName, client)
    }
    count(tx, { slot, account })
  })
  return 'person' in judged ? judged.person : judged.refused
}
