import type {
  ArrayUpdateSpec, VirtualMachineConfigSpec, VmConfigInfo,
} from '../../schema/generated/types.js'
import { invalidArgument, notEmulated } from '../../services/method-fault.js'

interface Keyed {
  readonly key: number
}

interface Change<T> extends ArrayUpdateSpec {
  info?: T
}

/** The vApp configuration after a spec: products and properties by key, the rest as given. */
export function applyVApp(
  before: VmConfigInfo | undefined, spec: VirtualMachineConfigSpec,
): VmConfigInfo | undefined {
  if (spec.vAppConfigRemoved === true) return undefined
  const change = spec.vAppConfig
  if (change === undefined) return before
  if ((change.ovfSection?.length ?? 0) > 0) throw notEmulated('spec.vAppConfig.ovfSection')
  const base: VmConfigInfo = before ?? {
    ipAssignment: { ipAllocationPolicy: 'fixedPolicy', ipProtocol: 'IPv4' },
    eula: [''], installBootRequired: false, installBootStopDelay: 0,
  }
  return {
    ...base,
    ...(change.product === undefined ? {} : { product: updateArray(base.product ?? [], change.product, 'product') }),
    ...(change.property === undefined ? {} : { property: updateArray(base.property ?? [], change.property, 'property') }),
    ...(change.ipAssignment === undefined ? {} : { ipAssignment: { ...base.ipAssignment, ...change.ipAssignment } }),
    ...(change.eula === undefined ? {} : { eula: change.eula }),
    ...(change.ovfEnvironmentTransport === undefined ? {} : { ovfEnvironmentTransport: change.ovfEnvironmentTransport }),
    ...(change.installBootRequired === undefined ? {} : { installBootRequired: change.installBootRequired }),
    ...(change.installBootStopDelay === undefined ? {} : { installBootStopDelay: change.installBootStopDelay }),
  }
}

/** An ArrayUpdateSpec on items with integer keys: add needs a new key, edit and remove a known one. */
function updateArray<T extends Keyed>(before: readonly T[], changes: readonly Change<T>[], field: string): T[] {
  const items = new Map(before.map(item => [item.key, item]))
  for (const { operation, info, removeKey } of changes) {
    const key = operation === 'remove' ? Number(removeKey) : info?.key
    if (key === undefined) throw invalidArgument(`spec.vAppConfig.${field}.info`)
    const known = items.get(key)
    if ((operation === 'add') === (known !== undefined)) {
      throw invalidArgument(`spec.vAppConfig.${field}.key`)
    }
    if (operation === 'remove') items.delete(key)
    else items.set(key, { ...known, ...info! })
  }
  return [...items.values()]
}
