import { describe, expect, it } from 'vitest'
import { loadImage, saveImage } from '../../emulator/world/image.js'
import { HaVmLab } from '../support/ha-vm-lab.js'

describe('what HA does with VMs', () => {
  it('goes on from a saved lab as in the one that was saved', () => {
    const lab = new HaVmLab()
    lab.crash('esx-02')
    lab.to(32)
    const image = JSON.parse(JSON.stringify(saveImage(lab.lab.world))) as ReturnType<typeof saveImage>
    const other = new HaVmLab()
    loadImage(other.lab.world, image)
    lab.to(300)
    other.lab.world.advance(lab.lab.world.now() - other.lab.world.now())
    // The loaded lab counts its own revisions.
    const { revision: _own, ...state } = saveImage(other.lab.world)
    expect(saveImage(lab.lab.world)).toMatchObject(state)
    expect(lab.times('com.vmware.vc.ha.VmRestartedByHAEvent')).toEqual([35, 35, 35])
  })
})
