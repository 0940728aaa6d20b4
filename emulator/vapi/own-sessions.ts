import { LOCAL_DOMAIN } from '../services/accounts/default-accounts.js'
import { verifyUser } from '../services/accounts/verify.js'
import type { NodeInfo } from '../services/nodes.js'
import { endVapiSession, findVapiSession, openVapiSession } from '../services/vapi-sessions.js'
import type { Principal } from '../services/sessions.js'
import { toDateTime } from '../world/clock.js'
import type { World } from '../world/world.js'
import type { LoginRefusal, SessionHost } from './session.js'

/** Groups whose members manage the appliance (network-security.md 12.1). */
const managers = ['VSPHERE.LOCAL\\Administrators', 'VSPHERE.LOCAL\\SystemConfiguration.Administrators']

/** True if somebody may use the appliance's API: its root, and administrators of the system. */
export function managesAppliance({ name, groups, administrator }: Principal): boolean {
  return administrator === true || name === `${LOCAL_DOMAIN.toUpperCase()}\\root`
    || groups.some(group => managers.includes(group))
}

/** Who a login is at a door of the appliance; there a name without a domain may be root's. */
export function whoIs(
  world: World, node: NodeInfo, userName: string, password: string, atManagement: boolean,
): { readonly principal: Principal } | { readonly refused: LoginRefusal } {
  const name = atManagement && userName === 'root' ? `root@${LOCAL_DOMAIN}` : userName
  return verifyUser(world, node, name, password)
}

/** Sessions that vpxd knows nothing of. */
export function ownSessions(world: World, node: NodeInfo, atManagement: boolean): SessionHost {
  return {
    isFull: () => false,
    login: (userName, password) => {
      const who = whoIs(world, node, userName, password, atManagement)
      if ('refused' in who) return who
      return { id: openVapiSession(world, node, who.principal, atManagement ? 'applmgmt' : 'vapi-endpoint') }
    },
    session: id => {
      const session = findVapiSession(world, node, id)
      if (session === undefined) return undefined
      const { userName, created, lastAccess } = session
      return { userName, loginTime: toDateTime(created), lastActiveTime: toDateTime(lastAccess) }
    },
    logout: id => endVapiSession(world, node, id),
  }
}
