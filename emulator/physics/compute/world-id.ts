/** Ids of worlds of VMs begin here, and those of two VMs are so far apart. */
const FIRST = 2_100_000
const STEP = 32

/**
 * Id of the world of a running VM on its host: another one after each power-on, and no two VMs of a host
 * have the same. `vm` is the VM's id on the host, which is a number there.
 */
export function worldIdOf(vm: string, bootTime: string | undefined): number {
  const number = /^\d+$/.test(vm) ? Number(vm) : [...vm].reduce((sum, each) => (sum * 31 + each.charCodeAt(0)) % 1_000_000, 7)
  const boot = bootTime === undefined ? 0 : Math.floor(Date.parse(bootTime) / 1000)
  return FIRST + number * STEP + 2 + boot % (STEP - 2)
}
