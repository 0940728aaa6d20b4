/** Who acts: a user with the groups that were effective at login. */
export interface Principal {
  /** Canonical name: `VSPHERE.LOCAL\Administrator` on vCenter, `root` on a host. */
  readonly name: string
  /** Canonical group names. */
  readonly groups: readonly string[]
}

/** A logged-in session as the rest of the lab sees it. */
export interface Session {
  /** UserSession.key, a UUID; never the cookie. */
  readonly key: string
  readonly node: string
  readonly principal: Principal
  readonly locale: string
}

/** The sessions of all nodes (protocols.md 4). */
export interface Sessions {
  /** The live session of a cookie value; refreshes its idle time. Undefined: none, or timed out. */
  find(node: string, cookie: string | undefined): Session | undefined
}
