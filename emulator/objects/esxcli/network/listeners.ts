import { agentRuns } from '../../../physics/hardware/agents.js'
import { serviceOf } from '../../../physics/hardware/host-services.js'
import type { Seat } from '../model.js'

/** A port at which a program of the host listens. */
export interface Listening {
  readonly protocol: 'tcp' | 'udp'
  readonly port: number
  /** As the logs name it, whose process it is. */
  readonly program: string
  /** As its world is called. */
  readonly world: string
}

/** The ports that the host's doors are at, as long as what is behind them runs (protocols.md 9). */
export function listeners({ reader, host }: Seat): Listening[] {
  const proxy = Number(host.product.version.split('.')[0]) >= 8
    ? { program: 'envoy-access', world: 'envoy' } : { program: 'rhttpproxy', world: 'rhttpproxy' }
  const hostd = agentRuns(reader, host.name, 'hostd')
  const runs = (key: string): boolean => serviceOf(reader, host.name, key)?.running === true
  const rows: readonly (readonly [boolean, Listening])[] = [
    [runs('TSM-SSH'), { protocol: 'tcp', port: 22, program: 'sshd', world: 'sshd' }],
    [hostd, { protocol: 'tcp', port: 80, ...proxy }],
    [hostd, { protocol: 'tcp', port: 443, ...proxy }],
    // From 8.0 on the daemon of copies has the port and hands the connection on (protocols.md 7).
    [true, { protocol: 'tcp', port: 902, program: 'vmauthd', world: proxy.world === 'envoy' ? 'nfcd' : 'vmware-authd' }],
  ]
  return rows.filter(([there]) => there).map(([, row]) => row)
}
