import type {
  ComputeResourceProps, EnvironmentBrowserMethods, HostSystemProps,
} from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import type { Query } from '../../services/call.js'
import { fault, invalidArgument } from '../../services/method-fault.js'
import type { Slot } from '../../world/records.js'
import { defineManagedObject, query, type Definition } from '../define.js'
import { configOption } from './config-option.js'
import { configTarget } from './config-target.js'
import { descriptors } from './descriptors.js'

type Methods = EnvironmentBrowserMethods

export const environmentBrowser: Definition = defineManagedObject('EnvironmentBrowser', {
  methods: {
    QueryConfigOptionDescriptor: query((call: Query) => {
      const compute = computeOf(call)
      return descriptors(compute, compute.host ?? [])
    }),
    QueryConfigOption: query((call: Query, args: Methods['QueryConfigOption']['args']) =>
      option(call, args.key, args.host, undefined), 'device options without their limits'),
    QueryConfigOptionEx: query((call: Query, { spec }: Methods['QueryConfigOptionEx']['args']) =>
      option(call, spec?.key, spec?.host, spec?.guestId), 'device options without their limits'),
    QueryConfigTarget: query((call: Query, { host }: Methods['QueryConfigTarget']['args']) =>
      configTarget(call, hostsOf(call, host)), 'pass-through devices'),
    QueryTargetCapabilities: query((call: Query, { host }: Methods['QueryTargetCapabilities']['args']) => {
      const [first] = hostsOf(call, host)
      return first === undefined ? undefined : call.reader.read<HostSystemProps>(first)!.props.capability
    }),
  },
})

function option(
  call: Query, key: string | undefined, host: MoRef | undefined, guests: readonly string[] | undefined,
): unknown {
  const compute = computeOf(call)
  hostsOf(call, host)
  const all = descriptors(compute, compute.host ?? [])
  const wanted = key === undefined
    ? all.find(item => item.defaultConfigOption)
    : all.find(item => item.key === key)
  if (wanted === undefined) throw invalidArgument('key')
  return configOption(wanted, guests)
}

/** The compute resource that the browser belongs to; there are few. */
function computeOf(call: Query): ComputeResourceProps {
  const { reader, node, self } = call
  for (const type of ['ComputeResource', 'ClusterComputeResource']) {
    for (const slot of reader.ofType(node.name, type)) {
      const { props } = reader.read<ComputeResourceProps>(slot)!
      if (props.environmentBrowser?.value === self.address.id) return props
    }
  }
  throw fault('InvalidState')
}

/** The hosts that a question is about. @throws InvalidArgument for a host of another one. */
function hostsOf(call: Query, host: MoRef | undefined): Slot[] {
  const refs = computeOf(call).host ?? []
  if (host !== undefined && !refs.some(ref => ref.value === host.value)) throw invalidArgument('host')
  return (host === undefined ? refs : [host])
    .map(ref => call.reader.find(call.node.name, ref.value))
    .filter(slot => slot !== undefined)
}
