/** Hosts of any name in a drop-in lab: machines that are made when a client names them. */
import { describe, expect, it } from 'vitest'
import type { Ref } from '../../clients/sdk/soap-xml.js'
import type { HostSystemProps } from '../../emulator/schema/generated/types.js'
import { allNodes } from '../../emulator/services/nodes.js'
import { loadImage, saveImage, type Image } from '../../emulator/world/image.js'
import { Doors, withDoors, type Door } from './door.js'

const options = { lab: 'cluster', behaviour: { anyLogin: true, anyHost: true }, recordJournal: true } as const
const spec = (hostName: string): object => ({ hostName, userName: 'u', password: 'p', force: false })

async function addHost(door: Door, hostName: string): Promise<Ref> {
  const [cluster] = (await door.names('ClusterComputeResource')).values()
  return await door.done(cluster!, 'AddHost_Task', { spec: spec(hostName), asConnected: true }) as Ref
}

async function addStandalone(door: Door, hostName: string): Promise<Ref> {
  const folder = await door.named('Folder', 'host')
  return await door.done(folder, 'AddStandaloneHost_Task', { spec: spec(hostName), addConnected: true }) as Ref
}

describe('a host that no lab file has', () => {
  it('is added to a cluster and to a folder › is connected, empty, and can be used as any other', withDoors(async doors => {
    const door = await doors.open()
    const host = await addHost(door, '10.0.0.1')
    const compute = await addStandalone(door, 'esx.example.org')
    expect(await door.props(host, 'name', 'runtime.connectionState', 'runtime.powerState', 'summary.managementServerIp'))
      .toMatchObject({ name: '10.0.0.1', 'runtime.connectionState': 'connected', 'runtime.powerState': 'poweredOn' })
    expect([await door.list(host, 'vm'), await door.list(host, 'datastore')]).toEqual([[], []])
    expect(await door.get(compute, 'name')).toBe('esx.example.org')
    expect(await door.task(host, 'EnterMaintenanceMode_Task', { timeout: 0 })).toMatchObject({ state: 'success' })
    expect(await door.get(host, 'runtime.inMaintenanceMode')).toBe('true')
    expect(await door.types(0)).toEqual(expect.arrayContaining(['HostAddedEvent', 'HostConnectedEvent']))
    doors.inject('host-crash', '10.0.0.1')
    doors.advance(90)
    expect(await door.get(host, 'runtime.connectionState')).toBe('notResponding')
  }, options))

  it('is a machine of its own › answers itself, with its own address, hardware UUID and MACs', withDoors(async doors => {
    const door = await doors.open()
    await addHost(door, '10.0.0.1')
    await addHost(door, 'esx-77')
    const nodes = allNodes(doors.lab.world)
    const hosts = nodes.filter(({ kind }) => kind === 'esxi')
    for (const values of [nodes.map(node => node.address), nodes.map(node => node.uuid)]) expect(new Set(values).size).toBe(nodes.length)
    expect(nodes.find(({ name }) => name === '10.0.0.1')?.address).toBe('10.0.0.1')
    const macs = hosts.flatMap(({ name }) =>
      doors.lab.world.get<HostSystemProps>(name, 'ha-host')!.props.config!.network!.pnic!.map(({ mac }) => mac))
    expect(new Set(macs).size).toBe(macs.length)
    const own = await doors.open('10.0.0.1')
    expect((await own.viewed('HostSystem', ['name'])).map(({ props }) => props['name'])).toEqual(['10.0.0.1'])
    expect((await own.content('about') as unknown as { apiType: string }).apiType).toBe('HostAgent')
  }, options))

  it('wrong › a name twice, the vCenter itself, no address, nothing', withDoors(async doors => {
    const door = await doors.open()
    await addHost(door, '10.0.0.1')
    const folder = await door.named('Folder', 'host')
    const failed = (hostName: string): Promise<unknown> =>
      door.failed(folder, 'AddStandaloneHost_Task', { spec: spec(hostName), addConnected: true })
    expect(await failed('10.0.0.1')).toMatchObject({ _typeName: 'DuplicateName', name: '10.0.0.1' })
    expect(await failed('esx-01')).toMatchObject({ _typeName: 'DuplicateName', name: 'esx-01' })
    expect(await failed('vc-01')).toMatchObject({ _typeName: 'NoHost', name: 'vc-01' })
    expect(await failed('300.0.0.1')).toMatchObject({ _typeName: 'NoHost', name: '300.0.0.1' })
    expect(await failed('')).toMatchObject({ _typeName: 'InvalidArgument', invalidProperty: 'spec.hostName' })
    expect(allNodes(doors.lab.world).filter(({ name }) => ['', '300.0.0.1'].includes(name))).toEqual([])
  }, options))

  it('is unknown in any other lab', withDoors(async doors => {
    const door = await doors.open()
    const folder = await door.named('Folder', 'host')
    expect(await door.failed(folder, 'AddStandaloneHost_Task', { spec: spec('10.0.0.1'), addConnected: true }))
      .toMatchObject({ _typeName: 'NoHost', name: '10.0.0.1' })
  }, { lab: 'cluster' }))

  it('is the same in every run, and in a lab that loads the state', async () => {
    const run = async (): Promise<{ digest: string | undefined, image: string }> => {
      const doors = new Doors(options)
      await addHost(await doors.open(), '10.0.0.1')
      doors.advance(3600)
      const { world } = doors.lab
      const made = { digest: world.journal.digest(), image: JSON.stringify(saveImage(world)) }
      await doors.close()
      return made
    }
    const first = await run()
    expect(await run()).toEqual(first)
    const other = new Doors(options)
    loadImage(other.lab.world, JSON.parse(first.image) as Image)
    const door = await other.open()
    expect(await door.get((await door.names('HostSystem')).get('10.0.0.1')!, 'runtime.connectionState')).toBe('connected')
    await other.close()
  })
})
