import type { Reader } from '../../../world/records.js'
import { LAB } from '../../hardware/chassis.js'
import type { DasOptions } from '../das-options.js'

/** The router of the vSAN network: an isolation address there, as is recommended with vSAN (6.3). */
export const VSAN_GATEWAY = 'vsan-gateway'

/** Parties behind the isolation addresses; one that is nobody's in the lab never answers. */
export function isolationAddresses(reader: Reader, options: DasOptions): string[] {
  const parties = options.isolationAddresses.map(address => partyOf(reader, address))
  return [...options.useDefaultIsolationAddress ? ['gateway'] : [], ...parties].filter(party => party !== undefined)
}

function partyOf(reader: Reader, address: string): string | undefined {
  if (address === 'gateway' || address === VSAN_GATEWAY) return address
  return reader.ofType(LAB, 'Node').find(slot => {
    const { hostName, address: ip } = reader.read<{ hostName?: string, address?: string }>(slot)!.props
    return [slot.address.id, hostName, ip].includes(address)
  })?.address.id
}
