import type {
  DatastoreProps, HostConnectInfo, HostSystemProps, NetworkProps, VirtualMachineProps,
} from '../../schema/generated/types.js'
import { chassis } from '../../physics/hardware/chassis.js'
import type { Query } from '../../services/call.js'
import type { Reader } from '../../world/records.js'
import { truthOf } from '../truth.js'

/** QueryHostConnectionInfo: what vCenter would find on the host. */
export function queryHostConnectionInfo({ reader, self, node }: Query): HostConnectInfo {
  return connectionInfo(reader, truthOf(reader, self).address.node, node.name)
}

/** What a vCenter finds on a host that it may add. References are the host's own: they are left out. */
export function connectionInfo(reader: Reader, host: string, vcenter: string): HostConnectInfo {
  const { props } = reader.get<HostSystemProps>(host, 'ha-host')!
  const { host: _own, ...summary } = props.summary
  const read = <P extends object>(type: string): P[] => reader.ofType(host, type).map(slot => reader.read<P>(slot)!.props)
  const { managementServerIp } = props.summary
  const elsewhere = managementServerIp !== undefined && chassis(reader, host)?.managedBy !== vcenter
  return {
    ...(elsewhere ? { serverIp: managementServerIp } : {}),
    inDasCluster: false,
    host: summary,
    vm: read<VirtualMachineProps>('VirtualMachine').map(vm => {
      const { vm: _vm, ...facts } = vm.summary
      const { host: _host, ...runtime } = facts.runtime
      return { ...facts, runtime }
    }),
    vimAccountNameRequired: false,
    clusterSupported: true,
    network: read<NetworkProps>('Network').map(({ summary: { network: _network, ...facts } }) =>
      ({ _typeName: 'HostNewNetworkConnectInfo', summary: facts })),
    datastore: read<DatastoreProps>('Datastore').map(({ summary: { datastore: _store, ...facts } }) =>
      ({ _typeName: 'HostDatastoreConnectInfo', summary: facts })),
    ...(props.capability === undefined ? {} : { capability: props.capability }),
  } as HostConnectInfo
}
