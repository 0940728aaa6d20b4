import type { Volume, VolumeFolder, VolumeInner } from '../../../emulator/physics/storage/files.js'
import { LAB } from '../../../emulator/physics/hardware/chassis.js'
import type { Reader } from '../../../emulator/world/records.js'

/** Use, capacity and sum of the files of every volume, in bytes. */
export function folderSizes(reader: Reader): Array<{ volume: string, used: number, capacity: number, files: number }> {
  const sums = new Map<string, number>()
  for (const slot of reader.ofType(LAB, 'VolumeFolder')) {
    const volume = slot.address.id.split('/', 1)[0]!
    const { files } = reader.read<VolumeFolder>(slot)!.props
    const bytes = Object.values(files).reduce((sum, file) => sum + file.size, 0)
    sums.set(volume, (sums.get(volume) ?? 0) + bytes)
  }
  return reader.ofType(LAB, 'Volume').map(slot => {
    const { props, inner } = reader.read<Volume, VolumeInner>(slot)!
    return { volume: slot.address.id, used: inner.usedBytes, capacity: props.capacityBytes, files: sums.get(slot.address.id) ?? 0 }
  })
}
