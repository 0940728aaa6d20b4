import { describe, expect, it } from 'vitest'
import { chassis } from '../../emulator/physics/hardware/chassis.js'
import { TICKET_KEYS_MS, ticketKeysOf, tlsPolicyOf } from '../../emulator/physics/network/tls.js'
import { GateLab } from '../support/gate-lab.js'

const HOST = 'esx-01'
const jobs = (lab: GateLab): number => lab.lab.world.agenda.list().filter(job => job.kind === 'tls.ticketKeys'
  && (job.payload as { node: string }).node === HOST).length

describe('TLS of a machine (A5, A14)', () => {
  it('takes 1.3 since 8.0.3 and never less than 1.2', () => {
    for (const [product, newest] of [['7.0.3', 'TLSv1.2'], ['8.0.3', 'TLSv1.3'], ['9.0', 'TLSv1.3']] as const) {
      const lab = new GateLab({ lab: { lab: 'one', product, hosts: [{ name: HOST }] } })
      expect(tlsPolicyOf(lab.lab.world, HOST)).toMatchObject({ minVersion: 'TLSv1.2', maxVersion: newest })
    }
  })

  it('changes ticket keys every 24 hours, with one job for each machine whatever happens to it', () => {
    const lab = new GateLab()
    const { world } = lab.lab
    const first = ticketKeysOf(world, HOST)
    const { bootTime } = chassis(world, HOST)!
    world.advance(TICKET_KEYS_MS - (world.now() - bootTime) % TICKET_KEYS_MS - 1)
    expect(ticketKeysOf(world, HOST)).toBe(first)
    world.advance(1)
    expect(ticketKeysOf(world, HOST)).not.toBe(first)
    const { id } = lab.lab.faults.inject('host-crash', `host/${HOST}`, {})
    const before = ticketKeysOf(world, HOST)
    world.advance(3 * TICKET_KEYS_MS)
    expect([ticketKeysOf(world, HOST), jobs(lab)]).toEqual([before, 0])
    lab.lab.faults.heal(id)
    world.advance(TICKET_KEYS_MS)
    expect(ticketKeysOf(world, HOST)).not.toBe(before)
    for (let round = 0; round < 3; round += 1) lab.lab.faults.heal(lab.lab.faults.inject('hostd-stop', `host/${HOST}`, {}).id)
    expect(jobs(lab)).toBe(1)
  })
})
