import { describe, expect, it } from 'vitest'
import { ask } from '../../emulator/physics/compute/questions.js'
import { doorState } from '../../emulator/physics/network/doors.js'
import type { Ref } from '../../clients/sdk/soap-xml.js'
import { withDoors, type Door, type Doors, type Fields } from './door.js'
import { Esxcli, type CliFault, type CliRow } from './esxcli.js'
import { frontLab } from './front-lab.js'

const HOST = 'esx-01'
const host: Ref = { type: 'HostSystem', value: 'ha-host' }

async function onHost(doors: Doors, name = HOST): Promise<{ door: Door, esxcli: Esxcli }> {
  const door = await doors.open(name)
  return { door, esxcli: await Esxcli.open(door) }
}

const refusal = (errMsg: string): CliFault => ({ type: 'VimEsxCLICLIFault', faultMsg: 'EsxCLI.CLIFault.summary', errMsg: [errMsg] })

describe('esxcli network', () => {
  it('nic list follows the links, and a card can be switched off and on', withDoors(async doors => {
    const { door, esxcli } = await onHost(doors)
    const nic = (name: string): Promise<CliRow> => esxcli.row('network nic list', 'Name', name)
    expect(await nic('vmnic1')).toMatchObject({ AdminStatus: 'Up', LinkStatus: 'Up', Speed: '25000', Duplex: 'Full', MTU: '1500' })
    const mark = await door.mark()
    await esxcli.value('network nic down', { nicname: 'vmnic1' })
    expect(await nic('vmnic1')).toMatchObject({ AdminStatus: 'Down', LinkStatus: 'Down', Speed: '0', Duplex: 'Half' })
    const { linkSpeed } = (await door.get<{ pnic: Fields[] }>(host, 'config.network')).pnic.find(each => each['device'] === 'vmnic1')!
    expect(linkSpeed).toBeUndefined()
    expect((await door.events(mark)).map(event => event['eventTypeId'])).toContain('esx.problem.net.redundancy.lost')
    const heal = doors.inject('nic-down', `host/${HOST}`)
    expect(await nic('vmnic0')).toMatchObject({ AdminStatus: 'Up', LinkStatus: 'Down' })
    heal()
    await esxcli.value('network nic up', { nicname: 'vmnic1' })
    expect(await nic('vmnic1')).toMatchObject({ AdminStatus: 'Up', LinkStatus: 'Up' })
    expect(await esxcli.fault('network nic down', { nicname: 'vmnic9' })).toEqual(refusal('Unable to find nic vmnic9'))
    expect(await esxcli.object('network nic get', { nicname: 'vmnic0' })).toMatchObject({ Name: 'vmnic0', LinkDetected: 'true', DriverInfo: { Driver: 'icen' } })
    await esxcli.value('network nic ring current set', { nicname: 'vmnic0', tx: '2048' })
    expect(await esxcli.object('network nic ring current get', { nicname: 'vmnic0' })).toEqual({ RX: '1024', RXMini: '0', RXJumbo: '0', TX: '2048' })
    expect(await esxcli.fault('network nic ring current set', { nicname: 'vmnic0', rx: '9999' }))
      .toEqual(refusal('Invalid data constraint for parameter \'rx\'.'))
  }))

  it('a card that is switched off stays so when its cable comes back', withDoors(async doors => {
    const { esxcli } = await onHost(doors)
    await esxcli.value('network nic down', { nicname: 'vmnic0' })
    const heal = doors.inject('nic-down', `host/${HOST}`)
    const nic = (): Promise<CliRow> => esxcli.row('network nic list', 'Name', 'vmnic0')
    await esxcli.value('network nic up', { nicname: 'vmnic0' })
    expect(await nic()).toMatchObject({ AdminStatus: 'Up', LinkStatus: 'Down' })
    await esxcli.value('network nic down', { nicname: 'vmnic0' })
    heal()
    expect(await nic()).toMatchObject({ AdminStatus: 'Down', LinkStatus: 'Down' })
    await esxcli.value('network nic up', { nicname: 'vmnic0' })
    expect(await nic()).toMatchObject({ AdminStatus: 'Up', LinkStatus: 'Up' })
  }))

  it('shows switches, port groups, policies and kernel adapters', withDoors(async doors => {
    const { esxcli } = await onHost(doors)
    expect(await esxcli.rows('network vswitch standard list')).toMatchObject([{
      Name: 'vSwitch0', Class: 'cswitch', ConfiguredPorts: '128', MTU: '1500', CDPStatus: 'listen', BeaconEnabled: 'false',
      BeaconInterval: '1', Uplinks: ['vmnic0', 'vmnic1'], Portgroups: ['VM Network', 'Management Network'],
    }])
    const clients = async (): Promise<unknown> => (await esxcli.row('network vswitch standard portgroup list', 'Name', 'VM Network'))['ActiveClients']
    expect(await clients()).toBe('1')
    expect(await esxcli.object('network vswitch standard policy failover get', { vswitchname: 'vSwitch0' })).toEqual({
      LoadBalancing: 'srcport', NetworkFailureDetection: 'link', NotifySwitches: 'true', Failback: 'true', ActiveAdapters: ['vmnic0', 'vmnic1'],
    })
    expect(await esxcli.object('network vswitch standard policy security get', { vswitchname: 'vSwitch0' }))
      .toEqual({ AllowPromiscuous: 'false', AllowMACAddressChange: 'false', AllowForgedTransmits: 'false' })
    expect(await esxcli.fault('network vswitch standard policy shaping get', { vswitchname: 'vSwitch7' })).toEqual(refusal('Unable to find vswitch vSwitch7'))
    const { address } = doors.lab.node(HOST)
    expect(await esxcli.rows('network ip interface ipv4 get', { interfacename: 'vmk0' })).toMatchObject([{
      Name: 'vmk0', IPv4Address: address, IPv4Netmask: '255.255.255.0', IPv4Broadcast: address.replace(/\d+$/, '255'), AddressType: 'STATIC',
    }])
    expect(await esxcli.rows('network ip interface list')).toMatchObject([{ Name: 'vmk0', Portset: 'vSwitch0', Portgroup: 'Management Network', MTU: '1500' }])
    expect(await esxcli.object('network ip interface tag get', { interfacename: 'vmk0' })).toEqual({ Tags: ['Management', 'VMotion'] })
    expect(await esxcli.fault('network ip interface tag get', { interfacename: 'vmk9' })).toEqual(refusal('Unable to find interface vmk9'))
    expect((await esxcli.rows('network ip route ipv4 list'))[0]).toMatchObject({ Network: 'default', Netmask: '0.0.0.0', Interface: 'vmk0', Source: 'MANUAL' })
    expect(await esxcli.object('network ip dns server list')).toEqual({ DNSServers: '10.0.0.2' })
    expect((await esxcli.rows('network ip netstack list')).map(row => row['Key'])).toEqual(['defaultTcpipStack', 'vmotion', 'vSphereProvisioning'])
  }, { lab: frontLab }))

  it('lists the ports at which something listens', withDoors(async doors => {
    const { door, esxcli } = await onHost(doors)
    const ports = async (type: string): Promise<unknown[]> =>
      (await esxcli.rows('network ip connection list', { type })).map(row => [row['LocalAddress'], row['WorldName'], row['State']])
    const before = await ports('tcp')
    expect(before).toEqual([['0.0.0.0:80', 'envoy', 'LISTEN'], ['0.0.0.0:443', 'envoy', 'LISTEN'], ['0.0.0.0:902', 'nfcd', 'LISTEN']])
    await door.call({ type: 'HostServiceSystem', value: 'serviceSystem' }, 'StartService', { id: 'TSM-SSH' })
    expect(await ports('all')).toEqual([['0.0.0.0:22', 'sshd', 'LISTEN'], ...before])
    expect(await ports('udp')).toEqual([])
  }))

  it('pings what answers, and too much at once does not fit', withDoors(async doors => {
    const { esxcli } = await onHost(doors)
    const ping = async (args: Record<string, string>): Promise<CliRow> => (await esxcli.object('network diag ping', args))['Summary'] as CliRow
    expect(await ping({ host: 'esx-02', count: '2' })).toMatchObject({ HostAddr: doors.lab.node('esx-02').address, Transmitted: '2', Recieved: '2', PacketLost: '0' })
    expect(await ping({ host: '192.0.2.1' })).toMatchObject({ Recieved: '0', PacketLost: '100' })
    expect(await ping({ host: 'esx-02', size: '1472', df: 'true' })).toMatchObject({ Recieved: '3' })
    expect(await esxcli.fault('network diag ping', { host: 'esx-02', size: '8972', df: 'true', interface: 'vmk0' }))
      .toEqual(refusal('sendto() failed (Message too long)'))
    expect(await esxcli.fault('network diag ping', { host: 'nobody' })).toEqual(refusal('Unable to resolve nobody'))
    const heal = doors.inject('host-crash', 'host/esx-02')
    expect(await ping({ host: 'esx-02' })).toMatchObject({ Recieved: '0' })
    heal()
  }, { lab: frontLab }))
})

