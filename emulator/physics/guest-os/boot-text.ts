import type { VirtualDisk, VirtualEthernetCard } from '../../schema/generated/types.js'
import { hasTools } from '../compute/guest.js'
import { GUEST_BOOT_MS } from '../compute/timing.js'
import type { VmRecord } from '../compute/vm.js'
import { centred, paint } from '../text-screen.js'
import { cardsOf, hostNameOf } from './guest-facts.js'

/** A line that appears when the guest has been at something for so many milliseconds. */
export interface TimedLine {
  readonly at: number
  readonly text: string
}

/** The kernel takes over from the firmware; how a guest's boot is divided is our own choice. */
export const KERNEL_MS = 4000
/** The kernel starts services. */
const SERVICES_MS = 9000

/** What the kernel says while it starts: on the screen as it boots, later by `dmesg`. */
export function kernelLines(vm: VmRecord): TimedLine[] {
  const { hardware, guestFullName } = vm.props.config!
  const disks = (hardware.device ?? []).filter((device): device is VirtualDisk => device._typeName === 'VirtualDisk')
  const firmware = vm.props.config!.firmware === 'efi' ? 'EFI' : 'BIOS'
  const facts: Array<readonly [number, string]> = [
    [0, `Linux ${KERNEL} (simulated): ${guestFullName}`],
    [0, `Started by ${firmware}; root=/dev/sda1 rw console=tty1`],
    [90, `Memory: ${hardware.memoryMB * 1024}K available`],
    [210, `smp: ${hardware.numCPU} processor(s) online, ${hardware.numCoresPerSocket ?? 1} for each socket`],
    [400, 'pci: bus 0000:00 scanned'],
    [520, 'clocksource: the hypervisor\'s clock is in use'],
    ...disks.map((disk, index): [number, string] => [
      900 + index * 40, `${diskName(index)}: ${bytesOf(disk) / 512} sectors of 512 bytes, ${size(disk)}`,
    ]),
    ...cardsOf(vm).map((card, index): [number, string] => [1300 + index * 60, `eth${index}: ${driver(card.device)}, address ${card.mac}`]),
    [2100, 'sda1: file system clean, mounted read-write'],
    [2600, 'random: ready'],
    [3900, 'init: taking over'],
  ]
  return facts.map(([ms, text]) => ({ at: KERNEL_MS + ms, text: `[${stamp(ms * 1000)}] ${text}` }))
}

/** Version of the kernel that the simulated guests say they run. */
export const KERNEL = '6.1.0-fauxsphere'

/** Seconds with a fraction in microseconds, as kernels write them. */
export function stamp(microseconds: number): string {
  return (microseconds / 1e6).toFixed(6).padStart(12)
}

/** `sda`, `sdb`. */
export function diskName(index: number): string {
  return `sd${String.fromCharCode(97 + index)}`
}

const services = [
  'local file systems', 'system log', 'device manager', 'random seed', 'swap', 'host name', 'network', 'name resolution',
  'time synchronisation', 'message bus', 'login service', 'scheduled jobs', 'secure shell server', 'terminal tty1',
]

/** The lines of the services that the system starts, VMware Tools last. */
function serviceLines(vm: VmRecord): TimedLine[] {
  const all = [...services, ...hasTools(vm.props) ? ['VMware Tools'] : []]
  const each = (GUEST_BOOT_MS - 1000 - SERVICES_MS) / all.length
  return all.map((name, index) => ({ at: Math.round(SERVICES_MS + index * each), text: ok(`Started ${name}.`) }))
}

/** All that scrolls by from the kernel's start on. */
export function bootLines(vm: VmRecord): TimedLine[] {
  return [...kernelLines(vm), ...serviceLines(vm)]
}

/** What is shown while the system goes down, within `total` milliseconds. */
export function downLines(vm: VmRecord, how: 'shutdown' | 'reboot' | 'standby', total: number): TimedLine[] {
  if (how === 'standby') return [{ at: 0, text: 'The system stands by now.' }]
  const tools = hasTools(vm.props) ? ['VMware Tools'] : []
  const stopped = ['secure shell server', 'scheduled jobs', ...tools, 'network', 'system log', 'local file systems']
  const each = (total - 1500) / stopped.length
  return [
    { at: 0, text: `The system goes down for ${how === 'reboot' ? 'reboot' : 'power-off'} now.` },
    ...stopped.map((name, index) => ({ at: Math.round(500 + index * each), text: ok(`Stopped ${name}.`) })),
    { at: total - 700, text: how === 'reboot' ? 'Restarting.' : 'Power down.' },
  ]
}

