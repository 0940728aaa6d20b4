import { beginTls } from '../physics/network/tls.js'
import { allNodes, nodeInfo, type NodeInfo } from '../services/nodes.js'
import type { Transaction } from '../world/transaction.js'
import { buildLab } from './build.js'
import { checkLab } from './check-lab.js'
import { LabFileError } from './lab-error.js'
import { productLike } from './products.js'

const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/

/**
 * Builds one more ESXi host in a lab that runs: a machine that has been up for days, without VMs,
 * datastores or a door of its own, of the release of a vCenter. Undefined: a host cannot be called so.
 */
export function buildAddedHost(tx: Transaction, name: string, vcenter: NodeInfo): NodeInfo | undefined {
  const nodes = allNodes(tx)
  if (nodes.some(node => [node.name, node.hostName, node.address].includes(name))) return undefined
  try {
    const lab = checkLab({
      lab: 'added', product: productLike(vcenter.product), datastores: [],
      hosts: [{ name, address: IPV4.test(name) ? name : freeAddress(nodes) }],
    }, name)
    buildLab(tx, lab, { seed: tx.world.random.seed, firstHost: nodes.filter(({ kind }) => kind === 'esxi').length })
  } catch (error) {
    if (error instanceof LabFileError) return undefined
    throw error
  }
  beginTls(tx, name)
  return nodeInfo(tx, name)
}

/** The first address of the lab's own network (build.ts) that no node has. */
function freeAddress(nodes: readonly NodeInfo[]): string {
  const taken = new Set(nodes.map(({ address }) => address))
  for (let n = nodes.length; ; n += 1) {
    const address = `127.0.${1 + Math.floor(n / 250)}.${1 + n % 250}`
    if (!taken.has(address)) return address
  }
}
