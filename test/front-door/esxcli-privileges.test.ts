import { describe, expect, it } from 'vitest'
import { namespaces } from '../../emulator/objects/esxcli/catalogue.js'
import type { Ref } from '../../clients/sdk/soap-xml.js'
import { withDoors } from './door.js'
import { Esxcli } from './esxcli.js'
import { frontLab } from './front-lab.js'

const HOST = 'esx-01'

describe('who may run commands, and no more', () => {
  it('each command that changes something: NoPermission inside the result, and nothing is done', withDoors(async doors => {
    const root = await doors.open(HOST)
    const roles: Ref = { type: 'AuthorizationManager', value: 'ha-authmgr' }
    const roleId = await root.call(roles, 'AddAuthorizationRole', { name: 'CIM', privIds: ['Host.Cim.CimInteraction'] })
    await root.call(roles, 'SetEntityPermissions', {
      entity: { type: 'Folder', value: 'ha-folder-root' }, permission: [{ principal: 'viewer', group: false, roleId, propagate: true }],
    })
    const esxcli = await Esxcli.open(await doors.open(HOST, 'viewer'))
    expect((await esxcli.object('network firewall get'))['Enabled']).toBe('true')
    const device = (await esxcli.rows('storage core device list'))[0]!['Device'] as string
    const path = (await esxcli.rows('storage core path list'))[0]!['RuntimeName'] as string
    const world = (await esxcli.rows('vm process list'))[0]!['WorldID'] as string
    const account = { id: 'x', password: 'VMware1!', passwordconfirmation: 'VMware1!' }
    const rule = { rulesetid: 'sshServer', ipaddress: '10.0.0.1' }
    const allowed = { rulesetid: 'sshServer', allowedall: 'false' }
    await (await Esxcli.open(root)).answer('network firewall ruleset set', allowed)
    await (await Esxcli.open(root)).answer('network firewall ruleset allowedip add', { ...rule, ipaddress: '10.0.0.2' })
    const tried: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      'network firewall load': {}, 'network firewall refresh': {}, 'network firewall set': { enabled: 'false' }, 'network firewall unload': {},
      'network firewall ruleset set': { rulesetid: 'sshServer', enabled: 'false' },
      'network firewall ruleset allowedip add': rule, 'network firewall ruleset allowedip remove': { ...rule, ipaddress: '10.0.0.2' },
      'network nic down': { nicname: 'vmnic0' }, 'network nic up': { nicname: 'vmnic0' }, 'network nic ring current set': { nicname: 'vmnic0', rx: '64' },
      'storage core adapter rescan': { all: 'true' }, 'storage core path set': { path, state: 'off' }, 'storage filesystem rescan': {},
      'storage nmp device set': { device, psp: 'VMW_PSP_RR' },
      'system account add': account, 'system account remove': { id: 'viewer' }, 'system account set': { id: 'root', password: 'VMware1!!', passwordconfirmation: 'VMware1!!' },
      'system hostname set': { host: 'x' }, 'system maintenanceMode set': { enable: 'true' },
      'system permission set': { id: 'viewer', role: 'Admin' }, 'system permission unset': { id: 'viewer' },
      'system settings advanced set': { option: '/Net/UsePolling', intvalue: '1' },
      'system settings kernel set': { setting: 'execInstalledOnly', value: 'true' },
      'system shutdown poweroff': { reason: 'x' }, 'system shutdown reboot': { reason: 'x' },
      'system syslog mark': { message: 'x' }, 'system syslog reload': {}, 'system syslog config set': { defaultrotate: '5' },
      'system syslog config logger set': { id: 'hostd', rotate: '5' }, 'vm process kill': { type: 'soft', worldid: world },
    }
    const changing = namespaces.flatMap(({ name, commands }) => Object.entries(commands)
      .filter(([, { changes }]) => changes).map(([command]) => `${name}.${command}`.replaceAll('.', ' ')))
    expect(Object.keys(tried).sort()).toEqual(changing.sort())
    for (const [command, args] of Object.entries(tried)) expect([command, (await esxcli.fault(command, args)).type]).toEqual([command, 'NoPermission'])
    expect((await esxcli.object('network firewall get'))['Enabled']).toBe('true')
  }, { lab: frontLab }))
})
