import type {
  HostFibreChannelHba, HostHostBusAdapter, HostMultipathInfoLogicalUnit, HostMultipathInfoPath, HostScsiDisk, ScsiLun,
} from '../../../schema/generated/types.js'
import { hostStorageSystem } from '../../host-storage-system.js'
import { action, cliFault, may, namespace, need, rows, scalar } from '../define.js'
import { through } from '../host-call.js'
import { hostConfig, hostProps } from '../host-props.js'
import type { Namespace, Seat } from '../model.js'

/** esxcli storage core and nmp (operations.md 2.1): adapters, devices, paths, as the host's storage system shows them. */

const oneDevice = may.text('-d', 'Name of one device: naa.…')

const adapter = namespace('storage.core.adapter', 'Storage adapters.', {
  list: rows('Adapter', {
    'HBA Name': 'string', Driver: 'string', 'Link State': 'string', UID: 'string', Capabilities: 'string', Description: 'string',
  }, {
    help: 'Show the storage adapters.',
    run: seat => adaptersOf(seat).map(each => ({
      'HBA Name': each.device, Driver: each.driver, 'Link State': linkState(each), UID: uidOf(each), Capabilities: '',
      Description: `(${each.pci ?? ''}) ${vendorOf(seat, each)} ${each.model}`,
    })),
  }),
  rescan: action({
    help: 'Look for new devices and volumes.',
    params: {
      adapter: may.text('-A', 'Name of one adapter: vmhba0.'),
      all: may.flag('-a', 'Look on all adapters.'),
    },
    run: (seat, { adapter: hbaDevice, all }) => {
      if ((hbaDevice === undefined) === (all !== true)) throw cliFault('Must specify either adapter or all.')
      if (hbaDevice === undefined) through(seat, hostStorageSystem, 'storageSystem', 'HostStorageSystem', 'RescanAllHba', {})
      else through(seat, hostStorageSystem, 'storageSystem', 'HostStorageSystem', 'RescanHba', { hbaDevice })
    },
  }),
})

const device = namespace('storage.core.device', 'Storage devices.', {
  list: rows('ScsiDevice', {
    'Display Name': 'string', 'Size (MB)': 'long', 'Device Type': 'string', 'Multipath Plugin': 'string', 'Devfs Path': 'string',
    Vendor: 'string', Model: 'string', Revision: 'string', 'SCSI Level': 'long', Status: 'string', 'Is Local': 'boolean',
    'Is SSD': 'boolean', 'Is Perennially Reserved': 'boolean', 'VAAI Status': 'string', 'Other UIDs': 'string[]',
    'Device Max Queue Depth': 'long', Device: 'string',
  }, {
    help: 'Show the storage devices.', params: { device: oneDevice },
    table: false, hints: { 'header:ScsiDevice': '%Device%', 'show-header': 'true' },
    run: (seat, given) => devicesOf(seat, given.device).map(({ lun }) => {
      const disk = lun as HostScsiDisk
      return {
        Device: lun.canonicalName, 'Display Name': lun.displayName,
        'Size (MB)': disk.capacity === undefined ? undefined : Math.floor(disk.capacity.block * disk.capacity.blockSize / 2 ** 20),
        'Device Type': lun.lunType === 'disk' ? 'Direct-Access' : lun.lunType, 'Multipath Plugin': 'NMP', 'Devfs Path': disk.devicePath,
        Vendor: lun.vendor, Model: lun.model, Revision: lun.revision, 'SCSI Level': lun.scsiLevel,
        Status: lun.operationalState?.includes('ok') === true ? 'on' : lun.operationalState?.join(', '), 'Is Local': disk.localDisk,
        'Is SSD': disk.ssd, 'Is Perennially Reserved': disk.perenniallyReserved,
        'VAAI Status': lun.vStorageSupport === 'vStorageSupported' ? 'supported' : 'unsupported',
        'Other UIDs': [`vml.${lun.uuid}`], 'Device Max Queue Depth': lun.queueDepth,
      }
    }),
  }),
})

const path = namespace('storage.core.path', 'Paths to storage devices.', {
  list: rows('ScsiPath', {
    'Runtime Name': 'string', Device: 'string', 'Device Display Name': 'string', Adapter: 'string', Channel: 'long', Target: 'long',
    LUN: 'long', Plugin: 'string', State: 'string', Transport: 'string',
  }, {
    help: 'Show the paths to storage devices.', params: { device: oneDevice, path: may.text('-p', 'Name of one path.') },
    table: false, hints: { 'header:ScsiPath': '%Runtime Name%', 'show-header': 'true' },
    run: (seat, given) => {
      const found = devicesOf(seat, given.device).flatMap(({ lun, unit }) => unit.path.map(each => pathRow(seat, lun, each)))
        .filter(row => given.path === undefined || row['Runtime Name'] === given.path)
      if (given.path !== undefined && found.length === 0) throw cliFault(`Unable to find path ${given.path}`)
      return found
    },
  }),
  set: action({
    help: 'Switch a path off, or on again.',
    params: {
      path: need.text('-p', 'Name of the path.'),
      state: need.text('-s', 'active or off.', { among: ['active', 'off'] }),
    },
    run: (seat, { path: pathName, state }) => {
      through(seat, hostStorageSystem, 'storageSystem', 'HostStorageSystem',
        state === 'off' ? 'DisableMultipathPath' : 'EnableMultipathPath', { pathName })
    },
  }),
})

