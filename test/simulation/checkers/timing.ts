import { chassis } from '../../../emulator/physics/hardware/chassis.js'
import { pings, responds } from '../../../emulator/physics/network/paths.js'
import type { CheckerKind } from '../checker.js'
import { hearSurely, hostNodes, signals, touchesLinks } from './facts.js'

interface Judged { readonly primary: string, readonly host: string, readonly state: string }

/** I6: nobody is declared dead whose heartbeats arrived in the last 10 s. */
export const deadOnlyWhenSilent: CheckerKind = {
  invariant: 'I6',
  title: 'hostDown only after 10 s without network and 15 s without datastore heartbeat',
  make: ({ lab, start, broken, reached }) => {
    /** When two hosts last heard each other for certain, by pair. */
    const heard = new Map<string, number>()
    const note = (now: number): void => {
      const hosts = hostNodes(lab.world)
      for (const [i, a] of hosts.entries()) {
        for (const b of hosts.slice(i + 1)) {
          const key = `${a} ${b}`
          if (hearSurely(lab.world, a, b)) heard.set(key, Infinity)
          else if (heard.get(key) === Infinity) heard.set(key, now)
        }
      }
    }
    note(start)
    return {
      after: entry => {
        for (const { primary, host, state } of signals<Judged>(entry, 'ha.judged')) {
          if (state !== 'hostDown') continue
          reached('a host is declared dead')
          const key = [primary, host].sort().join(' ')
          const last = heard.get(key)
          if (last === Infinity && chassis(lab.world, host)?.agents === undefined) broken(`${primary} declares ${host} dead though they hear each other`)
          if (last !== undefined && last !== Infinity && entry.time - last < 10_000) broken(`${primary} declares ${host} dead ${entry.time - last} ms after its last heartbeat`)
        }
        if (touchesLinks(entry)) note(entry.time)
      },
    }
  },
}

/** I7: a host acts on its isolation only after its delays, and only if no ping was answered meanwhile. */
export const isolationActsLate: CheckerKind = {
  invariant: 'I7',
  title: 'no isolation response before the delays of secondary (60 s) and primary (35 s) have passed',
  make: ({ lab, start, broken, reached }) => {
    /** When a host could last reach its gateway. */
    const contact = new Map<string, number>()
    const note = (now: number): void => {
      for (const host of hostNodes(lab.world)) {
        if (responds(lab.world, host) && pings(lab.world, host, 'gateway')) contact.set(host, Infinity)
        else if (contact.get(host) === Infinity) contact.set(host, now)
      }
    }
    note(start)
    return {
      after: entry => {
        for (const { host } of signals<{ host: string }>(entry, 'ha.isolationResponse')) {
          reached('an isolated host acts')
          const last = contact.get(host)
          if (last === Infinity) broken(`${host} acts on an isolation though its gateway answers`)
          else if (last !== undefined && entry.time - last < 34_000) broken(`${host} acts ${entry.time - last} ms after it lost its gateway`)
        }
        if (touchesLinks(entry)) note(entry.time)
      },
    }
  },
}
