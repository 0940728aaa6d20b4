/**
 * Who can log in at a simulated guest's console. Every guest has these two: they are the lab's own,
 * as no disk of a guest exists.
 */
export const GUEST_USERS: Readonly<Record<string, string>> = { root: 'VMware1!', user: 'VMware1!' }