describe('esxcli vm process and network vm', () => {
  it('show the VMs that run, and a kill powers one off', withDoors(async doors => {
    const { door, esxcli } = await onHost(doors)
    const [vm] = await esxcli.rows('vm process list') as [CliRow]
    const moref = await door.vm('VM_ON')
    const uuid = (await door.get(moref, 'config.uuid')).replaceAll('-', '')
    expect([vm['DisplayName'], (vm['UUID'] as string).replace(/[ -]/g, ''), vm['ProcessID']]).toEqual(['VM_ON', uuid, '0'])
    expect(vm['ConfigFile']).toMatch(/^\/vmfs\/volumes\/[0-9a-f-]+\/VM_ON\/VM_ON\.vmx$/)
    expect(await esxcli.rows('network vm list')).toEqual([{ WorldID: vm['WorldID'], Name: 'VM_ON', NumPorts: '1', Networks: 'VM Network' }])
    const worldid = vm['WorldID'] as string
    const port = async (): Promise<CliRow> => (await esxcli.rows('network vm port list', { worldid }))[0]!
    expect(await port()).toMatchObject({ vSwitch: 'vSwitch0', Portgroup: 'VM Network', TeamUplink: 'vmnic0', IPAddress: '0.0.0.0' })
    await esxcli.value('system settings advanced set', { option: '/Net/GuestIPHack', intvalue: '1' })
    expect((await port())['IPAddress']).toBe(await door.get(moref, 'guest.ipAddress'))
    const mark = await door.mark()
    const killed = esxcli.value('vm process kill', { type: 'soft', worldid })
    await door.get(host, 'name')
    doors.advance(1)
    expect(await killed).toBe('true')
    expect(await door.get(moref, 'runtime.powerState')).toBe('poweredOff')
    expect(await door.types(mark)).toEqual(expect.arrayContaining(['VmStoppingEvent', 'VmPoweredOffEvent']))
    expect(await esxcli.rows('vm process list')).toEqual([])
    expect(await esxcli.fault('network vm port list', { worldid })).toEqual(refusal(`Unable to find a virtual machine with the world ID ${worldid}.`))
    await door.done(moref, 'PowerOnVM_Task')
    expect((await esxcli.rows('vm process list'))[0]!['DisplayName']).toBe('VM_ON')
  }, { lab: frontLab }))

  it('a VM at a question is not ended softly, but by force', withDoors(async doors => {
    const { door, esxcli } = await onHost(doors)
    const moref = await door.vm('VM_ON')
    const { world } = doors.lab
    world.transact({ kind: 'lab', what: 'test' }, tx => {
      ask(tx, tx.find(HOST, moref.value)!, { message: 'msg.test', text: 'Well?', choices: ['Yes', 'No'], defaultIndex: 0 })
    })
    const worldid = (await esxcli.rows('vm process list'))[0]!['WorldID'] as string
    const soft = esxcli.fault('vm process kill', { type: 'soft', worldid })
    await door.get(host, 'name')
    doors.advance(1)
    expect((await soft).type).toBe('VimEsxCLICLIFault')
    expect(await door.get(moref, 'runtime.powerState')).toBe('poweredOn')
    const mark = await door.mark()
    expect(await esxcli.value('vm process kill', { type: 'force', worldid })).toBe('true')
    expect(await door.get(moref, 'runtime.powerState')).toBe('poweredOff')
    expect(await door.types(mark)).toContain('VmPoweredOffEvent')
  }, { lab: frontLab }))

  it('have another world for each VM of a host', withDoors(async doors => {
    const { door, esxcli } = await onHost(doors)
    for (const vm of (await door.names('VirtualMachine')).values()) await door.task(vm, 'PowerOnVM_Task')
    const worlds = (await esxcli.rows('vm process list')).map(row => row['WorldID'])
    expect([new Set(worlds).size, worlds.length]).toEqual([3, 3])
  }, { lab: frontLab }))
})

