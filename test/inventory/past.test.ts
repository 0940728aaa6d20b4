import { afterEach, describe, expect, it } from 'vitest'
import { vcsimDefaults, vcsimLab, type VcsimShape } from '../../emulator/inventory/vcsim.js'
import { nameServer } from '../../emulator/inventory/vcsim-server.js'
import { Lab } from '../../emulator/lab.js'
import { taskLog } from '../../emulator/services/tasks/lists.js'
import type { Event, HostSystemProps, OptionManagerProps, TaskInfo } from '../../emulator/schema/generated/types.js'

const labs: Lab[] = []
afterEach(() => labs.splice(0).forEach(lab => lab.stop()))

function peer(shape: Partial<VcsimShape> = {}, past = true): Lab {
  const lab = new Lab({
    lab: vcsimLab({ ...vcsimDefaults, ...shape }), seed: '1', clock: { mode: 'manual' }, past,
  })
  labs.push(lab)
  return lab
}

const eventsOf = (lab: Lab, node: string): string[] =>
  [...lab.world.log(`events/${node}`).since(1)].map(({ value }) => (value as Event & { _typeName: string })._typeName)

const tasksOf = (lab: Lab, node: string): string[] =>
  [...lab.world.log(taskLog(lab.world, node)).since(1)].map(({ value }) => (value as TaskInfo).name ?? '')

describe('the past of a lab', () => {
  it('vCenter › tasks and events tell how hosts and VMs came', () => {
    const lab = peer()
    const tasks = tasksOf(lab, 'vc-01')
    expect(tasks.filter(name => name === 'AddHost_Task')).toHaveLength(3)
    expect(tasks.filter(name => name === 'AddStandaloneHost_Task')).toHaveLength(1)
    expect(tasks.filter(name => name === 'CreateVM_Task')).toHaveLength(4)
    expect(tasks.filter(name => name === 'PowerOnVM_Task')).toHaveLength(4)
    const events = eventsOf(lab, 'vc-01')
    for (const type of ['HostAddedEvent', 'VmBeingCreatedEvent', 'VmCreatedEvent', 'VmStartingEvent', 'VmPoweredOnEvent']) {
      expect(events.filter(each => each === type)).toHaveLength(4)
    }
  })

  it('host › has the events of its VMs', () => {
    const lab = peer({ esx: true })
    const [host] = lab.nodes
    expect(eventsOf(lab, host!.name).filter(type => type === 'VmPoweredOnEvent')).toHaveLength(2)
  })

  it('VM that is off › was never powered on', () => {
    expect(tasksOf(peer({ autostart: false }), 'vc-01')).not.toContain('PowerOnVM_Task')
  })

  it('many VMs › are told of up to a hundred', () => {
    const lab = peer({ vms: 150, standaloneHosts: 0 })
    expect(tasksOf(lab, 'vc-01').filter(name => name === 'CreateVM_Task')).toHaveLength(100)
  })

  it('not asked for › nothing is told', () => {
    expect(tasksOf(peer({}, false), 'vc-01')).toEqual([])
  })
})

describe('the peer\'s inventory', () => {
  it('switch › has the version of the peer\'s', () => {
    const lab = peer()
    const [dvs] = lab.world.ofType('vc-01', 'VmwareDistributedVirtualSwitch')
    expect(lab.world.read(dvs!)!.props['summary']).toMatchObject({ productInfo: { version: '6.5.0' } })
  })

  it('VMs of a vApp › come without Tools, the others with', () => {
    const lab = peer({ apps: 1 })
    const status = (prefix: string): unknown[] => [...lab.world.ofType('vc-01', 'VirtualMachine')]
      .map(slot => lab.world.read<{ name: string, guest: { toolsStatus: string } }>(slot)!.props)
      .filter(({ name }) => name.startsWith(prefix)).map(({ guest }) => guest.toolsStatus)
    expect(status('DC0_C0_APP0')).toEqual(['toolsNotInstalled', 'toolsNotInstalled'])
    expect(status('DC0_H0')).toEqual(['toolsOk', 'toolsOk'])
  })
})

describe('the peer\'s one server', () => {
  const ports = (lab: Lab): Array<number | undefined> => [...lab.world.ofType('vc-01', 'HostSystem')]
    .map(slot => lab.world.read<HostSystemProps>(slot)!.props.summary.config.port)

  function named(unique: boolean): Lab {
    const lab = peer()
    lab.world.genesis(tx => nameServer(tx, lab.nodes[0]!, new URL('https://127.0.0.1:10444/sdk'), unique))
    return lab
  }

  it('address › is an option of the vCenter', () => {
    const [options] = named(false).world.ofType('vc-01', 'OptionManager')
      .map(slot => labs[0]!.world.read<OptionManagerProps>(slot)!.props.setting!)
    expect(options).toContainEqual({ key: 'vcsim.server.url', value: 'https://127.0.0.1:10444/sdk' })
  })

  it('hosts › have its port', () => {
    expect(ports(named(false))).toEqual([10444, 10444, 10444, 10444])
  })

  it('hosts › have each their own port › none is the server\'s', () => {
    expect(ports(named(true))).toEqual([10443, 10445, 10446, 10447])
  })
})
