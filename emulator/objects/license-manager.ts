import type { LicenseManagerLicenseInfo, LicenseManagerMethods } from '../schema/generated/types.js'
import type { Query } from '../services/call.js'
import { fault, notEmulated } from '../services/method-fault.js'
import { defineManagedObject, query } from './define.js'

type Args<M extends keyof LicenseManagerMethods> = LicenseManagerMethods[M]['args']

interface Licensed { readonly licenses?: readonly LicenseManagerLicenseInfo[] }

const format = /^([0-9A-Z]{5}-){4}[0-9A-Z]{5}$/

/**
 * What a key stands for. Only keys that the node holds are known: the maker's keys cannot be
 * decoded without its secret (network-security.md 10).
 */
function decode(call: Query, args: Args<'DecodeLicense'>): LicenseManagerLicenseInfo {
  if (!format.test(args.licenseKey)) throw fault('InvalidArgument', { invalidProperty: 'licenseKey' })
  const held = call.reader.read<Licensed>(call.self)?.props.licenses ?? []
  const found = held.find(license => license.licenseKey === args.licenseKey)
  if (found === undefined) throw notEmulated('licenseKey other than those in LicenseManager.licenses')
  return found
}

/** LicenseManager: reading; the product runs in evaluation mode. */
export const licenseManager = defineManagedObject('LicenseManager', {
  methods: { DecodeLicense: query(decode, 'only keys that the node holds') },
})
