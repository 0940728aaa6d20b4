import { describe, expect, it } from 'vitest'
import type { HostNetworkSystemProps, HostSystemProps } from '../../emulator/schema/generated/types.js'
import { GateLab } from '../support/gate-lab.js'

const VC = 'vc-01'

describe('HostSystem.QueryTpmAttestationReport', () => {
  it('vCenter › has no report › though it says that the TPM was attested', () => {
    const lab = new GateLab()
    const host = lab.named(VC, 'HostSystem', 'esx-01')
    expect(lab.call(VC, host, 'QueryTpmAttestationReport')).toBeUndefined()
    const { capability, summary } = lab.props<HostSystemProps>(VC, host)
    expect(capability?.tpmSupported).toBe(true)
    expect(summary.tpmAttestation).toMatchObject({ status: 'accepted' })
  })

  it('host › NotSupported', () => {
    const lab = new GateLab()
    expect(() => lab.call('esx-01', { type: 'HostSystem', value: 'ha-host' }, 'QueryTpmAttestationReport'))
      .toThrow(expect.objectContaining({ type: 'NotSupported' }))
  })
})

describe('HostNetworkSystem.QueryNetworkHint', () => {
  const system = { type: 'HostNetworkSystem', value: 'networkSystem' }

  it('all NICs › each with the subnets of the VMkernel interfaces', () => {
    const lab = new GateLab()
    const { networkInfo } = lab.props<HostNetworkSystemProps>('esx-01', system)
    const hints = lab.call('esx-01', system, 'QueryNetworkHint') as Array<{ device: string, subnet?: Array<{ ipSubnet: string }> }>
    expect(hints.map(hint => hint.device)).toEqual(networkInfo!.pnic!.map(nic => nic.device))
    expect(hints[0]!.subnet![0]!.ipSubnet).toMatch(/^[\d.]+-[\d.]+$/)
  })

  it('named NIC › alone; an unknown one is InvalidArgument', () => {
    const lab = new GateLab()
    expect(lab.call('esx-01', system, 'QueryNetworkHint', { device: ['vmnic0'] })).toHaveLength(1)
    expect(() => lab.call('esx-01', system, 'QueryNetworkHint', { device: ['vmnic99'] }))
      .toThrow(expect.objectContaining({ type: 'InvalidArgument' }))
  })
})
