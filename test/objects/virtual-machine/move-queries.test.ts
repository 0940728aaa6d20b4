import { describe, expect, it } from 'vitest'
import type { CheckResult, HostVMotionCompatibility, VirtualMachineProps } from '../../../emulator/schema/generated/types.js'
import type { MoRef } from '../../../emulator/schema/model.js'
import { createTestLab } from '../../support/test-lab.js'
import { GateLab, faultOf } from '../../support/gate-lab.js'
import { HostLab, VC } from '../host-system/host-lab.js'

const PROV: MoRef = { type: 'VirtualMachineProvisioningChecker', value: 'ProvChecker' }
const COMPAT: MoRef = { type: 'VirtualMachineCompatibilityChecker', value: 'CompatChecker' }
const INSTANCE: MoRef = { type: 'ServiceInstance', value: 'ServiceInstance' }
const VM = 'esx-02-vm-01'

function results(lab: HostLab, self: MoRef, method: string, args: object): CheckResult[] {
  return (lab.done(VC, self, method, args) as { _value: CheckResult[] })._value
}

function errors(result: CheckResult | undefined): string[] {
  return (result?.error ?? []).map(error => (error.fault as { _typeName?: string })._typeName ?? '')
}

describe('checkers of moves', () => {
  it('find nothing to say of a host that suits', () => {
    const lab = new HostLab()
    const vm = lab.vmRef(VM)
    const host = lab.host('esx-03')
    expect(results(lab, PROV, 'CheckMigrate_Task', { vm, host })).toEqual([{ vm, host }])
    expect(results(lab, COMPAT, 'CheckCompatibility_Task', { vm, host })).toEqual([{ vm, host }])
    const datastore = lab.named(VC, 'Datastore', 'nfs-01')
    expect(results(lab, PROV, 'CheckRelocate_Task', { vm, spec: { datastore } })).toHaveLength(1)
  })

  it('name what forbids the move, for each host, and only the tests that are asked', () => {
    const lab = new HostLab()
    const vm = lab.vmRef(VM)
    lab.done(VC, lab.host('esx-03'), 'EnterMaintenanceMode_Task', { timeout: 0 })
    lab.inject('host-crash', 'esx-04')
    lab.advance(75)
    const found = results(lab, PROV, 'QueryVMotionCompatibilityEx_Task', {
      vm: [vm], host: ['esx-03', 'esx-04', 'esx-01'].map(name => lab.host(name)),
    })
    expect(found.map(errors)).toEqual([['InvalidHostState'], ['HostNotReachable'], []])
    const host = lab.host('esx-03')
    expect(results(lab, PROV, 'CheckMigrate_Task', { vm, host, testType: ['networkTests'] }).map(errors)).toEqual([[]])
    expect(faultOf(() => lab.call(VC, PROV, 'CheckMigrate_Task', { vm, host, state: 'suspended' }))).toBe('InvalidPowerState')
  })

  it('look at each host of a pool when none is named', () => {
    const lab = new HostLab()
    const found = results(lab, PROV, 'CheckMigrate_Task', { vm: lab.vmRef(VM), pool: lab.named(VC, 'ResourcePool', 'Gold') })
    expect(found).toHaveLength(4)
  })

  it('InvalidArgument › a host and a pool of different compute resources', () => {
    const lab = new GateLab({ lab: {
      lab: 'apart',
      vcenters: [{ name: VC, datacenters: [{ name: 'DC', standaloneHosts: ['esx-01', 'esx-02'] }] }],
      hosts: [{ name: 'esx-01' }, { name: 'esx-02' }],
      datastores: [{ name: 'ds', capacity: '1TiB' }],
      vms: [{ name: 'vm', host: 'esx-01' }],
    } })
    const vm = lab.named(VC, 'VirtualMachine', 'vm')
    const pool = lab.props<VirtualMachineProps>(VC, vm).resourcePool!
    const [own, other] = ['esx-01', 'esx-02'].map(name => lab.named(VC, 'HostSystem', name))
    expect(() => lab.call(VC, COMPAT, 'CheckCompatibility_Task', { vm, host: other, pool }))
      .toThrow(expect.objectContaining({ type: 'InvalidArgument', fields: { invalidProperty: 'pool' } }))
    expect((lab.done(VC, COMPAT, 'CheckCompatibility_Task', { vm, host: own, pool }) as { _value: unknown[] })._value).toHaveLength(1)
  })

  it('come over the wire', async () => {
    const lab = createTestLab({ lab: 'cluster' })
    const client = await lab.client(VC)
    const refs = lab.world.ofType(VC, 'VirtualMachine')
    const vm = { type: 'VirtualMachine', value: refs[1]!.address.id }
    const host = { type: 'HostSystem', value: lab.world.ofType(VC, 'HostSystem')[2]!.address.id }
    const task = await client.call(PROV, 'CheckMigrate_Task', { vm, host }) as MoRef
    lab.world.runDue()
    expect(lab.world.get<{ info: { state: string } }>(VC, task.value)!.props.info.state).toBe('success')
    await lab.close()
  })
})

describe('older questions about moves', () => {
  it('are answered from the same checks', () => {
    const lab = new HostLab()
    const vm = lab.vmRef(VM)
    lab.done(VC, lab.host('esx-03'), 'EnterMaintenanceMode_Task', { timeout: 0 })
    const host = [lab.host('esx-03'), lab.host('esx-01')]
    const answer = lab.call(VC, INSTANCE, 'QueryVMotionCompatibility', { vm, host }) as HostVMotionCompatibility[]
    expect(answer).toEqual([{ host: host[0] }, { host: host[1], compatibility: ['cpu', 'software'] }])
    const events = lab.call(VC, INSTANCE, 'ValidateMigration', { vm: [vm], host: host[0] }) as { _typeName: string }[]
    expect(events.map(event => event._typeName)).toEqual(['MigrationHostErrorEvent'])
    expect(lab.call(VC, INSTANCE, 'ValidateMigration', { vm: [vm], host: host[1] })).toEqual([])
  })
})
