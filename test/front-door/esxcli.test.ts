import { describe, expect, it } from 'vitest'
import { EsxcliClient } from '../../emulator/dispatch/esxcli-client.js'
import { openSession } from '../../emulator/dispatch/session-calls.js'
import { namespaces } from '../../emulator/objects/esxcli/catalogue.js'
import { wireName, wireParam } from '../../emulator/objects/esxcli/define.js'
import type { Command } from '../../emulator/objects/esxcli/model.js'
import type { Ref } from '../../clients/sdk/soap-xml.js'
import { withDoors, type Door, type Doors, type Fields } from './door.js'
import { Esxcli, textsOf } from './esxcli.js'
import { frontLab } from './front-lab.js'

const HOST = 'esx-01'
const options: Ref = { type: 'OptionManager', value: 'ha-adv-options' }

/** All lines of a log of a host, as texts. */
function lines(doors: Doors, file: string): string[] {
  const name = `logs/${HOST}/${file}`
  if (!doors.lab.world.hasLog(name)) return []
  return [...doors.lab.world.log(name).since(0)].map(({ value }) => (value as { text: string }).text)
}

const all = namespaces.flatMap(namespace =>
  Object.entries(namespace.commands).map(([name, command]) => ({ path: `${namespace.name}.${name}`, command })))

/** Commands that show something and need nothing to be told. */
const plain = all.filter(({ command }) => !command.changes && Object.values(command.params).every(param => !param.required))

describe('the objects behind esxcli', () => {
  it('are named by the HostSystem of a host and of its vCenter', withDoors(async doors => {
    const own = await Esxcli.open(await doors.open(HOST))
    expect([own.executer, own.types]).toEqual([
      { type: 'ReflectManagedMethodExecuter', value: 'ha-managed-method-executer' },
      { type: 'InternalDynamicTypeManager', value: 'ha-dynamic-type-manager' },
    ])
    const door = await doors.open('vc-01')
    const host = await door.named('HostSystem', HOST)
    const number = host.value.replace('host-', '')
    const proxy = await Esxcli.open(door, HOST)
    expect([proxy.executer.value, proxy.types.value]).toEqual([`ManagedMethodExecuter-${number}`, `DynamicTypeManager-${number}`])
  }))

  it('list the namespaces as instances and types', withDoors(async doors => {
    const door = await doors.open('vc-01')
    const esxcli = await Esxcli.open(door, HOST)
    const found = await esxcli.instances()
    expect(found).toContainEqual({ id: 'ha-cli-handler-network-firewall', moType: 'vim.EsxCLI.network.firewall' })
    expect(found).toHaveLength(namespaces.length + 1)
    const types = await door.call(esxcli.types, 'DynamicTypeMgrQueryTypeInfo', {
      filterSpec: { _typeName: 'DynamicTypeMgrTypeFilterSpec', typeSubstr: 'network.firewall.ruleset.allowedip' },
    }) as { managedTypeInfo: { method: Fields[] }, dataTypeInfo: Fields }
    expect(types.managedTypeInfo.method.map(method => method['name'])).toEqual(['add', 'list', 'remove'])
    expect(types.managedTypeInfo.method[0]).toMatchObject({
      wsdlName: 'VimEsxCLInetworkfirewallrulesetallowedipadd', fault: 'vim.EsxCLI.CLIFault', returnTypeInfo: { name: 'result', type: 'boolean' },
    })
    expect(types.dataTypeInfo).toMatchObject({
      name: 'vim.EsxCLI.network.firewall.ruleset.allowedip.list.FirewallRulesetAllowedip',
      property: [{ name: 'AllowedIPAddresses', type: 'string[]', annotation: { name: 'optional' } }, { name: 'Ruleset', type: 'string' }],
    })
    const one = await door.soap.callAll(esxcli.types, 'DynamicTypeMgrQueryMoInstances', {
      filterSpec: { _typeName: 'DynamicTypeMgrMoFilterSpec', id: 'ha-cli-handler-vm-process' },
    }) as Fields[]
    expect(one.map(each => each['moType'])).toEqual(['vim.EsxCLI.vm.process'])
  }))

  it('tell what a command takes and how its answer is shown', withDoors(async doors => {
    const esxcli = await Esxcli.open(await doors.open(HOST))
    const info = (await esxcli.info('system.settings.advanced'))!
    expect([info.type, ...textsOf(info, 'name'), ...textsOf(info, 'displayName')]).toEqual(['VimCLIInfoInfo', 'system.settings.advanced', 'advanced'])
    const set = info.children.filter(child => child.name === 'method').find(child => textsOf(child, 'name')[0] === 'set')!
    expect(set.children.filter(child => child.name === 'param')
      .map(param => [textsOf(param, 'name')[0], textsOf(param, 'displayName')[0], textsOf(param, 'aliases'), textsOf(param, 'flag')[0]])).toEqual([
      ['default', 'default', ['-d', '--default'], 'true'], ['intvalue', 'int-value', ['-i', '--int-value'], 'false'],
      ['option', 'option', ['-o', '--option'], 'false'], ['stringvalue', 'string-value', ['-s', '--string-value'], 'false'],
    ])
    expect(set.children.filter(child => child.name === 'hints').map(hint => hint.children.map(child => child.text))).toEqual([['formatter', '']])
    const vms = (await esxcli.info('vm.process'))!.children.filter(child => child.name === 'method').at(-1)!
    expect(vms.children.filter(child => child.name === 'hints').map(hint => hint.children.map(child => child.text))).toEqual([
      ['fields:VirtualMachine', 'World ID,Process ID,VMX Cartel ID,UUID,Display Name,Config File'],
      ['formatter', 'simple'], ['header:VirtualMachine', '%Display Name%'],
    ])
    expect([await esxcli.info('software'), await esxcli.info('enoent'), await esxcli.info('')]).toEqual([undefined, undefined, undefined])
  }))
})

