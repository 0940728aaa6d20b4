import { nodeNow } from '../../physics/appliance/facts.js'
import { membersOf, sight, vsanOfHost } from '../../physics/vsan/state.js'
import { nodeInfo } from '../../services/nodes.js'
import { cliFault, namespace, object } from './define.js'
import { hostProps, secondsText } from './host-props.js'
import type { Namespace } from './model.js'

/** esxcli vsan cluster (operations.md 2.1): the members of the host's vSAN that it sees. */
export const vsan: readonly Namespace[] = [
  namespace('vsan.cluster', 'The vSAN cluster that the host is a member of.', {
    get: object('VsanClusterInfo', {
      Enabled: 'boolean', 'Current Local Time': 'string', 'Local Node UUID': 'string', 'Local Node Type': 'string',
      'Sub-Cluster UUID': 'string', 'Sub-Cluster Member Count': 'long', 'Sub-Cluster Member UUIDs': 'string[]',
      'Sub-Cluster Member HostNames': 'string[]', 'Maintenance Mode State': 'string',
    }, {
      help: 'Show the cluster, and which of its members the host sees.', hints: { 'header:VsanClusterInfo': 'Cluster Information' },
      run: seat => {
        const { reader, host } = seat
        const cluster = vsanOfHost(reader, host.name)
        if (cluster === undefined) throw cliFault('vSAN Clustering is not enabled on this host')
        const sees = sight(reader, cluster)
        const members = membersOf(cluster).filter(each => each === host.name || sees(host.name, each))
        return {
          Enabled: true, 'Current Local Time': secondsText(nodeNow(reader, host.name)), 'Local Node UUID': cluster.nodes[host.name],
          'Local Node Type': cluster.witness === host.name ? 'WITNESS' : 'NORMAL', 'Sub-Cluster UUID': cluster.uuid,
          'Sub-Cluster Member Count': members.length, 'Sub-Cluster Member UUIDs': members.flatMap(each => cluster.nodes[each] ?? []),
          'Sub-Cluster Member HostNames': members.map(each => nodeInfo(reader, each)?.hostName ?? each),
          'Maintenance Mode State': hostProps(seat).runtime.inMaintenanceMode ? 'ON' : 'OFF',
        }
      },
    }),
  }),
]
