import { listOf, SoapClient } from '../../sdk/soap-client.js'
import { SoapFault, type Ref, type Value } from '../../sdk/soap-xml.js'
import { CliError } from '../io.js'
import { Inventory } from './inventory.js'
import { objectOf } from './read-folder.js'

/** What is read of each type: only what a lab file has a place for. */
const wanted: Readonly<Record<string, readonly string[]>> = {
  Folder: ['name', 'parent'],
  Datacenter: ['name', 'parent', 'vmFolder', 'hostFolder', 'datastoreFolder', 'networkFolder'],
  ComputeResource: ['name', 'parent', 'resourcePool', 'host'],
  ClusterComputeResource: ['configurationEx'],
  ResourcePool: ['name', 'parent', 'config'],
  VirtualApp: ['parentFolder'],
  HostSystem: ['name', 'parent', 'network', 'datastore', 'summary.hardware', 'config.product', 'config.network.portgroup'],
  Datastore: ['name', 'parent', 'host', 'info', 'summary'],
  StoragePod: ['name', 'parent'],
  Network: ['name', 'parent'],
  OpaqueNetwork: ['summary'],
  DistributedVirtualPortgroup: ['key', 'config', 'tag'],
  DistributedVirtualSwitch: ['name', 'parent', 'config', 'portgroup', 'summary.hostMember'],
  VirtualMachine: [
    'name', 'parent', 'parentVApp', 'resourcePool', 'runtime.host', 'runtime.powerState', 'datastore',
    'config.template', 'config.files', 'config.hardware', 'config.guestId', 'config.version', 'config.firmware',
    'config.annotation', 'config.cpuAllocation', 'config.memoryAllocation', 'guest.ipAddress', 'guest.toolsStatus',
  ],
}

/** Objects in one answer. */
const PAGE = 250

export interface LiveLogin {
  readonly url: URL
  readonly userName: string
  readonly password: string
}

/**
 * The inventory of a running vCenter or host, read with a login that needs System.Read only: nothing
 * there is changed. Certificates are not checked, as with `govc -k`.
 * @throws CliError when it cannot be reached, or refuses the login
 */
export async function readLive({ url, userName, password }: LiveLogin): Promise<Inventory> {
  const client = new SoapClient({ url: url.href, version: '6.7', userAgent: 'fauxsphere-import' })
  try {
    const content = await client.content()
    await client.login(userName, password)
    try {
      return await readAll(client, content)
    } finally {
      await client.call(content['sessionManager'] as Ref, 'Logout')
    }
  } catch (error) {
    if (error instanceof CliError) throw error
    const why = error instanceof SoapFault ? error.type ?? error.message : (error as Error).message
    throw new CliError(`${url.host}: ${why}`)
  } finally {
    client.close()
  }
}

async function readAll(client: SoapClient, content: Readonly<Record<string, Value>>): Promise<Inventory> {
  const inventory = new Inventory()
  inventory.add({ self: { type: 'ServiceInstance', value: 'ServiceInstance' }, props: { content } })
  // The view has what is below its container only.
  inventory.add({ self: content['rootFolder'] as Ref, props: {} })
  const view = await client.call(content['viewManager'] as Ref, 'CreateContainerView', {
    container: content['rootFolder'], recursive: true,
  }) as Ref
  const collector = content['propertyCollector'] as Ref
  const specSet = {
    propSet: Object.entries(wanted).map(([type, pathSet]) => ({ type, pathSet })),
    objectSet: {
      obj: view, skip: true,
      selectSet: { _typeName: 'TraversalSpec', type: 'ContainerView', path: 'view', skip: false },
    },
  }
  let page = await client.call(collector, 'RetrievePropertiesEx', { specSet, options: { maxObjects: PAGE } })
  while (page !== undefined) {
    const { objects, token } = page as { objects?: Value | Value[], token?: string }
    for (const each of listOf(objects as never)) inventory.add(objectOf(each))
    page = token === undefined ? undefined : await client.call(collector, 'ContinueRetrievePropertiesEx', { token })
  }
  await client.call(view, 'DestroyView')
  return inventory
}
