/** The inventories, by their number of VMs: flags that both servers understand. */
export const labs = {
  50: '-dc 1 -cluster 2 -host 4 -standalone-host 0 -vm 25',
  1000: '-dc 1 -cluster 4 -host 8 -standalone-host 0 -vm 250',
  10000: '-dc 2 -cluster 10 -host 16 -standalone-host 0 -vm 500',
  100000: '-dc 10 -cluster 20 -host 16 -standalone-host 0 -vm 500',
}

export const flagsOf = vms => labs[vms].split(' ')

/**
 * The peer at sizes where it cannot be part of each run (it needs eight minutes to start 10,000
 * VMs): measured once, on a machine of two cores, with vcsim of govmomi commit fd06160642a8.
 */
export const published = {
  'start.10000': { startMs: 476_000 },
  'memory.10000': { rssMb: 429, peakMb: 1740 },
  'viewList.10000': { cpuMs: 2900, wallMs: 3440 },
  'viewConfig.10000': { cpuMs: 17_800, wallMs: 16_000, bytes: 73.8e6, firstByteMs: 15_035 },
  'viewAll.10000': { cpuMs: 41_500, wallMs: 38_200, bytes: 180e6, firstByteMs: 33_521 },
  'filterSync.10000': { cpuMs: 15_800, wallMs: 18_200 },
  'vmProps.10000': { cpuMs: 2.98, wallMs: 1.69 },
  'findByUuid.10000': { cpuMs: 20.8, wallMs: 15.5 },
  'findByPath.10000': { cpuMs: 1.9, wallMs: 2.26 },
  'powerCycle.10000': { cpuMs: 4.77, wallMs: 5.56 },
}
