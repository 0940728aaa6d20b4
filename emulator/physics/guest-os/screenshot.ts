import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { vmRecord } from '../compute/vm.js'
import { filesIn, folderId, type VolumeFolder, type VolumeFolderInner } from '../storage/files.js'
import { datastorePath } from '../storage/paths.js'
import { addVmFiles, vmHome } from '../storage/vm-files.js'
import { LAB } from '../hardware/chassis.js'
import { TEXT_MODE, type TextScreen } from '../text-screen.js'
import { consoleScreen } from './console-service.js'

/**
 * Bytes of a screenshot's file: a PNG of 16 colours that is not compressed (console/png.ts), since
 * how well a machine compresses may not become a fact of the lab.
 */
export function screenshotBytes({ width, height }: { readonly width: number, readonly height: number }): number {
  const raw = (Math.ceil(width / 2) + 1) * height
  const zlib = 2 + raw + Math.ceil(raw / 65535) * 5 + 4
  return 8 + chunk(13) + chunk(48) + chunk(zlib) + chunk(0)
}

function chunk(bytes: number): number {
  return 12 + bytes
}

/**
 * Writes what a VM shows to a file beside its configuration: `<vm>-1.png` and so on. Gives its
 * datastore path; undefined when the volume has no space for it.
 */
export function takeScreenshot(tx: Transaction, vm: Slot): string | undefined {
  const home = vmHome(tx, vm)
  if (home === undefined) return undefined
  const screen: TextScreen = consoleScreen(tx, vm) ?? { ...TEXT_MODE, lines: [] }
  const { name } = vmRecord(tx, vm).props
  const taken = filesIn(tx, home.volume, home.folder) ?? {}
  let number = 1
  while (`${name}-${number}.png` in taken) number += 1
  const file = `${name}-${number}.png`
  if (!addVmFiles(tx, vm, { [file]: { size: screenshotBytes(screen), type: 'screenshot' } })) return undefined
  const { changesAt: _later, ...still } = screen
  const folder = tx.find(LAB, folderId(home.volume, home.folder))!
  const { props, inner } = tx.read<VolumeFolder, VolumeFolderInner>(folder)!
  tx.replace(folder, { props: { ...props }, inner: { ...inner, screens: { ...inner.screens, [file]: still } } })
  return datastorePath(home.datastoreName, home.folder, file)
}
