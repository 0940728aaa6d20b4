import type { HostSystemProps, OptionManagerProps } from '../schema/generated/types.js'
import type { NodeInfo } from '../services/nodes.js'
import { wellKnownId } from '../services/well-known.js'
import type { Transaction } from '../world/transaction.js'

/** First port of the hosts when each is to have one of its own. */
const FIRST_HOST_PORT = 10443

/**
 * What the peer's objects tell of its one server: the option `vcsim.server.url`, and the port of
 * every host, which is the server's or with `unique` one that no other has (peer-measured.md
 * part 1, "Environment variables of the server"; vcsim.bats).
 */
export function nameServer(tx: Transaction, node: NodeInfo, url: URL, unique: boolean): void {
  const options = tx.find(node.name, wellKnownId('setting', node.kind))
  if (options !== undefined) {
    tx.update<OptionManagerProps>(options, ({ props }) => {
      const setting = props.setting ?? []
      props.setting = [...setting, { key: 'vcsim.server.url', value: url.href }]
    })
  }
  const port = Number(url.port)
  const ports = unique ? hostPorts(port) : undefined
  for (const host of tx.ofType(node.name, 'HostSystem')) {
    const own = ports?.next().value ?? port
    tx.update<HostSystemProps>(host, ({ props }) => { props.summary.config.port = own })
  }
}

/** Ports one after the other, without the server's own. */
function* hostPorts(server: number): Generator<number, number> {
  for (let port = FIRST_HOST_PORT; ; port += 1) if (port !== server) yield port
}