const nmp = namespace('storage.nmp.device', 'How the host chooses among paths.', {
  list: rows('NmpDevice', {
    Device: 'string', 'Device Display Name': 'string', 'Storage Array Type': 'string', 'Path Selection Policy': 'string',
    'Working Paths': 'string[]',
  }, {
    help: 'Show how paths to devices are chosen.', params: { device: oneDevice },
    table: false, hints: { 'header:NmpDevice': '%Device%', 'show-header': 'true' },
    run: (seat, given) => devicesOf(seat, given.device).map(({ lun, unit }) => ({
      Device: lun.canonicalName, 'Device Display Name': lun.displayName, 'Storage Array Type': unit.storageArrayTypePolicy?.policy,
      'Path Selection Policy': unit.policy.policy,
      'Working Paths': unit.path.filter(each => each.isWorkingPath === true).map(each => each.name),
    })),
  }),
  set: action({
    help: 'Change how paths to a device are chosen.',
    params: {
      device: need.text('-d', 'Name of the device.'),
      psp: need.text('-P', 'VMW_PSP_FIXED, VMW_PSP_MRU or VMW_PSP_RR.'),
    },
    run: (seat, { device: name, psp }) => {
      const [{ unit }] = devicesOf(seat, name) as [Found]
      through(seat, hostStorageSystem, 'storageSystem', 'HostStorageSystem', 'SetMultipathLunPolicy', {
        lunId: unit.id, policy: { policy: psp },
      })
    },
  }),
})

const iscsi = namespace('iscsi.software', 'The software iSCSI adapter.', {
  get: scalar('boolean', {
    help: 'Show whether the software iSCSI adapter is on.',
    run: seat => hostConfig(seat).storageDevice?.softwareInternetScsiEnabled === true,
  }),
})

export const storageCore: readonly Namespace[] = [adapter, device, path, nmp, iscsi]

interface Found { readonly lun: ScsiLun, readonly unit: HostMultipathInfoLogicalUnit }

function adaptersOf(seat: Seat): readonly HostHostBusAdapter[] {
  return hostConfig(seat).storageDevice?.hostBusAdapter ?? []
}

/** Devices with their paths; one of them by its name. */
function devicesOf(seat: Seat, name: string | undefined): Found[] {
  const { scsiLun = [], multipathInfo } = hostConfig(seat).storageDevice ?? {}
  const units = new Map<string | undefined, HostMultipathInfoLogicalUnit>(multipathInfo?.lun?.map(unit => [unit.lun, unit]))
  const found = scsiLun.flatMap(lun => {
    const unit = units.get(lun.key)
    return unit === undefined || (name !== undefined && lun.canonicalName !== name) ? [] : [{ lun, unit }]
  })
  if (name !== undefined && found.length === 0) throw cliFault(`Unable to find device with name ${name}`)
  return found
}

function pathRow(seat: Seat, lun: ScsiLun, each: HostMultipathInfoPath) {
  const [, adapterName = '', channel, target, number] = /^(.*):C(\d+):T(\d+):L(\d+)$/.exec(each.name) ?? []
  const own = adaptersOf(seat).find(({ key }) => key === each.adapter)
  return {
    'Runtime Name': each.name, Device: lun.canonicalName, 'Device Display Name': lun.displayName, Adapter: own?.device ?? adapterName,
    Channel: Number(channel), Target: Number(target), LUN: Number(number), Plugin: 'NMP',
    State: each.state === 'disabled' ? 'off' : each.state, Transport: each.transport === undefined ? 'block' : 'fc',
  }
}

function linkState({ status, ...hba }: HostHostBusAdapter): string {
  return 'portWorldWideName' in hba ? status === 'online' ? 'link-up' : 'link-down' : 'link-n/a'
}

/** `fc.<node>:<port>` of a Fibre Channel port; others have no name of their own. */
function uidOf(hba: HostHostBusAdapter): string {
  const { nodeWorldWideName: node, portWorldWideName: port } = hba as Partial<HostFibreChannelHba>
  return node === undefined || port === undefined ? `unknown.${hba.device}` : `fc.${wide(node)}:${wide(port)}`
}

/** Longs beyond 2^53 are decimal strings (docs/decisions/0002). */
function wide(value: number | string): string {
  return BigInt(value).toString(16).padStart(16, '0')
}

function vendorOf(seat: Seat, { pci }: HostHostBusAdapter): string {
  return hostProps(seat).hardware?.pciDevice?.find(({ id }) => id === pci)?.vendorName ?? ''
}
