/** Follows a VM with a filter and WaitForUpdatesEx while it is powered off and on. */
import { SoapClient, listOf, propertiesOf } from '../../sdk/soap-client.js'
import { ref, type Ref, type Value } from '../../sdk/soap-xml.js'

process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
const client = new SoapClient({ url: process.env['LAB_VC_URL']! })
await client.login(process.env['LAB_VC_USER']!, process.env['LAB_VC_PASSWORD']!)
const content = await client.content()
const collector = content['propertyCollector'] as Ref
const vm = await client.call(content['searchIndex'] as Ref, 'FindByInventoryPath', {
  inventoryPath: 'DC-01/vm/Production/web-02',
}) as Ref

await client.call(collector, 'CreateFilter', {
  spec: { propSet: { type: 'VirtualMachine', pathSet: 'runtime.powerState' }, objectSet: { obj: vm } },
  partialUpdates: false,
})
let version = ''
const states: string[] = []
const next = async (): Promise<void> => {
  const update = await client.call(collector, 'WaitForUpdatesEx', { version, options: { maxWaitSeconds: 20 } })
  if (update === undefined) throw new Error('nothing changed in 20 s')
  const set = update as Record<string, Value>
  version = String(set['version'])
  for (const filter of listOf<Record<string, Value>>(set['filterSet'])) {
    for (const object of listOf<Record<string, Value>>(filter['objectSet'])) {
      for (const change of listOf<Record<string, Value>>(object['changeSet'])) states.push(String(change['val']))
    }
  }
}
await next()
await client.call(vm, 'PowerOffVM_Task')
await next()
await client.call(vm, 'PowerOnVM_Task')
await next()
if (states.join() !== 'poweredOn,poweredOff,poweredOn') throw new Error(`states were ${states.join()}`)
const name = (await client.properties(ref('VirtualMachine', vm.value), ['name']))['name']
if (name !== 'web-02' || propertiesOf(undefined)['x'] !== undefined) throw new Error(`name was ${String(name)}`)
process.stdout.write(`ok ${states.join(' -> ')}\n`)
await client.call(content['sessionManager'] as Ref, 'Logout')
client.close()
