import { describe, expect, it } from 'vitest'
import { encoderFor } from '../../../emulator/wire/soap/encode.js'
import { bodyOf, textOf } from '../../support/wire.js'
import {
  CollectorLab, collectorRef, objectSpec, schema, viewSpec, vmRef, type Client,
} from '../../support/collector-lab.js'

/** The Body of the answer that a client gets. */
function bodyFor(client: Client, name: string, args: Record<string, unknown>, version = '8.0.3.0'): string {
  const encoder = encoderFor(schema, 'vim25', schema.versions.index(version)!)
  const method = schema.method('PropertyCollector', name)!
  return bodyOf(textOf(encoder.response(method, client.call(collectorRef, name, args, version))))
}

const poll = (client: Client, version: string, options = {}): string =>
  bodyFor(client, 'WaitForUpdatesEx', { version, options: { maxWaitSeconds: 0, ...options } })

describe('property collector › SOAP', () => {
  it('RetrievePropertiesEx and RetrieveProperties', () => {
    const client = new CollectorLab(2).login()
    const spec = objectSpec(vmRef(0), ['name', 'parent', 'runtime.powerState', 'config.hardware.device[4000].backing.deviceName'])
    const objects = '<obj type="VirtualMachine">vm-100</obj>'
      + '<propSet><name>name</name><val xsi:type="xsd:string">vm0</val></propSet>'
      + '<propSet><name>parent</name><val type="Folder" xsi:type="ManagedObjectReference">group-v3</val></propSet>'
      + '<propSet><name>runtime.powerState</name><val xsi:type="VirtualMachinePowerState">poweredOff</val></propSet>'
      + '<propSet><name>config.hardware.device[4000].backing.deviceName</name><val xsi:type="xsd:string">VM Network</val></propSet>'
    const ex = bodyFor(client, 'RetrievePropertiesEx', { specSet: [spec], options: {} })
    expect(ex).toBe('<RetrievePropertiesExResponse xmlns="urn:vim25"><returnval>'
      + `<objects>${objects}</objects></returnval></RetrievePropertiesExResponse>`)
    expect(bodyFor(client, 'RetrieveProperties', { specSet: [spec] })).toBe(
      `<RetrievePropertiesResponse xmlns="urn:vim25"><returnval>${objects}</returnval></RetrievePropertiesResponse>`)
  })

  it('an empty answer when nothing is found or nothing is new', () => {
    const client = new CollectorLab(1).login()
    const spec = { propSet: [{ type: 'Task', pathSet: ['info'] }], objectSet: [{ obj: vmRef(0) }] }
    expect(bodyFor(client, 'RetrievePropertiesEx', { specSet: [spec], options: {} }))
      .toBe('<RetrievePropertiesExResponse xmlns="urn:vim25"></RetrievePropertiesExResponse>')
    expect(poll(client, '')).toBe('<WaitForUpdatesExResponse xmlns="urn:vim25"></WaitForUpdatesExResponse>')
  })

  it('missingSet', () => {
    const client = new CollectorLab(1).anonymous()
    expect(bodyFor(client, 'RetrievePropertiesEx', { specSet: [objectSpec(vmRef(0), ['name'])], options: {} }))
      .toContain('<missingSet><path>name</path><fault><fault xsi:type="NotAuthenticated">'
        + '<object type="VirtualMachine">vm-100</object><privilegeId>System.View</privilegeId></fault>')
  })

  it('updates: enter, truncated, modify by key, leave', () => {
    const lab = new CollectorLab(2)
    const client = lab.login()
    const filter = client.createFilter(viewSpec(client.containerView(), ['name', 'config']), true)
    const open = `<WaitForUpdatesExResponse xmlns="urn:vim25"><returnval><version>VERSION</version>`
      + `<filterSet><filter type="PropertyFilter">${filter.value}</filter>`
    const close = '</filterSet></returnval></WaitForUpdatesExResponse>'
    const first = poll(client, '', { maxObjectUpdates: 1 })
    expect(first.startsWith(open.replace('VERSION', '1') + '<objectSet><kind>enter</kind><obj type="VirtualMachine">vm-100</obj>'
      + '<changeSet><name>name</name><op>assign</op><val xsi:type="xsd:string">vm0</val></changeSet>'
      + '<changeSet><name>config</name><op>assign</op><val xsi:type="VirtualMachineConfigInfo">')).toBe(true)
    expect(first.endsWith('</filterSet><truncated>true</truncated></returnval></WaitForUpdatesExResponse>')).toBe(true)
    poll(client, '1')
    lab.update(vmRef(0), props => { props['config'].hardware.device.pop() })
    lab.update(vmRef(0), props => { props['config'].hardware.numCPU = 4 })
    expect(poll(client, '2')).toBe(open.replace('VERSION', '3')
      + '<objectSet><kind>modify</kind><obj type="VirtualMachine">vm-100</obj>'
      + '<changeSet><name>config.hardware.numCPU</name><op>assign</op><val xsi:type="xsd:int">4</val></changeSet>'
      + '<changeSet><name>config.hardware.device[4000]</name><op>remove</op></changeSet></objectSet>' + close)
    lab.removeVm(1)
    expect(poll(client, '3')).toBe(open.replace('VERSION', '4')
      + '<objectSet><kind>leave</kind><obj type="VirtualMachine">vm-101</obj></objectSet>' + close)
  })

  it('sends the new value after the old one was kept', () => {
    const lab = new CollectorLab(2)
    const client = lab.login()
    const spec = objectSpec(vmRef(0), ['name'])
    const read = () => bodyFor(client, 'RetrievePropertiesEx', { specSet: [spec], options: {} })
    expect(read()).toContain('>vm0<')
    expect(read()).toContain('>vm0<')
    lab.rename(vmRef(0), 'other')
    expect(read()).toContain('>other<')
  })
})
