import type { NetworkProps, OpaqueNetworkProps, OpaqueNetworkSummary } from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'
import { emptyList } from '../physics/frozen.js'
import { deepFreeze } from '../world/freeze.js'
import { noEntityFacts } from './virtual-machine.js'

/** What a network refers to on the node whose record is made. */
export interface NetworkRefs {
  readonly self: MoRef
  readonly parent: MoRef
  readonly host: MoRef[]
  readonly vm: MoRef[]
}

/** All managed properties of a standard network. */
export function networkProps(name: string, refs: NetworkRefs): NetworkProps {
  return Object.freeze({
    ...noEntityFacts,
    parent: refs.parent,
    name,
    summary: Object.freeze({ network: refs.self, name, accessible: true, ipPoolName: '' }),
    host: refs.host,
    vm: refs.vm,
  } satisfies NetworkProps)
}

/** All managed properties of an opaque network of NSX. */
export function opaqueNetworkProps(name: string, id: string, refs: NetworkRefs): OpaqueNetworkProps {
  const summary: OpaqueNetworkSummary = {
    _typeName: 'OpaqueNetworkSummary', network: refs.self, name, accessible: true, ipPoolName: '',
    opaqueNetworkId: id, opaqueNetworkType: 'nsx.LogicalSwitch',
  }
  return Object.freeze({
    ...networkProps(name, refs),
    summary: Object.freeze(summary),
    capability: opaqueCapability,
    extraConfig: emptyList,
  } satisfies OpaqueNetworkProps)
}

const opaqueCapability = deepFreeze({ networkReservationSupported: false })
