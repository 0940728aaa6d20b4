import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { namespaces } from '../../emulator/objects/esxcli/catalogue.js'
import { wireParam } from '../../emulator/objects/esxcli/define.js'
import { element } from '../../emulator/objects/esxcli/nested-xml.js'
import { withDoors, type Fields } from './door.js'
import { Esxcli } from './esxcli.js'
import { frontLab } from './front-lab.js'

/** Those that wait for lab time, or take the host or the caller's rights away from the test. */
const apart = new Set(['system.maintenanceMode.set', 'system.shutdown.reboot', 'system.shutdown.poweroff', 'system.permission.set', 'system.permission.unset'])

const commands = namespaces.flatMap(({ name, commands: own }) => Object.entries(own)
  .filter(([command]) => !apart.has(`${name}.${command}`))
  .map(([command, { params }]) => ({ path: `${name}.${command}`, moid: `ha-cli-handler-${name.replaceAll('.', '-')}`, params })))

const word = fc.oneof(
  fc.constantFrom('', '0', '1', '-1', '99999999999999', 'true', 'false', 'vmnic0', 'vmk0', 'vSwitch0', 'vSphereClient', '/Net/UsePolling',
    '10.0.0.0/8', '::1', 'naa.0', 'root', 'constructor', '__proto__', '../../etc', 'VMW_PSP_RR', 'udp://h:514', '\u00e9\u{1F600}', 'a\r\nb', 'x'.repeat(5000)),
  fc.string({ maxLength: 40 }))

describe('esxcli and what nobody would send', () => {
  it('ends in a result or in a fault that says what is wrong, and the host goes on', withDoors(async doors => {
    const door = await doors.open('esx-01')
    const esxcli = await Esxcli.open(door)
    await fc.assert(fc.asyncProperty(
      fc.constantFrom(...commands), fc.array(word, { minLength: 1, maxLength: 8 }), fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
      fc.boolean(),
      async ({ path, moid, params }, words, given, raw) => {
        const argument = Object.keys(params).map(wireParam).flatMap((name, i) => {
          const text = words[i % words.length]!
          return given[i % 8] ? [{ name, val: raw && i === 0 ? text : element(name, text) }] : []
        })
        const call = { moid, version: 'urn:vim25/5.0', method: `vim.EsxCLI.${path}`, argument }
        const fault = await door.fault(esxcli.executer, 'ExecuteSoap', call)
        if (fault !== undefined) expect([fault.type, (fault.detail as Fields)['invalidProperty']], path).toEqual(['InvalidArgument', 'argument'])
      },
    ), { numRuns: 600, seed: 7 })
    expect(doors.lab.defects).toEqual([])
    for (const path of ['network firewall get', 'system version get', 'network nic list', 'storage core path list', 'system settings advanced list']) {
      expect((await esxcli.answer(path)).children.length).toBeGreaterThan(0)
    }
  }, { lab: frontLab, counted: false }))

  it('names of arguments and whole documents that are no arguments', withDoors(async doors => {
    const door = await doors.open('esx-01')
    const esxcli = await Esxcli.open(door)
    const base = { moid: 'ha-cli-handler-network-firewall-ruleset', version: 'urn:vim25/5.0', method: 'vim.EsxCLI.network.firewall.ruleset.list' }
    for (const val of [
      '<a'.repeat(50_000), `${'<a>'.repeat(500)}${'</a>'.repeat(500)}`, '<rulesetid><b>x</b></rulesetid>'.repeat(3), '<?xml version="1.0"?><rulesetid/>',
      '<!--', ']]>', '<rulesetid xmlns="urn:vim25" xsi:type="xsd:string">sshServer</rulesetid>',
    ]) {
      const fault = await door.fault(esxcli.executer, 'ExecuteSoap', { ...base, argument: [{ name: 'rulesetid', val }] })
      if (val.includes('xsi:type')) expect(fault).toBeUndefined()
      else expect(fault?.type, val.slice(0, 40)).toBe('InvalidArgument')
    }
    expect(doors.lab.defects).toEqual([])
  }, { lab: frontLab }))
})