describe('esxcli storage, hardware, software and vsan', () => {
  it('shows volumes, devices and paths, and switches a path off as the storage system does', withDoors(async doors => {
    const { door, esxcli } = await onHost(doors)
    const datastore = (await door.viewed('Datastore', ['summary'])).find(({ props }) => (props['summary'] as Fields)['name'] === 'shared-01')!
    const { capacity, freeSpace } = datastore.props['summary'] as Fields
    const volume = await esxcli.row('storage filesystem list', 'VolumeName', 'shared-01')
    expect(volume).toMatchObject({ Mounted: 'true', Type: 'VMFS-6', Size: capacity, Free: freeSpace })
    const extent = await esxcli.row('storage vmfs extent list', 'VMFSUUID', volume['UUID'] as string)
    const device = extent['DeviceName'] as string
    expect(await esxcli.rows('storage core device list', { device })).toMatchObject([{ Device: device, IsLocal: 'false', Status: 'on', VAAIStatus: 'supported' }])
    const [first, second] = await esxcli.rows('storage core path list', { device }) as [CliRow, CliRow]
    expect([first['State'], second['State'], first['Adapter'], second['Adapter']]).toEqual(['active', 'active', 'vmhba1', 'vmhba2'])
    await esxcli.value('storage core path set', { path: first['RuntimeName'] as string, state: 'off' })
    expect((await esxcli.rows('storage core path list', { path: first['RuntimeName'] as string }))[0]!['State']).toBe('off')
    expect((await esxcli.fault('storage core path set', { path: second['RuntimeName'] as string, state: 'off' })).errMsg[0])
      .toContain('is the last one')
    await esxcli.value('storage nmp device set', { device, psp: 'VMW_PSP_MRU' })
    expect((await esxcli.rows('storage nmp device list', { device }))[0]).toMatchObject({ PathSelectionPolicy: 'VMW_PSP_MRU', StorageArrayType: 'VMW_SATP_ALUA' })
    expect(await esxcli.fault('storage nmp device set', { device, psp: 'VMW_PSP_BEST' })).toEqual(refusal('A specified parameter was not correct: policy.policy'))
    expect(await esxcli.fault('storage core device list', { device: 'naa.0' })).toEqual(refusal('Unable to find device with name naa.0'))
    expect((await esxcli.rows('storage core adapter list')).map(row => [row['HBAName'], row['LinkState'], row['Driver']]))
      .toEqual([['vmhba0', 'link-n/a', 'lsi_mr3'], ['vmhba1', 'link-up', 'qlnativefc'], ['vmhba2', 'link-up', 'qlnativefc']])
    expect(await esxcli.value('storage core adapter rescan', { all: 'true' })).toBe('true')
    expect(await esxcli.fault('storage core adapter rescan', {})).toEqual(refusal('Must specify either adapter or all.'))
    expect(await esxcli.value('iscsi software get')).toBe('false')
  }, { lab: frontLab }))

  it('shows NFS volumes, and what is lost', withDoors(async doors => {
    const { esxcli } = await onHost(doors)
    expect(await esxcli.rows('storage nfs list')).toMatchObject([{ VolumeName: 'nfs-01', Host: 'nas.lab.test', Share: '/export/a', Accessible: 'true' }])
    expect((await esxcli.row('storage filesystem list', 'VolumeName', 'nfs-01'))['Type']).toBe('NFS')
  }, { lab: { ...frontLab, datastores: [...frontLab.datastores!, { name: 'nfs-01', type: 'NFS', server: 'nas.lab.test', path: '/export/a', capacity: '1TiB' }] } }))

  it('shows the machine as hardware does', withDoors(async doors => {
    const { door, esxcli } = await onHost(doors)
    const { systemInfo, cpuInfo, memorySize } = await door.get<{ systemInfo: Fields, cpuInfo: Fields, memorySize: string }>(host, 'hardware')
    const platform = await esxcli.object('hardware platform get')
    expect(platform).toMatchObject({ ProductName: systemInfo['model'], VendorName: systemInfo['vendor'], SerialNumber: systemInfo['serialNumber'] })
    expect((platform['UUID'] as string).replaceAll(/0x| /g, '')).toBe((systemInfo['uuid'] as string).replaceAll('-', ''))
    expect(await esxcli.object('hardware memory get')).toMatchObject({ PhysicalMemory: memorySize, NUMANodeCount: '2' })
    expect(await esxcli.rows('hardware cpu list')).toHaveLength(Number(cpuInfo['numCpuThreads']))
    expect(await esxcli.object('hardware cpu global get')).toMatchObject({ CPUCores: cpuInfo['numCpuCores'], HyperthreadingActive: 'true' })
    expect(await esxcli.row('hardware pci list', 'VMkernelName', 'vmnic0')).toMatchObject({ VendorID: '0x8086', DeviceClass: '0x0200' })
    expect(await esxcli.object('hardware trustedboot get')).toEqual({ DrtmEnabled: 'false', TpmPresent: 'true' })
  }))

  it('shows the image: the product, the drivers of the devices, the agent of HA', withDoors(async doors => {
    const { esxcli } = await onHost(doors)
    expect(await esxcli.row('software vib list', 'Name', 'icen')).toMatchObject({ Version: '1.11.2.8', AcceptanceLevel: 'VMwareCertified' })
    expect((await esxcli.rows('software vib get', { vibname: 'esx-ui' })).map(row => [row['Name'], row['ID']]))
      .toEqual([['esx-ui', `VMware_bootbank_esx-ui_8.0.3-0.0.${doors.lab.node(HOST).product.build}`]])
    expect(await esxcli.fault('software vib get', { vibname: 'nothing' }))
      .toEqual({ type: 'VimEsxCLICLIFault', faultMsg: 'EsxCLI.CLIFault.summary', errMsg: ['[NoMatchError]', 'id=nothing'] })
    expect(await esxcli.object('software profile get')).toMatchObject({ Name: `ESXi-8.0U3-${doors.lab.node(HOST).product.build}-standard` })
    expect(await esxcli.value('software acceptance get')).toBe('PartnerSupported')
    expect(await esxcli.rows('software vib list')).not.toContainEqual(expect.objectContaining({ Name: 'vmware-fdm' }))
    const protectedHost = await Esxcli.open(await doors.open('esx-01'))
    expect(await protectedHost.fault('vsan cluster get')).toEqual(refusal('vSAN Clustering is not enabled on this host'))
  }, { lab: frontLab }))

  it('vsan cluster get counts the members that the host sees', withDoors(async doors => {
    const { esxcli } = await onHost(doors)
    const seen = async (): Promise<unknown> => (await esxcli.object('vsan cluster get'))['SubClusterMemberHostNames']
    expect(await esxcli.object('vsan cluster get')).toMatchObject({ Enabled: 'true', LocalNodeType: 'NORMAL', SubClusterMemberCount: '3' })
    const heal = doors.inject('host-crash', 'host/esx-03')
    expect(await seen()).toEqual([doors.lab.node('esx-01').hostName, doors.lab.node('esx-02').hostName])
    heal()
  }, {
    lab: {
      lab: 'vsan', vcenters: [{ name: 'vc-01', datacenters: [{ name: 'DC', clusters: [{ name: 'CL', hosts: ['esx-01', 'esx-02', 'esx-03'], vsan: {} }] }] }],
      hosts: [{ name: 'esx-01' }, { name: 'esx-02' }, { name: 'esx-03' }], vms: [],
    },
  }))

  it('A15: what a ruleset of SSH lets in is for port 22', withDoors(async doors => {
    const { esxcli } = await onHost(doors)
    const state = (from: string): string => doorState(doors.lab.world, HOST, 22, from).answer
    await (await doors.open(HOST)).call({ type: 'HostServiceSystem', value: 'serviceSystem' }, 'StartService', { id: 'TSM-SSH' })
    await esxcli.value('network firewall ruleset set', { rulesetid: 'sshServer', allowedall: 'false' })
    await esxcli.value('network firewall ruleset allowedip add', { rulesetid: 'sshServer', ipaddress: '10.1.0.0/16' })
    expect([state('10.1.2.3'), state('10.2.0.1')]).toEqual(['open', 'timeout'])
  }))
})
