import type { VirtualMachineProps } from '../../../emulator/schema/generated/types.js'
import { fromDateTime } from '../../../emulator/world/clock.js'
import type { CheckerKind } from '../checker.js'
import { processes } from './facts.js'

/** I19: when everything has healed, every VM that should run does, or HA has given up on it. */
export const everyVmRuns: CheckerKind = {
  invariant: 'I19',
  title: 'after all faults have healed every protected VM runs, or was tried as often as allowed',
  make: ({ lab, broken, reached }) => {
    const givenUp = new Set<string>()
    const off = new Set<string>()
    return {
      after: entry => {
        for (const { log, value } of entry.appended) {
          if (!log.startsWith('events/')) continue
          const event = value as { _typeName: string, eventTypeId?: string, vm?: { name: string }, createdTime: string, userName: string }
          const vm = event.vm?.name
          if (vm === undefined || fromDateTime(event.createdTime) < 0) continue
          if (event._typeName === 'VmMaxRestartCountReached') givenUp.add(vm)
          if (event.eventTypeId === 'com.vmware.vc.ha.VmRestartedByHAEvent') reached('HA restarted a VM')
          // Users switch VMs off too; those stay off.
          if (event._typeName === 'VmPoweredOffEvent' && event.userName !== '') off.add(vm)
          if (event._typeName === 'VmGuestShutdownEvent') off.add(vm)
          if (event._typeName === 'VmPoweredOnEvent') {
            off.delete(vm)
            givenUp.delete(vm)
          }
        }
      },
      end: () => {
        const running = new Set(processes(lab.world).map(each => each.name))
        for (const slot of lab.world.ofType('vc-01', 'VirtualMachine')) {
          const { name, runtime } = lab.world.read<VirtualMachineProps>(slot)!.props
          if (runtime.dasVmProtection?.dasProtected === true && !running.has(name) && !givenUp.has(name) && !off.has(name)) {
            broken(`${name} does not run (vCenter shows ${runtime.powerState}, ${runtime.connectionState})`)
          }
        }
      },
    }
  },
}

/** I18: in the end vCenter shows each VM as it is, on the one host that has it. */
export const inventoryIsTrue: CheckerKind = {
  invariant: 'I18',
  title: 'when everything has healed vCenter shows each VM once, on its host, as it is',
  make: ({ lab, broken }) => ({
    end: () => {
      const running = new Map(processes(lab.world).map(each => [each.name, each.host]))
      const names = new Set<string>()
      for (const slot of lab.world.ofType('vc-01', 'VirtualMachine')) {
        const { props, inner } = lab.world.read<VirtualMachineProps, { hostNode?: string }>(slot)!
        if (names.has(props.name)) broken(`${props.name} is twice in the inventory`)
        names.add(props.name)
        const host = running.get(props.name)
        const { powerState, connectionState } = props.runtime
        if (connectionState !== 'connected') broken(`${props.name} is ${connectionState}`)
        if ((host !== undefined) !== (powerState === 'poweredOn')) broken(`${props.name} is shown ${powerState}, runs on ${host}`)
        if (host !== undefined && inner.hostNode !== host) broken(`${props.name} is shown on ${inner.hostNode}, runs on ${host}`)
      }
    },
  }),
}
