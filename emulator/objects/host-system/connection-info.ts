import type {
  DatacenterMethods, DatastoreProps, HostConnectInfo, HostConnectSpec, HostSystemProps, NetworkProps, VirtualMachineProps,
} from '../../schema/generated/types.js'
import { chassis } from '../../physics/hardware/chassis.js'
import type { Call, Query } from '../../services/call.js'
import { checkConnection } from '../../services/host-connection.js'
import type { Reader } from '../../world/records.js'
import { truthOf } from '../truth.js'

/** QueryHostConnectionInfo: what vCenter would find on the host. */
export function queryHostConnectionInfo({ reader, self, node }: Query): HostConnectInfo {
  return connectionInfo(reader, truthOf(reader, self).address.node, node.name)
}

/** QueryConnectionInfo of a datacenter: the same checks as when a host is added (protocols.md 9). */
export function queryConnectionInfo(call: Call, args: DatacenterMethods['QueryConnectionInfo']['args']): HostConnectInfo {
  const { hostname: hostName, port, username: userName, password, sslThumbprint } = args
  return queryConnectionInfoViaSpec(call, {
    spec: { hostName, port, userName, password, force: true, ...(sslThumbprint === undefined ? {} : { sslThumbprint }) },
  })
}

/** QueryConnectionInfoViaSpec: a host that another vCenter manages is no fault, it is told. */
export function queryConnectionInfoViaSpec(call: Call, { spec }: { spec: HostConnectSpec }): HostConnectInfo {
  const host = checkConnection(call.tx, {
    vcenter: call.node, spec: { ...spec, force: true }, anyLogin: call.services.behaviour.anyLogin, known: true,
  })
  return connectionInfo(call.tx, host.name, call.node.name)
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
