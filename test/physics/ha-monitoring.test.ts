import { screenshotBytes } from '../../emulator/physics/guest-os/screenshot.js'
import { TEXT_MODE } from '../../emulator/physics/text-screen.js'
import { describe, expect, it } from 'vitest'
import { HaVmLab } from '../support/ha-vm-lab.js'

const VM = 'vm-esx-02-1'

class Guests extends HaVmLab {
  constructor(mode = 'vmMonitoringOnly', settings: object = {}, option: object[] = []) {
    super({
      das: {
        vmMonitoring: mode, option,
        defaultVmSettings: { vmToolsMonitoringSettings: { failureInterval: 30, minUpTime: 120, maxFailures: 3, ...settings } },
      },
    })
  }

  inject(fault: string, options: Record<string, unknown> = {}): void {
    this.lab.faults.inject(fault, VM, options)
  }

  resets(): number[] {
    return this.timesOf('VmDasBeingResetWithScreenshotEvent', VM)
  }
}

describe('a guest hangs', () => {
  it('its heartbeat goes yellow and red, and without VM monitoring nothing more happens', () => {
    const lab = new Guests('vmMonitoringDisabled')
    lab.inject('guest-hang')
    lab.to(20)
    expect(lab.vcenterVm(VM).guestHeartbeatStatus).toBe('green')
    lab.to(21)
    expect(lab.vcenterVm(VM).guestHeartbeatStatus).toBe('yellow')
    lab.to(42)
    expect(lab.vcenterVm(VM).guestHeartbeatStatus).toBe('red')
    expect(lab.vcenterVm(VM).guest?.toolsRunningStatus).toBe('guestToolsNotRunning')
    lab.to(3600)
    expect(lab.resets()).toEqual([])
    lab.lab.faults.heal('fault-1')
    expect(lab.vcenterVm(VM).guestHeartbeatStatus).toBe('green')
  })

  it('is reset when it has been silent for the interval and without I/O for two minutes', () => {
    const lab = new Guests()
    lab.inject('guest-hang')
    lab.to(119)
    expect(lab.resets()).toEqual([])
    lab.to(200)
    expect(lab.resets()).toEqual([120])
    expect(lab.vcenterVm(VM).guestHeartbeatStatus).toBe('green')
    expect(lab.real(VM)).toEqual(['esx-02'])
  })

  it('leaves what its console showed in a file that the event names', () => {
    const lab = new Guests()
    lab.inject('guest-hang')
    lab.to(200)
    const event = [...lab.lab.world.log('events/vc1').since(1)]
      .map(item => item.value as { _typeName: string, screenshotFilePath: string, reason: string })
      .find(each => each._typeName === 'VmDasBeingResetWithScreenshotEvent')
    expect(event?.reason).toBe('vmtoolsHeartbeatFailure')
    expect(event?.screenshotFilePath).toMatch(new RegExp(`^\\[.+\\] ${VM}/${VM}-1\\.png$`))
    const listed = lab.vcenterVm(VM).layoutEx?.file?.find(file => file.name === event?.screenshotFilePath)
    expect(listed).toMatchObject({ type: 'screenshot', size: screenshotBytes(TEXT_MODE) })
  })

  it('after the interval alone where I/O is not looked at', () => {
    const lab = new Guests('vmMonitoringOnly', { failureInterval: 60 }, [{ key: 'das.iostatsinterval', value: '0' }])
    lab.inject('guest-hang')
    lab.to(200)
    expect(lab.resets()).toEqual([60])
  })

  it('takes again=true in the words of the command line, and refuses others', () => {
    const lab = new Guests('vmMonitoringOnly', { maxFailureWindow: 3600 })
    lab.inject('guest-hang', { again: 'true' })
    lab.to(400)
    expect(lab.resets()).toHaveLength(2)
    expect(() => lab.inject('guest-hang', { again: 'perhaps' })).toThrow(/again/)
  })

  it('again and again only until the failures of the window are used up', () => {
    const lab = new Guests('vmMonitoringOnly', { maxFailureWindow: 3600 })
    lab.inject('guest-hang', { again: true })
    lab.to(3000)
    expect(lab.resets()).toHaveLength(3)
    expect(lab.timesOf('VmDasResetAbortedEvent', VM)).toHaveLength(1)
  })

  it('is not touched where its host is alone with the wish', () => {
    const lab = new Guests()
    lab.configure({ dasVmConfig: [{
      key: lab.ref(VM),
      dasSettings: { vmToolsMonitoringSettings: { clusterSettings: false, vmMonitoring: 'vmMonitoringDisabled' } },
    }] })
    lab.inject('guest-hang')
    lab.to(600)
    expect(lab.resets()).toEqual([])
  })

  it('does not shut down when it is asked to', () => {
    const lab = new Guests('vmMonitoringDisabled')
    lab.inject('guest-hang')
    lab.to(5)
    lab.call('vc1', lab.ref(VM), 'ShutdownGuest')
    lab.to(60)
    expect(lab.real(VM)).toEqual(['esx-02'])
  })
})

