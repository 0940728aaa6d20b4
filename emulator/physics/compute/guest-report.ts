import type { GuestDiskInfo, GuestInfo, GuestNicInfo, GuestStackInfo } from '../../schema/generated/types.js'
import { deepFreeze } from '../../world/freeze.js'
import { TEXT_MODE } from '../text-screen.js'

/** Version number of open-vm-tools 12.3.5, as `toolsVersion` counts. */
const TOOLS_VERSION = 12357

/** What the guest inside a VM is, as far as VMware Tools would report it. */
export interface GuestSpec {
  readonly hostName: string
  readonly domain: string
  /** One entry for each network card. */
  readonly adapters: ReadonlyArray<{ key: number, network: string, mac: string, addresses: readonly string[] }>
}

const idle = new Map<string, GuestInfo>()

/** `guest` of a VM whose tools do not run: it is off, or has none. Shared between VMs. */
export function idleGuest(guestId: string, tools: boolean, hardware: string, running: boolean): GuestInfo {
  const id = `${guestId} ${tools} ${hardware} ${running}`
  let guest = idle.get(id)
  if (guest === undefined) {
    guest = deepFreeze({
      toolsStatus: tools ? 'toolsNotRunning' : 'toolsNotInstalled',
      toolsVersionStatus: tools ? 'guestToolsUnmanaged' : 'guestToolsNotInstalled',
      toolsVersionStatus2: tools ? 'guestToolsUnmanaged' : 'guestToolsNotInstalled',
      toolsRunningStatus: 'guestToolsNotRunning',
      toolsVersion: tools ? String(TOOLS_VERSION) : '0',
      toolsInstallType: tools ? 'guestToolsTypeOpenVMTools' : 'guestToolsTypeUnknown',
      guestState: running ? 'running' : 'notRunning',
      guestOperationsReady: false,
      interactiveGuestOperationsReady: false,
      guestStateChangeSupported: tools,
      hwVersion: hardware,
    } satisfies GuestInfo)
    idle.set(id, guest)
  }
  return guest
}

/** The file systems that the guest reports: the first disk holds the root. Shared by capacity. */
export function guestDisks(guestId: string, capacities: readonly number[]): GuestDiskInfo[] {
  const windows = guestFamily(guestId) === 'windowsGuest'
  return deepFreeze(capacities.map((capacity, index): GuestDiskInfo => ({
    diskPath: windows ? `${String.fromCharCode(67 + index)}:\\` : index === 0 ? '/' : `/data${index}`,
    capacity,
    freeSpace: Math.floor(capacity * 0.8),
    filesystemType: windows ? 'NTFS' : 'ext4',
    mappings: [{ key: 2000 + index }],
  })))
}

const routes = new Map<string, GuestStackInfo['ipRouteConfig']>()

function routeOf(address: string): GuestStackInfo['ipRouteConfig'] {
  const network = address.slice(0, address.lastIndexOf('.'))
  let route = routes.get(network)
  if (route === undefined) {
    route = deepFreeze({
      ipRoute: [
        { network: '0.0.0.0', prefixLength: 0, gateway: { ipAddress: `${network}.1`, device: '0' } },
        { network: `${network}.0`, prefixLength: 24, gateway: { device: '0' } },
      ],
    })
    routes.set(network, route)
  }
  return route
}

const nameServers = deepFreeze(['10.0.0.2'])
const domains = new Map<string, string[]>()

function searchDomain(domain: string): string[] {
  let list = domains.get(domain)
  if (list === undefined) {
    list = deepFreeze([domain])
    domains.set(domain, list)
  }
  return list
}

/** `guest` of a running VM whose tools report. */
export function runningGuest(
  guestId: string, fullName: string, hardware: string, spec: GuestSpec, disks: GuestDiskInfo[],
): GuestInfo {
  const net = spec.adapters.map(guestNic)
  const address = spec.adapters[0]?.addresses[0]
  const stack: GuestStackInfo = {
    dnsConfig: Object.freeze({
      dhcp: false, hostName: spec.hostName, domainName: spec.domain, ipAddress: nameServers,
      searchDomain: searchDomain(spec.domain),
    }),
  }
  if (address !== undefined) stack.ipRouteConfig = routeOf(address)!
  const guest: GuestInfo = {
    toolsStatus: 'toolsOk',
    toolsVersionStatus: 'guestToolsUnmanaged',
    toolsVersionStatus2: 'guestToolsUnmanaged',
    toolsRunningStatus: 'guestToolsRunning',
    toolsVersion: String(TOOLS_VERSION),
    toolsInstallType: 'guestToolsTypeOpenVMTools',
    guestId,
    guestFamily: guestFamily(guestId),
    guestFullName: fullName,
    hostName: spec.hostName,
    net: Object.freeze(net) as GuestNicInfo[],
    ipStack: Object.freeze([Object.freeze(stack)]) as GuestStackInfo[],
    disk: disks,
    screen: screen,
    guestState: 'running',
    appHeartbeatStatus: 'appStatusGray',
    guestKernelCrashed: false,
    appState: 'none',
    guestOperationsReady: true,
    interactiveGuestOperationsReady: false,
    guestStateChangeSupported: true,
    generationInfo: noGenerations,
    hwVersion: hardware,
  }
  if (address !== undefined) guest.ipAddress = address
  return Object.freeze(guest)
}

/** Guests of the lab show a text screen (physics/guest-os). */
const screen = deepFreeze({ ...TEXT_MODE })
const noGenerations = deepFreeze<NonNullable<GuestInfo['generationInfo']>>([])

function guestNic(adapter: GuestSpec['adapters'][number]): GuestNicInfo {
  const nic: GuestNicInfo = {
    network: adapter.network,
    ipAddress: Object.freeze([...adapter.addresses]) as string[],
    macAddress: adapter.mac,
    connected: true,
    deviceConfigId: adapter.key,
    ipConfig: Object.freeze({
      ipAddress: Object.freeze(adapter.addresses.map(ipAddress => Object.freeze({
        ipAddress, prefixLength: ipAddress.includes(':') ? 64 : 24, state: 'preferred',
      }))) as Array<{ ipAddress: string, prefixLength: number, state: string }>,
    }),
  }
  return Object.freeze(nic)
}

/** Family that the guest's tools report: `linuxGuest`, `windowsGuest`, `otherGuestFamily`. */
export function guestFamily(guestId: string): string {
  if (/^win/i.test(guestId)) return 'windowsGuest'
  if (/debian|ubuntu|rhel|centos|sles|linux|coreos|photon|fedora|oracle|rocky|alma/i.test(guestId)) return 'linuxGuest'
  return 'otherGuestFamily'
}
