import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { main } from '../../clients/cli/program.js'
import { ref } from '../../clients/sdk/soap-xml.js'
import { loadLab } from '../../emulator/inventory/lab-file.js'
import type { LabFileInput } from '../../emulator/inventory/lab-schema.js'
import { Lab } from '../../emulator/lab.js'
import { createTestLab, type TestLab } from '../support/test-lab.js'
import { TestIo } from './support.js'

let folder: string
let lab: TestLab | undefined
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'fauxsphere-import-')) })
afterEach(async () => {
  await lab?.close()
  lab = undefined
  rmSync(folder, { recursive: true, force: true })
})

async function cli(env: Record<string, string>, ...argv: string[]): Promise<{ status: number, out: string, err: string }> {
  const io = new TestIo(env)
  return { status: await main(['import', ...argv], '0.1.0', io), out: io.output, err: io.errors }
}

const types = [
  'Datacenter', 'Folder', 'ClusterComputeResource', 'ComputeResource', 'ResourcePool', 'VirtualApp', 'HostSystem',
  'Datastore', 'StoragePod', 'Network', 'OpaqueNetwork', 'DistributedVirtualPortgroup', 'VmwareDistributedVirtualSwitch',
  'VirtualMachine',
]

interface Shown {
  readonly name: string
  readonly parent?: { value: string }
  readonly config?: { hardware?: { numCPU: number, memoryMB: number, device: { _typeName: string, capacityInBytes?: number }[] } }
  readonly network?: { value: string }[]
  readonly datastore?: { value: string }[]
  readonly runtime?: { powerState?: string, host?: { value: string } }
}

/** What a node shows: of each object its type, its name and that of what is above, and what it is like. */
function inventoryOf({ world }: Pick<Lab, 'world'>, node: string): string[] {
  const nameOf = (value: string | undefined): string =>
    value === undefined ? '' : world.get<Shown>(node, value)?.props.name ?? ''
  return types.flatMap(type => world.ofType(node, type).map(slot => {
    const { name, parent, config, network, datastore, runtime } = world.read<Shown>(slot)!.props
    const hardware = config?.hardware
    const disks = hardware?.device.filter(each => each._typeName === 'VirtualDisk').map(each => each.capacityInBytes)
    const details = type !== 'VirtualMachine' ? [] : [
      hardware?.numCPU, hardware?.memoryMB, disks, runtime?.powerState, nameOf(runtime?.host?.value),
      network?.map(each => nameOf(each.value)), datastore?.map(each => nameOf(each.value)),
    ]
    return JSON.stringify([type, nameOf(parent?.value), name.replace(/-DVUplinks-\d+$/, '-DVUplinks'), ...details])
  })).sort()
}

/** The lab that `up --lab FILE` would open. */
function opened(file: string): Lab {
  return new Lab({ lab: loadLab(file), seed: '1', clock: { mode: 'manual' }, behaviour: { durations: 'instant' } })
}

const rich: LabFileInput = {
  lab: 'rich',
  vcenters: [{
    name: 'vc-01',
    datacenters: [{
      name: 'North', folder: 'Sites/Old', hostFolder: 'Racks',
      folders: { vm: ['Prod', 'Prod/Web', 'Empty'], host: ['Racks'], datastore: ['Fast'], network: ['Nets'] },
      clusters: [{
        name: 'C1', folder: 'Racks', hosts: ['esx-a', 'esx-b.site'], ha: true, drs: 'manual',
        pools: [{ name: 'Gold', cpu: { shares: 777, reservation: 100 } }, { name: 'Inner', parent: 'Gold', memory: { limit: 4096 } }],
        vApps: [{ name: 'Shop', folder: 'Prod' }],
      }],
      standaloneHosts: ['esx-c'],
      switches: [{
        name: 'DVS', hosts: ['esx-a', 'esx-b.site'], uplinks: 2, nics: ['vmnic1'], mtu: 9000, folder: 'Nets',
        portgroups: [{ name: 'DPG-1', vlan: 12 }, { name: 'DPG-2' }],
      }],
      opaqueNetworks: [{ name: 'NSX-1', folder: 'Nets' }],
      storagePods: [{ name: 'Pod' }],
    }, { name: 'South' }],
  }],
  hosts: [
    { name: 'esx-a', moid: 'host-77', networks: [{ name: 'VM Network' }, { name: 'DMZ', vlan: 7 }] },
    { name: 'esx-b.site', moid: 'host-9', cpu: { sockets: 1, cores: 8, threads: 1, mhz: 3000 }, memory: '64GiB' },
    { name: 'esx-c' },
  ],
  datastores: [
    { name: 'shared', capacity: '3TiB', pod: 'Pod' }, { name: 'fast', capacity: '500GiB', hosts: ['esx-a'], folder: 'Fast' },
    { name: 'nfs', type: 'NFS', server: 'nas', path: '/vol', hosts: ['esx-a', 'esx-c'] },
  ],
  vms: [
    { name: 'web & co', host: 'esx-a', datastore: 'fast', folder: 'Prod/Web', pool: 'Gold/Inner', networks: ['DMZ', 'DPG-1', 'NSX-1'], cpu: 4 },
    { name: 'shop-1', host: 'esx-b.site', datastore: 'shared', pool: 'Shop', disks: ['1GiB', '2500MB'], power: 'off', hardware: 13 },
    { name: 'lone', host: 'esx-c', datastore: 'nfs', memory: '1500MiB', thin: false, power: 'suspended', annotation: 'a: "b"\nc' },
    { name: 'tmpl', host: 'esx-a', datastore: 'shared', template: true, power: 'off', firmware: 'efi' },
  ],
}

