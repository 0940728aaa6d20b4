import { describe, expect, it } from 'vitest'
import type { MoRef } from '../../../emulator/schema/model.js'
import { GateLab } from '../../support/gate-lab.js'

const HOST = 'esx-01'
const root: MoRef = { type: 'Folder', value: 'ha-folder-root' }

/** A stand-alone host with a user that has exactly some privileges everywhere. */
function bench(privileges: readonly string[]): { lab: GateLab, vm: MoRef } {
  const lab = new GateLab({ lab: 'standalone' })
  const accounts = { type: 'HostLocalAccountManager', value: 'ha-localacctmgr' }
  const authorization = { type: 'AuthorizationManager', value: 'ha-authmgr' }
  lab.call(HOST, accounts, 'CreateUser', { user: { id: 'bob', password: lab.lab.loginFor(lab.lab.nodes[0]!).password } })
  const roleId = lab.call(HOST, authorization, 'AddAuthorizationRole', { name: 'some', privIds: privileges })
  lab.call(HOST, authorization, 'SetEntityPermissions', {
    entity: root, permission: [{ principal: 'bob', group: false, roleId, propagate: true }],
  })
  return { lab, vm: lab.named(HOST, 'VirtualMachine', 'db-01') }
}

function denied(run: () => unknown): string | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    const { type, fields } = error as { type: string, fields: { privilegeId?: string } }
    return type === 'NoPermission' ? fields.privilegeId : type
  }
}

const view = ['System.Anonymous', 'System.View', 'System.Read']

describe('ReconfigVM_Task › privileges by field (network-security.md 11.5)', () => {
  const rows: ReadonlyArray<readonly [string, object, string]> = [
    ['numCPUs', { numCPUs: 1 }, 'VirtualMachine.Config.CPUCount'],
    ['memoryMB', { memoryMB: 512 }, 'VirtualMachine.Config.Memory'],
    ['name', { name: 'x' }, 'VirtualMachine.Config.Rename'],
    ['annotation', { annotation: 'x' }, 'VirtualMachine.Config.Annotation'],
    ['extraConfig', { extraConfig: [] }, 'VirtualMachine.Config.AdvancedConfig'],
    ['cpuAllocation', { cpuAllocation: {} }, 'VirtualMachine.Config.Resource'],
    ['guestId', { guestId: 'otherGuest' }, 'VirtualMachine.Config.Settings'],
    ['a new disk', { deviceChange: [{ operation: 'add', fileOperation: 'create', device: { _typeName: 'VirtualDisk', key: -1 } }] }, 'VirtualMachine.Config.AddNewDisk'],
    ['a known disk', { deviceChange: [{ operation: 'add', device: { _typeName: 'VirtualDisk', key: -1 } }] }, 'VirtualMachine.Config.AddExistingDisk'],
    ['a disk that goes', { deviceChange: [{ operation: 'remove', device: { _typeName: 'VirtualDisk', key: 2000 } }] }, 'VirtualMachine.Config.RemoveDisk'],
    ['another device', { deviceChange: [{ operation: 'add', device: { _typeName: 'VirtualFloppy', key: -1 } }] }, 'VirtualMachine.Config.AddRemoveDevice'],
  ]
  for (const [name, spec, privilege] of rows) {
    it(name, () => {
      const { lab, vm } = bench(view)
      expect(denied(() => lab.call(HOST, vm, 'ReconfigVM_Task', { spec }, 'bob'))).toBe(privilege)
    })
  }

  it('let through what they cover, and nothing else', () => {
    const { lab, vm } = bench([...view, 'VirtualMachine.Config.Annotation'])
    expect(lab.task(HOST, vm, 'ReconfigVM_Task', { spec: { annotation: 'x' } }, 'bob').state).toBe('success')
    expect(denied(() => lab.call(HOST, vm, 'ReconfigVM_Task', { spec: { annotation: 'x', memoryMB: 512 } }, 'bob')))
      .toBe('VirtualMachine.Config.Memory')
  })
})

describe('Rename_Task and Destroy_Task › privileges by type', () => {
  it('are those of the VM', () => {
    const { lab, vm } = bench(view)
    expect(denied(() => lab.call(HOST, vm, 'Rename_Task', { newName: 'x' }, 'bob'))).toBe('VirtualMachine.Config.Rename')
    expect(denied(() => lab.call(HOST, vm, 'Destroy_Task', {}, 'bob'))).toBe('VirtualMachine.Inventory.Delete')
    expect(denied(() => lab.call(HOST, vm, 'PowerOnVM_Task', {}, 'bob'))).toBe('VirtualMachine.Interact.PowerOn')
  })
})
