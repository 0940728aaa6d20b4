import type {
  DatastoreProps, HostNetworkInfo, HostProxySwitch, HostSystemProps, HostVirtualNic, HostVirtualSwitch, OptionDef, OptionValue,
  PhysicalNic, VmfsDatastoreInfo,
} from '../../schema/generated/types.js'
import { optionsOf, HOST_OPTIONS } from '../../physics/options.js'
import { MethodFault } from '../../services/method-fault.js'
import { LocalApi, NoConnection } from '../programs/api.js'
import { parseOptions } from '../programs/options.js'
import { baseName, fails, say, type Context, type Machine, type ProgramTable } from '../programs/program-model.js'
import { columnsOf } from '../programs/table.js'
import type { Steps } from '../run/steps.js'
import { broadcastOf, networkOf } from './network-config.js'

/** `esxcfg-*`: the older programs for a host's settings (operations.md 2.3). What they do not know they say. */
export const esxcfgPrograms: ProgramTable = {
  'esxcfg-advcfg': { run: advcfg },
  'esxcfg-nics': { run: nics },
  'esxcfg-vmknic': { run: vmknics },
  'esxcfg-vswitch': { run: vswitches },
  'esxcfg-route': { run: route },
  'esxcfg-scsidevs': { run: scsiDevices },
}

/** Runs something by the API, and says what it refuses in one line. */
function * byApi(context: Context, run: (api: LocalApi) => Steps<number>): Steps<number> {
  try {
    return yield * LocalApi.use(context.machine, baseName(context.name), run)
  } catch (error) {
    if (error instanceof MethodFault || error instanceof NoConnection) return fails(context, error.message || error.constructor.name)
    throw error
  }
}