describe('the catalogue', () => {
  it('names no option, field or alias twice in a command, and describes all', () => {
    for (const { path, command } of all) {
      const params = Object.entries(command.params)
      const unique = (names: readonly (string | undefined)[]): void => {
        const given = names.filter(name => name !== undefined)
        expect(new Set(given).size, path).toBe(given.length)
      }
      unique(params.map(([option]) => wireParam(option)))
      unique(params.map(([, { short }]) => short))
      for (const text of [command.help, ...params.map(([, { help }]) => help)]) expect(text, path).toMatch(/^\S.*[.…\]\w]$/)
      if (command.result.kind !== 'scalar') {
        unique(Object.keys(command.result.fields).map(wireName))
        for (const title of Object.keys(command.result.since)) expect(command.result.fields, path).toHaveProperty([title])
      }
    }
    expect(new Set(namespaces.map(({ name }) => name)).size).toBe(namespaces.length)
  })

  for (const product of ['6.7', '7.0.3', '8.0.3', '9.0'] as const) {
    it(`every command that only shows answers on a host of ${product}`, withDoors(async doors => {
      for (const [node, host] of [[HOST, undefined], ['vc-01', HOST]] as const) {
        const esxcli = await Esxcli.open(await doors.open(node), host)
        for (const { path, command } of plain) {
          const result = await esxcli.raw(path.replaceAll('.', ' '))
          if (path === 'vsan.cluster.get') expect(result, path).toHaveProperty('fault')
          else expectShape(command, (await esxcli.answer(path.replaceAll('.', ' '))).children, path)
        }
      }
    }, { lab: { ...frontLab, product } }))
  }
})

