import type {
  VirtualDevice, VirtualDisk, VirtualDiskFlatVer2BackingInfo, VirtualEthernetCard, VirtualEthernetCardNetworkBackingInfo,
  VirtualMachineProps,
} from '../../schema/generated/types.js'

/** A VM's configuration file: the settings that the model has, as the product spells them. */
export function vmxText(vm: VirtualMachineProps): string {
  const { config } = vm
  if (config === undefined) return ''
  const lines: Array<[string, string]> = [
    ['.encoding', 'UTF-8'], ['config.version', '8'],
    ['virtualHW.version', /(\d+)$/.exec(config.version)?.[1] ?? ''],
    ['displayName', config.name], ['guestOS', config.guestId.replace(/Guest$/, '').toLowerCase().replace(/64$/, '-64')],
    ['memSize', String(config.hardware.memoryMB)], ['numvcpus', String(config.hardware.numCPU)],
    ['cpuid.coresPerSocket', String(config.hardware.numCoresPerSocket ?? 1)],
    ['uuid.bios', uuidText(config.uuid)], ['uuid.location', uuidText(config.locationId ?? config.uuid)],
    ['vc.uuid', uuidText(config.instanceUuid ?? '')],
    ...(config.annotation === undefined || config.annotation === '' ? [] : [['annotation', config.annotation] as [string, string]]),
    ...(config.hardware.device ?? []).flatMap(deviceLines),
    ...(config.extraConfig ?? []).map((each): [string, string] => [each.key, String(each.value ?? '')]),
  ]
  const seen = new Set<string>()
  return lines.filter(([key]) => !seen.has(key) && seen.add(key)).map(([key, value]) => `${key} = "${escaped(value)}"\n`).join('')
}

function deviceLines(device: VirtualDevice): Array<[string, string]> {
  const type = device._typeName ?? ''
  if (type === 'VirtualDisk') {
    const { backing, unitNumber = 0, controllerKey = 1000 } = device as VirtualDisk
    const name = `scsi${Math.max(0, controllerKey - 1000)}:${unitNumber}`
    const { fileName } = backing as VirtualDiskFlatVer2BackingInfo
    const file = fileName.slice(fileName.lastIndexOf('/') + 1)
    return [[`${name}.deviceType`, 'scsi-hardDisk'], [`${name}.fileName`, file], [`${name}.present`, 'TRUE']]
  }
  const controller = /^(?:ParaVirtualSCSI|VirtualLsiLogicSAS|VirtualLsiLogic|VirtualBusLogic)Controller$/.exec(type)
  if (controller !== null) {
    const kinds: Record<string, string> = {
      ParaVirtualSCSIController: 'pvscsi', VirtualLsiLogicSASController: 'lsisas1068',
      VirtualLsiLogicController: 'lsilogic', VirtualBusLogicController: 'buslogic',
    }
    const name = `scsi${Math.max(0, device.key - 1000)}`
    return [[`${name}.virtualDev`, kinds[type]!], [`${name}.present`, 'TRUE']]
  }
  const { macAddress, backing } = device as VirtualEthernetCard
  if (macAddress === undefined) return []
  const name = `ethernet${Math.max(0, device.key - 4000)}`
  const network = (backing as VirtualEthernetCardNetworkBackingInfo | undefined)?.deviceName
  return [
    [`${name}.virtualDev`, type.replace(/^Virtual/, '').toLowerCase()],
    ...network === undefined ? [] : [[`${name}.networkName`, network] as [string, string]],
    [`${name}.addressType`, 'generated'], [`${name}.generatedAddress`, macAddress], [`${name}.present`, 'TRUE'],
  ]
}

/** `56 4d 00 11 22 33 44 55-66 77 88 99 aa bb cc dd`. */
export function uuidText(uuid: string): string {
  const pairs = uuid.replaceAll('-', '').match(/../g) ?? []
  return `${pairs.slice(0, 8).join(' ')}-${pairs.slice(8).join(' ')}`
}

/** The descriptor of a virtual disk (operations.md 8.2). */
export function diskDescriptor(file: string, capacityBytes: number): string {
  return [
    '# Disk DescriptorFile', 'version=1', 'encoding="UTF-8"', 'CID=fffffffe', 'parentCID=ffffffff', 'createType="vmfs"', '',
    '# Extent description', `RW ${capacityBytes / 512} VMFS "${file.replace(/\.vmdk$/, '-flat.vmdk')}"`, '',
    '# The Disk Data Base', '#DDB', '', 'ddb.adapterType = "lsilogic"',
    `ddb.geometry.cylinders = "${Math.floor(capacityBytes / 512 / 255 / 63)}"`,
    'ddb.geometry.heads = "255"', 'ddb.geometry.sectors = "63"', '',
  ].join('\n')
}

function escaped(value: string): string {
  return value.replace(/[|"\n]/g, char => `|${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
}