/** `/Net/UsePolling` is the option `Net.UsePolling`. */
function optionKey(path: string): string {
  return path.replace(/^\//, '').replaceAll('/', '.')
}

/** `esxcfg-advcfg -g PATH`, `-s VALUE PATH`, `-d PATH`. */
function * advcfg(context: Context): Steps<number> {
  const parsed = parseOptions(context, 'gs:dqlk:j:')
  if (typeof parsed === 'number') return parsed
  const [path] = parsed.operands
  const { world, node } = context.machine
  if (path === undefined) return fails(context, 'usage: esxcfg-advcfg -g|-s VALUE|-d PATH', 2)
  const key = optionKey(path)
  const values = optionsOf(world, node.name, HOST_OPTIONS)
  if (!values.has(key)) return fails(context, `Invalid advanced option ${path}`)
  const given = parsed.values.get('s')
  if (given === undefined && !parsed.flags.has('d')) return say(context, `Value of ${key.split('.').at(-1)!} is ${plain(values.get(key))}`)
  return yield * byApi(context, function * (api) {
    const self = { type: 'OptionManager', value: HOST_OPTIONS }
    const def = api.props<{ supportedOption?: readonly OptionDef[] }>(self)?.supportedOption?.find(each => each.key === key)
    const usual = (def?.optionType as { defaultValue?: unknown } | undefined)?.defaultValue
    const value = given === undefined ? usual : typed(values.get(key), given)
    if (value === undefined) return fails(context, `Invalid value ${given ?? ''} for ${path}`)
    yield * api.call(self, 'UpdateOptions', { changedValue: [{ key, value }] satisfies OptionValue[] })
    return say(context, `Value of ${key.split('.').at(-1)!} is ${plain(value)}`)
  })
}

/** A text as a value of the type that an option has now; undefined: it is none. */
function typed(now: unknown, text: string): OptionValue['value'] | undefined {
  const type = (now as { _typeName?: string } | undefined)?._typeName
  if (typeof now === 'string') return text
  if (typeof now === 'boolean') return text === '1' || text === 'true'
  if (!/^-?\d+$/.test(text)) return undefined
  return type === undefined ? Number(text) : { _typeName: type, _value: Number(text) }
}

function plain(value: unknown): string {
  return String((value as { _value?: unknown } | undefined)?._value ?? value)
}

function listed(context: Context): boolean {
  return context.args.length === 1 && (context.args[0] === '-l' || context.args[0] === '--list')
}

function nics(context: Context): number {
  if (!listed(context)) return notKnown(context)
  const rows = (networkOf(context.machine).pnic ?? []).map(nic => nicRow(context.machine, nic))
  const header = ['Name', 'PCI', 'Driver', 'Link', 'Speed', 'Duplex', 'MAC Address', 'MTU', 'Description']
  return say(context, ...columnsOf([header, ...rows], { least: [7, 12, 11, 4, 11, 6, 17, 6] }))
}

function nicRow(machine: Machine, nic: PhysicalNic): string[] {
  const network = networkOf(machine)
  const carrier = switchesOf(network).find(each => each.pnic?.includes(nic.key ?? '') === true)
  const pci = machine.world.get<HostSystemProps>(machine.node.name, 'ha-host')?.props.hardware?.pciDevice?.find(each => each.id === nic.pci)
  return [
    nic.device, nic.pci, nic.driver ?? '', nic.linkSpeed === undefined ? 'Down' : 'Up', `${nic.linkSpeed?.speedMb ?? 0}Mbps`,
    nic.linkSpeed?.duplex === true ? 'Full' : 'Half', nic.mac, String(carrier?.mtu ?? 1500),
    pci === undefined ? '' : `${pci.vendorName} ${pci.deviceName}`,
  ]
}

function switchesOf({ vswitch = [], proxySwitch = [] }: HostNetworkInfo): ReadonlyArray<HostVirtualSwitch | HostProxySwitch> {
  return [...vswitch, ...proxySwitch]
}

function vmknics(context: Context): number {
  if (!listed(context)) return notKnown(context)
  const header = [
    'Interface', 'Port Group/DVPort/Opaque Network', 'IP Family', 'IP Address', 'Netmask', 'Broadcast', 'MAC Address', 'MTU', 'TSO MSS',
    'Enabled', 'Type', 'NetStack',
  ]
  const rows = (networkOf(context.machine).vnic ?? []).map(vmknicRow)
  return say(context, ...columnsOf([header, ...rows]))
}

function vmknicRow({ device, portgroup, spec }: HostVirtualNic): string[] {
  const { ipAddress = '', subnetMask = '' } = spec.ip ?? {}
  return [
    device, spec.distributedVirtualPort?.portKey ?? portgroup, 'IPv4', ipAddress, subnetMask,
    ipAddress === '' || subnetMask === '' ? '' : broadcastOf(ipAddress, subnetMask), spec.mac ?? '', String(spec.mtu ?? 1500), '65535',
    'true', spec.ip?.dhcp === true ? 'DHCP' : 'STATIC', spec.netStackInstanceKey ?? 'defaultTcpipStack',
  ]
}

function vswitches(context: Context): number {
  // What the switches are is what was configured: there is nothing to restore.
  if (context.args.length === 1 && /^-[rR]$/.test(context.args[0]!)) return 0
  if (!listed(context)) return notKnown(context)
  const network = networkOf(context.machine)
  const devices = (keys: readonly string[] | undefined): string =>
    (network.pnic ?? []).filter(nic => nic.key !== undefined && keys?.includes(nic.key) === true).map(nic => nic.device).join(',')
  for (const each of network.vswitch ?? []) {
    const uplinks = devices(each.pnic)
    say(context,
      ...columnsOf([
        ['Switch Name', 'Num Ports', 'Used Ports', 'Configured Ports', 'MTU', 'Uplinks'],
        [each.name, ...portsOf(each), String(each.spec.numPorts), String(each.mtu ?? 1500), uplinks],
      ], { least: [15, 10, 10, 16, 6] }),
      '',
      ...columnsOf([
        ['PortGroup Name', 'VLAN ID', 'Used Ports', 'Uplinks'],
        ...(network.portgroup ?? []).filter(group => group.vswitch === each.key)
          .map(group => [group.spec.name, String(group.spec.vlanId), String(group.port?.length ?? 0), uplinks]),
      ], { least: [40, 7, 10] }).map(line => `  ${line}`),
      '')
  }
  for (const each of network.proxySwitch ?? []) {
    say(context, ...columnsOf([
      ['DVS Name', 'Num Ports', 'Used Ports', 'Configured Ports', 'MTU', 'Uplinks'],
      [each.dvsName, ...portsOf(each), String(each.configNumPorts ?? 0), String(each.mtu ?? 1500), devices(each.pnic)],
    ], { least: [15, 10, 10, 16, 6] }), '')
  }
  return 0
}

/** All ports of a switch, and those in use. */
function portsOf({ numPorts, numPortsAvailable }: { readonly numPorts: number, readonly numPortsAvailable: number }): [string, string] {
  return [String(numPorts), String(numPorts - numPortsAvailable)]
}

/** `esxcfg-route [GATEWAY | -l]` (operations.md 2.4). */
function * route(context: Context): Steps<number> {
  const [first, ...rest] = context.args
  const { ipRouteConfig, routeTableInfo } = networkOf(context.machine)
  if (first === undefined) return say(context, `VMkernel default gateway is ${ipRouteConfig?.defaultGateway ?? ''}`)
  if (first === '-l' || first === '--list') {
    const routes = (routeTableInfo?.ipRoute ?? []).map(({ network, prefixLength, gateway, deviceName = '' }) => prefixLength === 0
      ? ['default', '0.0.0.0', gateway, deviceName]
      : [network, maskOf(prefixLength), gateway === '0.0.0.0' ? 'Local Subnet' : gateway, deviceName])
    const header = ['Network', 'Netmask', 'Gateway', 'Interface']
    return say(context, 'VMkernel Routes:', ...columnsOf([header, ...routes], { least: [15, 15, 15] }))
  }
  if (rest.length > 0 || !/^\d{1,3}(\.\d{1,3}){3}$/.test(first)) return notKnown(context)
  return yield * byApi(context, function * (api) {
    const system = api.props<HostSystemProps>({ type: 'HostSystem', value: 'ha-host' })!.configManager.networkSystem!
    yield * api.call(system, 'UpdateIpRouteConfig', { config: { ...ipRouteConfig, defaultGateway: first } })
    return say(context, `VMkernel default gateway set to ${first}`)
  })
}

function maskOf(prefix: number): string {
  const bits = prefix === 0 ? 0 : (0xffffffff << (32 - prefix)) >>> 0
  return [24, 16, 8, 0].map(shift => (bits >>> shift) & 255).join('.')
}

/** `esxcfg-scsidevs -m`: which volume lies on which device. */
function scsiDevices(context: Context): number {
  if (context.args[0] !== '-m') return notKnown(context)
  const { world, node } = context.machine
  for (const slot of world.ofType(node.name, 'Datastore')) {
    const { vmfs } = world.read<DatastoreProps>(slot)!.props.info as VmfsDatastoreInfo
    for (const { diskName, partition } of vmfs?.extent ?? []) {
      say(context, `${diskName}:${partition} /vmfs/devices/disks/${diskName}:${partition} ${vmfs!.uuid}  0  ${vmfs!.name}`)
    }
  }
  return 0
}

/** What the product's program takes and this one does not says so. */
function notKnown(context: Context): number {
  return fails(context, `the lab does not emulate '${[context.name, ...context.args].join(' ')}'`, 2)
}