/** The firmware's own screen, in the colours of the firmware. */
export function firmwareLines(vm: VmRecord, age: number, columns: number): string[] {
  const { hardware, firmware, version } = vm.props.config!
  const efi = firmware === 'efi'
  const disks = (hardware.device ?? []).filter((device): device is VirtualDisk => device._typeName === 'VirtualDisk')
  const frame = paint(efi ? 'brightCyan' : 'yellow')
  const bar = Math.min(30, Math.floor(age / 500) * 5)
  return [
    '', '', '',
    frame + centred(efi ? '┌─────────────────────────────┐' : '┌─────────────────────────────┐', columns),
    frame + centred(efi ? '│    Virtual UEFI firmware    │' : '│        Virtual  BIOS        │', columns),
    frame + centred('└─────────────────────────────┘', columns),
    '',
    `      Machine      ${vm.props.name} (${version})`,
    `      Processors   ${hardware.numCPU}`,
    `      Memory       ${age < 1000 ? 'counting' : `${hardware.memoryMB} MB`}`,
    ...age < 2000 ? [] : disks.slice(0, 4).map((disk, index) => `      Disk ${index}       ${size(disk)}`),
    ...age < 2500 ? [] : ['', `      Starting from ${efi ? 'the boot entry of ' : ''}disk 0`],
    '', '',
    centred(`${paint('green')}${'█'.repeat(bar)}${paint('grey')}${'░'.repeat(30 - bar)}`, columns),
  ]
}

/** A machine without a disk, or with blank ones, has nothing to start. */
export function noSystemLines(vm: VmRecord, columns: number): string[] {
  const disks = (vm.props.config!.hardware.device ?? []).filter(device => device._typeName === 'VirtualDisk')
  const tried = [
    ...disks.slice(0, 4).map((_, index) => `Disk ${index}: there is nothing on it to start.`),
    ...cardsOf(vm).slice(0, 2).map((_, index) => `Network card ${index}: no server offers a system.`),
  ]
  return [
    ...firmwareLines(vm, 2400, columns).slice(0, 14).filter(line => line !== ''), '',
    ...tried.map(line => `      ${line}`), '',
    `      ${paint('brightRed')}No disk with an operating system was found.`,
    disks.length === 0 ? '      Add a disk and reset the machine.' : '      Put one on a disk and reset the machine.',
  ]
}

/** The kernel has given up; the words are our own. */
export function panicLines(vm: VmRecord, uptimeMs: number): string[] {
  const at = (offset: number): string => `[${stamp(uptimeMs * 1000 + offset)}]`
  const red = paint('brightRed')
  return [
    `${at(41)} ${red}kernel: fatal: a pointer led nowhere (address 0000000000000008)`,
    `${at(47)} cpu 0, task 1 (init), host ${hostNameOf(vm)}, kernel ${KERNEL}`,
    `${at(52)} called from:`,
    `${at(55)}   write_back_pages+0x1c4`,
    `${at(58)}   flush_queue+0x88`,
    `${at(61)}   worker_loop+0x230`,
    `${at(64)}   thread_entry+0x3e`,
    `${at(90)} ${red}kernel: panic: task 1 has ended, nothing is left to run`,
    `${at(93)} The machine stands still. Reset it.`,
  ]
}

function ok(text: string): string {
  return `[${paint('brightGreen')}  OK  ${paint('silver')}] ${text}`
}

function size(disk: VirtualDisk): string {
  const bytes = bytesOf(disk)
  return bytes >= 2 ** 30 ? `${Math.round(bytes / 2 ** 30 * 10) / 10} GB` : `${Math.round(bytes / 2 ** 20)} MB`
}

/** Capacity of a disk in bytes. */
export function bytesOf(disk: VirtualDisk): number {
  return disk.capacityInBytes ?? disk.capacityInKB * 1024
}

function driver(device: VirtualEthernetCard): string {
  return (device._typeName ?? 'network card').replace(/^Virtual/, '').toLowerCase()
}