const credentials = { GOVC_USERNAME: 'administrator@vsphere.local', GOVC_PASSWORD: 'VMware1!' }
const hostCredentials = { ...credentials, GOVC_USERNAME: 'root' }

async function imported(source: string | LabFileInput): Promise<{ file: string, err: string }> {
  lab = createTestLab({ lab: source, behaviour: { anyLogin: false } })
  const file = join(folder, 'lab.yaml')
  const url = (await lab.url(lab.lab.nodes[0]!.name)).replace('/sdk', '')
  const before = lab.world.revision
  const login = lab.lab.nodes[0]!.kind === 'vcenter' ? credentials : hostCredentials
  const { status, err } = await cli(login, url, '--out', file)
  expect(status).toBe(0)
  const kinds = new Set(lab.world.journal.since(before).map(({ cause }) => 'method' in cause ? String(cause.method) : cause.kind))
  expect([...kinds].filter(kind => !/Session|View|PropertyCollector|login|logout/i.test(kind))).toEqual([])
  return { file, err }
}

describe('import of a running vCenter', () => {
  it.each(['cluster', 'small'])('%s › gives a lab file that opens with the same inventory', async name => {
    const { file } = await imported(name)
    expect(inventoryOf(opened(file), 'vc-01')).toEqual(inventoryOf(lab!.lab, 'vc-01'))
  })

  it('with folders, nested pools, vApps, pods, opaque networks and odd names › as well', async () => {
    const { file, err } = await imported(rich)
    expect(inventoryOf(opened(file), 'vc-01')).toEqual(inventoryOf(lab!.lab, 'vc-01'))
    expect(loadLab(file).hosts.map(host => [host.name, host.hostName, host.moid])).toEqual([
      ['esx-c', undefined, expect.stringMatching(/^host-/) as string], ['esx-a', undefined, 'host-77'], ['esx-b.site', undefined, 'host-9'],
    ])
    expect(err.split('\n')).toHaveLength(2)
  })

  it('of one host › is a lab without a vCenter', async () => {
    const { file } = await imported('standalone')
    const { name } = lab!.lab.nodes[0]!
    const [host] = opened(file).nodes
    expect(inventoryOf(opened(file), host!.name)).toEqual(inventoryOf(lab!.lab, name))
  })

  it('a wrong password › is told without it', async () => {
    lab = createTestLab()
    const url = (await lab.url('vc-01')).replace('http://', 'http://administrator%40vsphere.local:hush@')
    const { status, err, out } = await cli({}, url)
    expect({ status, out }).toEqual({ status: 1, out: '' })
    expect(err).toMatch(/InvalidLogin/)
    expect(err).not.toMatch(/hush/)
  })

  it('without a login, without a source › says what is missing', async () => {
    expect(await cli({}, 'https://127.0.0.1:1/sdk')).toMatchObject({ status: 2, err: expect.stringMatching(/user and a password/) as string })
    expect(await cli({}, join(folder, 'none'))).toMatchObject({ status: 2, err: expect.stringMatching(/no folder/) as string })
    expect((await cli(credentials, 'http://127.0.0.1:1/sdk')).err).toMatch(/127\.0\.0\.1:1: .*ECONNREFUSED/)
    expect((await cli({}, 'http://me:100%sure@127.0.0.1:1/sdk')).err).toMatch(/^(?!.*100)[^]*127\.0\.0\.1:1: .*ECONNREFUSED/)
  })
})

describe('import of a folder of govc object.save', () => {
  it('gives the same lab file as the vCenter that it was saved from', async () => {
    const { file } = await imported('cluster')
    await save(lab!)
    const again = join(folder, 'again.yaml')
    expect(await cli({}, folder, '--out', again, '--name', '127.0.0.1')).toMatchObject({ status: 0 })
    expect(readFileSync(again, 'utf8')).toBe(readFileSync(file, 'utf8'))
  })

  it('a file that is something else › is named', async () => {
    writeFileSync(join(folder, '0000-x.xml'), '<Envelope/>')
    expect(await cli({}, folder)).toMatchObject({ status: 1, err: expect.stringMatching(/0000-x\.xml: it holds a Envelope/) as string })
  })
})

/** Writes what the command saves: an ObjectContent with all properties for each object. */
async function save(from: TestLab): Promise<void> {
  const client = await from.client('vc-01')
  const { propertyCollector } = await client.content() as { propertyCollector: { type: string, value: string } }
  const objects = types.flatMap(type => from.world.ofType('vc-01', type)).map(slot => ref(slot.address.type, slot.address.id))
  for (const [index, object] of [ref('ServiceInstance', 'ServiceInstance'), ...objects].entries()) {
    const answer = await client.post(retrieve(propertyCollector, object))
    const content = /<returnval>([^]*)<\/returnval>/.exec(answer.body)![1]!.replaceAll('xsi:type', 'XMLSchema-instance:type')
    const name = `${String(index).padStart(4, '0')}-${object.type}-${object.value}.xml`
    writeFileSync(join(folder, name), `<ObjectContent>${content}</ObjectContent>\n`)
  }
}

function retrieve(collector: { type: string, value: string }, { type, value }: { type: string, value: string }): string {
  return '<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body><RetrieveProperties xmlns="urn:vim25">'
    + `<_this type="PropertyCollector">${collector.value}</_this><specSet><propSet><type>${type}</type><all>true</all></propSet>`
    + `<objectSet><obj type="${type}">${value}</obj></objectSet></specSet></RetrieveProperties></Body></Envelope>`
}
