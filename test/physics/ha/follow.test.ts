import { describe, expect, it } from 'vitest'
import type { ClusterComputeResourceProps, ClusterComputeResourceSummary } from '../../../emulator/schema/generated/types.js'
import { HaLab } from '../../support/ha-lab.js'

describe('what a cluster says of its hosts together', () => {
  it('follows memory alone', () => {
    const lab = new HaLab()
    const summary = (): ClusterComputeResourceSummary =>
      lab.props<{ summary: ClusterComputeResourceSummary }>('vc1', { type: 'ClusterComputeResource', value: lab.cluster }).summary
    const less = summary().effectiveMemory - 1024
    lab.change(tx => tx.update<ClusterComputeResourceProps>({ node: 'vc1', id: lab.cluster }, ({ props }) => {
      props.summary.effectiveMemory = less
    }))
    expect(summary().usageSummary?.totalMemCapacityMB).toBe(less)
  })
})
