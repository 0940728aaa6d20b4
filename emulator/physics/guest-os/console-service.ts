import type { VirtualMachineVideoCard } from '../../schema/generated/types.js'
import type { Reader, Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { vmRecord } from '../compute/vm.js'
import { chassis } from '../hardware/chassis.js'
import { TEXT_MODE, type TextScreen } from '../text-screen.js'
import { guestScreen } from './guest-screen.js'
import './signals.js'
import { terminalOf } from './terminal.js'

/** Video memory below which a console stays black, in KiB (requirements A19). */
const LEAST_VIDEO_RAM_KB = 4096

/** Why a console shows nothing but black; undefined: it shows the guest. */
export function whyBlack(reader: Reader, vm: Slot): 'service' | 'videoRam' | undefined {
  if (chassis(reader, vm.address.node)?.consoleHung === true) return 'service'
  const devices = vmRecord(reader, vm).props.config?.hardware.device ?? []
  const card = devices.find((device): device is VirtualMachineVideoCard => device._typeName === 'VirtualMachineVideoCard')
  return card?.videoRamSizeInKB !== undefined && card.videoRamSizeInKB < LEAST_VIDEO_RAM_KB ? 'videoRam' : undefined
}

/** What the console of a host's VM shows: the guest's screen, or black; undefined while it is off. */
export function consoleScreen(reader: Reader, vm: Slot): TextScreen | undefined {
  if (whyBlack(reader, vm) === undefined) return guestScreen(reader, vm)
  return vmRecord(reader, vm).props.runtime.powerState === 'poweredOff'
    ? undefined
    : { ...terminalOf(reader, vm).size ?? TEXT_MODE, lines: [] }
}

/** Starts the service behind a host's consoles again: what hung is cured (`/etc/init.d/vmware-vmrc restart`). */
export function restartConsoleService(tx: Transaction, host: string): void {
  tx.emit('console.service', { host, state: 'running' })
}
