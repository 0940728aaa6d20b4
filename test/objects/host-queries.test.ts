import { describe, expect, it } from 'vitest'
import type { HostNetworkSystemProps, HostStorageSystemProps, HostSystemProps } from '../../emulator/schema/generated/types.js'
import { setClockOffset } from '../../emulator/physics/appliance/facts.js'
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

  it('HostNotConnected › when a user disconnected the host', () => {
    const lab = new GateLab()
    const host = lab.named(VC, 'HostSystem', 'esx-01')
    const mirror = lab.props<HostSystemProps>(VC, host).configManager.networkSystem!
    expect(lab.call(VC, mirror, 'QueryNetworkHint')).not.toHaveLength(0)
    lab.done(VC, host, 'DisconnectHost_Task')
    expect(() => lab.call(VC, mirror, 'QueryNetworkHint')).toThrow(expect.objectContaining({ type: 'HostNotConnected' }))
  })
})

describe('HostDateTimeSystem.QueryDateTime', () => {
  it('is the clock of the host, with its drift', () => {
    const lab = new GateLab()
    const system = { type: 'HostDateTimeSystem', value: 'dateTimeSystem' }
    const now = lab.lab.world.now()
    expect(Date.parse(lab.call('esx-01', system, 'QueryDateTime') as string)).toBe(now)
    lab.lab.world.transact({ kind: 'lab', what: 'test' }, tx => setClockOffset(tx, 'esx-01', -15 * 60_000))
    expect(Date.parse(lab.call('esx-01', system, 'QueryDateTime') as string)).toBe(now - 15 * 60_000)
  })
})

describe('HostStorageSystem.storageDeviceInfo', () => {
  it('names each disk by its identifiers, as SCSI page 83h has them', () => {
    const lab = new GateLab()
    const { storageDeviceInfo } = lab.props<HostStorageSystemProps>('esx-01', { type: 'HostStorageSystem', value: 'storageSystem' })
    const luns = storageDeviceInfo!.scsiLun!
    expect(luns).not.toHaveLength(0)
    for (const lun of luns) {
      const [name] = lun.alternateName!
      // Code set binary, type NAA, length of what follows (SPC-4, 7.8.6.1).
      expect(name!.data!.slice(0, 4)).toEqual([1, 3, 0, name!.data!.length - 4])
      const hex = name!.data!.slice(4).map(byte => (byte & 255).toString(16).padStart(2, '0')).join('')
      expect(lun.canonicalName).toBe(`naa.${hex}`)
    }
  })
})