/** Every element is a column of the command, and a column that is a number or a truth holds one. */
function expectShape({ result }: Command, children: readonly { name: string, text: string, children: readonly { name: string, text: string }[] }[], path: string): void {
  if (result.kind === 'scalar') return
  const types = new Map(Object.entries(result.fields).map(([title, type]) => [wireName(title), type]))
  for (const { name, text } of result.kind === 'rows' ? children.flatMap(row => row.children) : children) {
    const type = types.get(name)
    expect(type, `${path} ${name}`).toBeDefined()
    if (type === 'long') expect(text, `${path} ${name}`).toMatch(/^-?\d+$/)
    if (type === 'boolean') expect(text, `${path} ${name}`).toMatch(/^(true|false)$/)
    expect(text, `${path} ${name}`).not.toMatch(/undefined|NaN|\[object/)
  }
}

describe('what ExecuteSoap refuses', () => {
  const base = { moid: 'ha-cli-handler-network-firewall-ruleset', version: 'urn:vim25/5.0', method: 'vim.EsxCLI.network.firewall.ruleset.set' }
  const argument = (name: string, val: string): object => ({ name, val })
  const given = [argument('rulesetid', '<rulesetid>sshServer</rulesetid>'), argument('enabled', '<enabled>true</enabled>')]

  it('a request of the wrong form: InvalidArgument, naming what', withDoors(async doors => {
    const door = await doors.open(HOST)
    const { executer } = await Esxcli.open(door)
    const refused = async (args: object): Promise<[string | undefined, unknown]> => {
      const fault = await door.fault(executer, 'ExecuteSoap', { ...base, argument: given, ...args })
      return [fault?.type, (fault?.detail as Fields | undefined)?.['invalidProperty']]
    }
    expect(await refused({ version: 'bogus' })).toEqual(['InvalidArgument', 'version'])
    for (const bad of [
      [], [given[1]!], [given[0]!, argument('enabled', '<enabled>maybe</enabled>')], [...given, argument('more', '<more>1</more>')],
      [given[0]!, argument('enabled', 'true<')], [argument('rulesetid', '<rulesetid>a</rulesetid><rulesetid>b</rulesetid>')],
      [argument('rulesetid', '<!DOCTYPE x [<!ENTITY e "x">]><rulesetid>&e;</rulesetid>')], [argument('rulesetid', '</val><val>')],
    ]) expect(await refused({ argument: bad }), JSON.stringify(bad)).toEqual(['InvalidArgument', 'argument'])
    expect(doors.lab.defects).toEqual([])
  }))

  it('an unknown object or command: NotFound inside the result', withDoors(async doors => {
    const door = await doors.open(HOST)
    const { executer } = await Esxcli.open(door)
    for (const args of [
      { method: 'vim.EsxCLI.network.firewall.ruleset.bogus' }, { method: 'vim.EsxCLI.bogus.get', moid: 'ha-cli-handler-bogus' },
      { moid: 'ha-cli-handler-network-firewall' }, { moid: 'ha-host', method: 'vim.HostSystem.reboot' }, { method: 'VimEsxCLInetworkfirewallget' },
      { moid: 'ha-dynamic-type-manager-local-cli-cliinfo', method: 'vim.CLIInfo.Bogus' }, { method: 'vim.EsxCLI.network.firewall.ruleset.constructor' },
    ]) {
      const { fault } = await door.call(executer, 'ExecuteSoap', { ...base, argument: given, ...args }) as { fault: Fields }
      expect(fault['faultMsg'], JSON.stringify(args)).toBe('The object or item referred to could not be found.')
      expect(fault['faultDetail']).toContain('<fault xsi:type="NotFound">')
    }
  }))

  it('a word or number that the command does not take: its own fault', withDoors(async doors => {
    const esxcli = await Esxcli.open(await doors.open(HOST))
    for (const [command, args, name] of [
      ['network ip connection list', { type: 'enoent' }, 'type'], ['vm process kill', { type: 'gentle', worldid: '1' }, 'type'],
      ['system shutdown reboot', { reason: 'x', delay: '9' }, 'delay'], ['storage core path set', { path: 'x', state: 'on' }, 'state'],
    ] as const) {
      expect(await esxcli.fault(command, args)).toEqual({
        type: 'VimEsxCLICLIFault', faultMsg: 'EsxCLI.CLIFault.summary', errMsg: [`Invalid data constraint for parameter '${name}'.`],
      })
    }
  }))

  it('somebody who may only read: NoPermission, on the host and on vCenter', withDoors(async doors => {
    const refused = async (door: Door, host?: string): Promise<unknown> => {
      const { executer } = await Esxcli.open(door, host)
      const fault = await door.fault(executer, 'ExecuteSoap', { ...base, argument: given })
      return [fault?.type, (fault?.detail as Fields | undefined)?.['privilegeId']]
    }
    expect(await refused(await doors.open(HOST, 'viewer'))).toEqual(['NoPermission', 'Host.Cim.CimInteraction'])
    expect(await refused(await doors.open('vc-01', 'reader'), HOST)).toEqual(['NoPermission', 'Host.Cim.CimInteraction'])
  }, { lab: frontLab }))

  it('everything from outside where the host\'s option says so, but not its own shell', withDoors(async doors => {
    const door = await doors.open(HOST)
    const esxcli = await Esxcli.open(door)
    await door.call(options, 'UpdateOptions', {
      changedValue: [{ _typeName: 'OptionValue', key: 'Config.HostAgent.plugins.solo.disableRemoteEsxcli', value: { _typeName: 'boolean', _value: true } }],
    })
    const call = { ...base, argument: given }
    expect(await door.faultOf(esxcli.executer, 'ExecuteSoap', call)).toBe('NotSupported')
    const vcenter = await doors.open('vc-01')
    expect(await vcenter.faultOf((await Esxcli.open(vcenter, HOST)).executer, 'ExecuteSoap', call)).toBe('NotSupported')
    const { gate } = doors.lab.lab
    const node = doors.lab.node(HOST)
    const origin = { opId: 'shell-1', client: { address: '127.0.0.1', userAgent: 'esxcli' } }
    const opened = openSession(gate, node, origin, 'root', 'VMware1!')
    if ('fault' in opened) throw new Error(opened.fault)
    const local = new EsxcliClient(gate, node, opened.cookie, origin)
    expect(await local.run('network.firewall', 'get', new Map())).toEqual({
      kind: 'object', row: { type: 'Firewall', fields: new Map([['DefaultAction', ['DROP']], ['Enabled', ['true']], ['Loaded', ['true']]]) },
    })
    expect(local.namespaces()).toEqual(namespaces.map(({ name }) => name))
    expect(local.describe('software')).toBeUndefined()
    expect(local.describe('vm.process')!.commands.find(({ name }) => name === 'kill')!.params).toMatchObject([
      { name: 'type', option: 'type', aliases: ['-t', '--type'], required: true, type: 'string' },
      { name: 'worldid', option: 'world-id', aliases: ['-w', '--world-id'], required: true, type: 'long' },
    ])
    expect(await local.run('system.maintenanceMode', 'get', new Map())).toEqual({ kind: 'value', type: 'string', text: 'Disabled' })
    expect(await local.run('vm.process', 'kill', new Map([['type', ['soft']], ['worldid', ['1']]])))
      .toEqual({ kind: 'fault', type: 'VimEsxCLICLIFault', lines: ['Unable to find a virtual machine with the world ID 1.'] })
    expect(await local.run('bogus', 'get', new Map())).toMatchObject({ kind: 'fault', type: 'NotFound' })
  }))

  it('a host that vCenter does not reach', withDoors(async doors => {
    const door = await doors.open('vc-01')
    const esxcli = await Esxcli.open(door, HOST)
    const host = await door.named('HostSystem', HOST)
    const heal = doors.inject('host-crash', `host/${HOST}`)
    doors.advance(300)
    expect(await door.faultOf(esxcli.executer, 'ExecuteSoap', { ...base, argument: given })).toBe('HostNotReachable')
    expect(await door.faultOf(esxcli.types, 'DynamicTypeMgrQueryMoInstances')).toBe('HostNotReachable')
    heal()
    doors.advance(600)
    await door.done(host, 'DisconnectHost_Task')
    expect(await door.faultOf(esxcli.executer, 'ExecuteSoap', { ...base, argument: given })).toBe('HostNotConnected')
  }, { lab: frontLab }))
})

describe('the logs of the host', () => {
  it('hold each command that changes something, refused ones too, without secrets', withDoors(async doors => {
    const esxcli = await Esxcli.open(await doors.open(HOST))
    await esxcli.object('network firewall get')
    expect(lines(doors, 'esxcli')).toEqual([])
    await esxcli.value('system account add', { id: 'bob', password: 'S3cret!word', passwordconfirmation: 'S3cret!word' })
    await esxcli.fault('network firewall ruleset set', { rulesetid: 'no\npe', enabled: 'true' })
    expect(lines(doors, 'esxcli').slice(1)).toEqual([
      '[root]: esxcli system account add --id=bob --password=****** --password-confirmation=******',
      expect.stringMatching(/^\[root\]: esxcli network firewall ruleset set --enabled=true --ruleset-id=no.pe: Unable to find ruleset no.pe$/),
    ])
    expect(lines(doors, 'hostd')).toContain('esxcli system account add --id=bob --password=****** --password-confirmation=******')
    for (const file of ['hostd', 'esxcli', 'vpxa']) expect(lines(doors, file).join()).not.toContain('S3cret')
    const proxy = await Esxcli.open(await doors.open('vc-01'), HOST)
    await proxy.value('network firewall refresh')
    expect(lines(doors, 'esxcli').at(-1)).toBe('[vpxuser:VSPHERE.LOCAL\\Administrator]: esxcli network firewall refresh')
  }))

  it('are hostd\'s alone on a host before 8.0', withDoors(async doors => {
    const esxcli = await Esxcli.open(await doors.open(HOST))
    await esxcli.value('network firewall refresh')
    expect(lines(doors, 'esxcli')).toEqual([])
    expect(lines(doors, 'hostd')).toContain('esxcli network firewall refresh')
    expect(await esxcli.row('network firewall ruleset list', 'Name', 'sshServer')).toEqual({ Name: 'sshServer', Enabled: 'true' })
  }, { lab: { ...frontLab, product: '7.0.3' } }))
})