describe('a fault of a guest that HA restarted elsewhere', () => {
  it('comes again there, and heals there', () => {
    const lab = new Guests('vmMonitoringDisabled')
    lab.inject('guest-hang', { again: true })
    lab.crash('esx-02')
    lab.to(120)
    expect(lab.real(VM)).toEqual([lab.on(VM)])
    expect(lab.vcenterVm(VM).guestHeartbeatStatus).toBe('red')
    lab.lab.faults.heal('fault-1')
    expect(lab.vcenterVm(VM).guestHeartbeatStatus).toBe('green')
  })
})

describe('a VM that arrives on a host', () => {
  const move = (lab: Guests, name: string, host: string): void => {
    lab.done('vc1', lab.ref(name), 'MigrateVM_Task', { host: lab.hostRef(host), priority: 'defaultPriority' })
  }

  it('does not begin the trouble of others there anew', () => {
    const lab = new Guests('vmMonitoringDisabled')
    lab.inject('guest-hang')
    lab.to(30)
    move(lab, 'vm-esx-03-1', 'esx-02')
    const seen: string[] = []
    for (let at = 31; at <= 120; at += 1) {
      lab.to(at)
      const status = lab.vcenterVm(VM).guestHeartbeatStatus
      if (seen.at(-1) !== status) seen.push(status)
    }
    expect(seen).toEqual(['yellow', 'red'])
  })

  it('does not make the resets of others there forgotten', () => {
    const lab = new Guests('vmMonitoringOnly', { maxFailureWindow: 3600 })
    lab.inject('guest-hang', { again: true })
    for (const [at, host] of [[150, 'esx-02'], [300, 'esx-03'], [450, 'esx-02'], [600, 'esx-03']] as const) {
      lab.to(at)
      move(lab, 'vm-esx-03-1', host)
    }
    lab.to(3000)
    expect(lab.resets()).toHaveLength(3)
  })

  it('has its own resets forgotten, and its trouble goes on there', () => {
    const lab = new Guests('vmMonitoringOnly', { maxFailureWindow: 3600 })
    lab.inject('guest-hang', { again: true })
    lab.to(295)
    expect(lab.resets()).toHaveLength(2)
    move(lab, VM, 'esx-03')
    lab.to(3000)
    expect(lab.resets()).toHaveLength(5)
    expect(lab.real(VM)).toEqual(['esx-03'])
  })
})

describe('VMware Tools stop', () => {
  it('in a guest that works on: no reset while I/O is looked at', () => {
    const lab = new Guests()
    lab.inject('tools-stop')
    lab.to(1)
    expect(lab.vcenterVm(VM).guest?.toolsRunningStatus).toBe('guestToolsNotRunning')
    lab.to(600)
    expect(lab.resets()).toEqual([])
    const other = new Guests('vmMonitoringOnly', {}, [{ key: 'das.iostatsinterval', value: '0' }])
    other.inject('tools-stop')
    other.to(600)
    expect(other.resets()).toEqual([30])
  })
})

describe('a kernel crashes', () => {
  it('is told by the guest, and the VM is reset', () => {
    const lab = new Guests()
    lab.inject('guest-crash')
    lab.to(1)
    expect(lab.vcenterVm(VM).guest?.guestKernelCrashed).toBe(true)
    lab.to(200)
    expect(lab.resets()).toEqual([120])
    expect(lab.vcenterVm(VM).guest?.guestKernelCrashed).toBe(false)
  })
})

describe('an application fails', () => {
  it('is red after 30 s, and its VM is reset where applications are monitored', () => {
    const lab = new Guests('vmAndAppMonitoring')
    lab.inject('application-fail')
    lab.to(29)
    expect(lab.vcenterVm(VM).guest?.appHeartbeatStatus).toBe('appStatusGreen')
    lab.to(30)
    expect(lab.vcenterVm(VM).guest?.appHeartbeatStatus).toBe('appStatusRed')
    lab.to(60)
    expect(lab.resets()).toEqual([31])
    const other = new Guests()
    other.inject('application-fail')
    other.to(600)
    expect(other.resets()).toEqual([])
  })

  it('asks for a reset itself', () => {
    const lab = new Guests('vmAndAppMonitoring')
    lab.inject('application-fail', { how: 'needs-reset' })
    lab.to(10)
    expect(lab.resets()).toEqual([1])
  })
})
