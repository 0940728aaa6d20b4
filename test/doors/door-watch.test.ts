import { describe, expect, it, vi } from 'vitest'
import { DoorWatch } from '../../emulator/door-watch.js'
import { GateLab } from '../support/gate-lab.js'
import { probeSocket } from '../support/socket-probe.js'
import { createTestLab } from '../support/test-lab.js'

/** A watched lab; `asked` names the nodes whose ports were looked at while something happens. */
function watched(): { answers: string[], asked: (happens: () => void) => string[], lab: GateLab, watch: DoorWatch } {
  const lab = new GateLab({ lab: 'small' })
  const { world } = lab.lab
  const watch = new DoorWatch(world, error => { throw error })
  const answers: string[] = []
  for (const { name } of lab.lab.nodes) {
    watch.add(name, 443, { answer: how => Promise.resolve(void answers.push(`${name} ${how}`)) })
  }
  const asked = (happens: () => void): string[] => {
    const get = vi.spyOn(world, 'get')
    happens()
    const nodes = new Set(get.mock.calls.filter(([node]) => node === 'lab').map(([, id]) => id))
    get.mockRestore()
    return lab.lab.nodes.map(node => node.name).filter(name => nodes.has(name))
  }
  return { answers, asked, lab, watch }
}

describe('DoorWatch', () => {
  it('looks at the ports of the machine that changed only', async () => {
    const { answers, asked, lab, watch } = watched()
    const crash = (): void => lab.lab.world.transact({ kind: 'lab' }, tx => tx.emit('hardware.powerLost', { node: 'esx-02', cause: 'power' }))
    expect(asked(crash)).toEqual(['esx-02'])
    await watch.settled()
    expect(answers).toEqual(['esx-02 timeout'])
  })

  it('looks at all when a rule of the network comes or goes', async () => {
    const { answers, asked, lab, watch } = watched()
    const all = lab.lab.nodes.map(node => node.name)
    expect(asked(() => lab.lab.faults.inject('port-block', 'vc-01', { port: 443, how: 'refuse' }))).toEqual(all)
    await watch.settled()
    expect(answers).toEqual(['vc-01 refused'])
    expect(asked(() => lab.lab.faults.heal('fault-1'))).toEqual(all)
    await watch.settled()
    expect(answers).toEqual(['vc-01 refused', 'vc-01 open'])
  })

  it('looks at the ports of a vCenter whose services changed', async () => {
    const { answers, asked, lab, watch } = watched()
    expect(asked(() => lab.lab.faults.inject('service-stop', 'vc-01', { service: 'envoy' }))).toEqual(['vc-01'])
    lab.lab.world.advance(60_000)
    await watch.settled()
    expect(answers[0]).toBe('vc-01 refused')
  })

  it('a real port that refused › says nothing once its machine has lost its power, and answers when all is well again', async () => {
    const lab = createTestLab({ watched: true })
    try {
      const url = await lab.url('esx-02')
      const seen: string[] = []
      const look = async (): Promise<void> => {
        await lab.doorsSettled()
        seen.push(await probeSocket(url))
      }
      const stopped = lab.lab.faults.inject('hostd-stop', 'esx-02', {})
      await look()
      const crashed = lab.lab.faults.inject('host-crash', 'esx-02', {})
      await look()
      for (const { id } of [crashed, stopped]) lab.lab.faults.heal(id)
      lab.world.advance(30 * 60_000)
      await look()
      expect(seen).toEqual(['refused', 'timeout', 'open'])
    } finally {
      await lab.close()
    }
  })
})
