import type { ClusterComputeResourceProps, TaskInfo } from '../../../emulator/schema/generated/types.js'
import type { CheckerKind } from '../checker.js'

interface Percentages {
  readonly currentCpuFailoverResourcesPercent?: number
  readonly currentMemoryFailoverResourcesPercent?: number
}

/** I10: what vCenter lets start under admission control leaves the policy satisfied. */
export const admittedFits: CheckerKind = {
  invariant: 'I10',
  title: 'a power-on that vCenter accepts leaves the admission control policy satisfied',
  make: ({ lab, broken, reached }) => ({
    after: entry => {
      const started = entry.changes.some(({ slot, before, after }) => {
        if (slot.address.type !== 'Task' || slot.address.node !== 'vc-01') return false
        const was = (before?.props as { info?: TaskInfo } | undefined)?.info
        const is = (after?.props as { info?: TaskInfo } | undefined)?.info
        return is?.descriptionId === 'VirtualMachine.powerOn' && is.state === 'success' && was?.state !== 'success'
      })
      if (!started) return
      for (const slot of lab.world.ofType('vc-01', 'ClusterComputeResource')) {
        const { configurationEx, summary } = lab.world.read<ClusterComputeResourceProps>(slot)!.props
        const { dasConfig } = configurationEx as unknown as { dasConfig: { admissionControlEnabled?: boolean, admissionControlPolicy?: Record<string, number> } }
        if (dasConfig.admissionControlEnabled !== true) continue
        const current = (summary as { admissionControlInfo?: Percentages }).admissionControlInfo
        const { cpuFailoverResourcesPercent: cpu, memoryFailoverResourcesPercent: memory } = dasConfig.admissionControlPolicy ?? {}
        if (current === undefined || cpu === undefined || memory === undefined) continue
        reached('a power-on passes admission control')
        const { currentCpuFailoverResourcesPercent: leftCpu = 100, currentMemoryFailoverResourcesPercent: leftMemory = 100 } = current
        if (leftCpu < cpu || leftMemory < memory) {
          broken(`accepted, and leaves ${leftCpu} % CPU of ${cpu} and ${leftMemory} % memory of ${memory}`)
        }
      }
    },
  }),
}
