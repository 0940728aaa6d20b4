import { beforeEach, describe, expect, it } from 'vitest'
import { pressHostKeys } from '../../emulator/host-keys.js'
import { hostScreen } from '../../emulator/physics/hardware/host-screen.js'
import { serviceOf } from '../../emulator/physics/hardware/host-services.js'
import { withoutMarks } from '../../emulator/physics/text-screen.js'
import { verifyUser } from '../../emulator/services/accounts/verify.js'
import { ConsoleLab } from './support.js'

const HOST = 'esx-01'
const ENTRIES = { network: 2, troubleshooting: 7, logs: 8, support: 9 }

let lab: ConsoleLab
beforeEach(() => { lab = new ConsoleLab() })

/** Types at the host's keyboard, as the control API does. */
function type(...keys: string[]): void {
  pressHostKeys(lab.lab, HOST, keys)
}

function screen(): string {
  return hostScreen(lab.world, HOST)!.lines.map(withoutMarks).join('\n')
}

function events(): string[] {
  return [...lab.world.log(`events/${HOST}`).since(1)].flatMap(({ value }) => (value as { eventTypeId?: string }).eventTypeId ?? [])
}

const logIn = (key = 'F2'): void => type(key, 'VMware1!', 'Enter')
const choose = (entry: number): void => type(...Array.from({ length: entry }, () => 'Down'), 'Enter')
const service = (key: string): boolean => serviceOf(lab.world, HOST, key)!.running

function option(key: string, value: unknown): void {
  lab.world.transact({ kind: 'lab', what: 'test' }, tx => tx.update<{ setting: { key: string, value: unknown }[] }>({ node: HOST, id: 'ha-adv-options' }, draft => {
    draft.props.setting.find(each => each.key === key)!.value = value
  }))
}

function lockdown(mode: string): void {
  lab.world.transact({ kind: 'lab', what: 'test' }, tx => tx.update<{ config: { lockdownMode: string } }>({ node: HOST, id: 'ha-host' }, draft => {
    draft.props.config.lockdownMode = mode
  }))
}

describe('the console of a host', () => {
  it('F2 › asks for a name and a password, which is not shown; the right one leads to the menu', () => {
    type('F2')
    expect(screen()).toMatch(/Authentication Required[^]*Login Name: {2}root/)
    type('wrong', 'Enter')
    expect(screen()).toContain('Wrong name or password')
    expect(screen()).not.toContain('wrong')
    expect(events()).toContain('esx.audit.dcui.login.failed')
    type('VMware1!')
    expect(screen()).toMatch(/Password: {4}\*{8}\n/)
    type('Enter')
    expect(screen()).toMatch(/System Customization[^]*Configure Password[^]*View Support Information/)
    type('Escape')
    expect(screen()).toContain('To manage this host')
  })

  it('a password that nobody finishes › is forgotten with the time-out', () => {
    type('F2', 'VMware1!')
    lab.world.advance(599_000)
    expect(screen()).toMatch(/Password: {4}\*{8}\n/)
    lab.world.advance(2000)
    expect(screen()).toContain('To manage this host')
    expect(JSON.stringify(lab.world.get('lab', `dcui/${HOST}`))).not.toContain('VMware1!')
  })

  it('a locked root › still gets in here (network-security.md 12.2)', () => {
    const node = lab.lab.nodes.find(({ name }) => name === HOST)!
    for (let bad = 0; bad < 6; bad += 1) verifyUser(lab.world, node, 'root', 'no')
    expect(verifyUser(lab.world, node, 'root', 'VMware1!')).toEqual({ refused: 'wrong' })
    logIn()
    expect(screen()).toContain('System Customization')
  })

  it('Troubleshooting › SSH and the ESXi Shell really start and stop', () => {
    expect([service('TSM-SSH'), service('TSM')]).toEqual([false, false])
    logIn()
    choose(ENTRIES.troubleshooting)
    expect(screen()).toMatch(/Enable ESXi Shell[^]*Enable SSH/)
    type('Enter', 'Down', 'Enter')
    expect([service('TSM-SSH'), service('TSM')]).toEqual([true, true])
    expect(screen()).toMatch(/Disable ESXi Shell[^]*Disable SSH/)
    expect(events().filter(id => /ssh|shell/.test(id))).toEqual(['esx.audit.shell.enabled', 'esx.audit.ssh.enabled'])
    type('Enter')
    expect(service('TSM-SSH')).toBe(false)
  })

  it('Restart Management Agents › a hostd that hangs works again', () => {
    lab.lab.faults.inject('hostd-stop', HOST, { how: 'hang' })
    logIn()
    choose(ENTRIES.troubleshooting)
    type('Down', 'Down', 'Down', 'Enter')
    expect(screen()).toContain('virtual machines go on')
    type('F11')
    expect(screen()).toContain('run again')
    type('Enter', 'Escape', 'Escape')
    expect(screen()).not.toContain('The host agent does not answer')
    expect(events()).toContain('esx.audit.dcui.hostagents.restart')
  })

  it('network, support and logs › show what the host is', () => {
    logIn()
    choose(ENTRIES.network)
    expect(screen()).toMatch(/Network adapters: {2}vmnic0[^]*IPv4 address: {6}\d+\.\d+\.\d+\.\d+ /)
    type('Escape')
    expect(screen()).toContain('System Customization')
    type('Down', 'Down', 'Down', 'Down', 'Down', 'Down', 'Down', 'Enter')
    expect(screen()).toMatch(/Version: {8}ESXi \d[^]*UUID: {11}[0-9a-f-]{36}/)
    type('Escape', 'Up', 'Enter', '4')
    expect(screen()).toMatch(/\/var\/run\/log\/hostd\.log /)
    type('q', '2')
    expect(screen()).toMatch(/\/var\/run\/log\/vmkernel\.log /)
    // What is not emulated says so and does nothing.
    type('q', 'Escape', 'Down', 'Down', 'Enter')
    expect(screen()).toContain('This is not emulated.')
  })

  it('Alt+F12 › the vmkernel\'s log as it grows, without a login; Alt+F2 leads back', () => {
    const feed = lab.lab.consoles.hostFeed(HOST)!
    let changes = 0
    const cancel = feed.onChange(() => { changes += 1 })
    type('Alt+F12')
    const before = changes
    lab.lab.faults.inject('nic-down', HOST, { nic: 'vmnic0' })
    lab.world.advance(0)
    expect(screen()).toMatch(/netdev: vmnic\n  0: link down/)
    expect(changes).toBeGreaterThan(before)
    type('Alt+F2')
    expect(screen()).toContain('To manage this host')
    cancel()
  })

  it('F12 › shuts down in order, or restarts', () => {
    logIn('F12')
    type('F11')
    expect(events()).toContain('esx.audit.dcui.host.reboot')
    expect(screen()).toContain('firmware')
    lab.world.advance(300_000)
    expect(screen()).toContain('To manage this host')
    logIn('F12')
    type('F2')
    expect(hostScreen(lab.world, HOST)).toBeUndefined()
    expect(() => type('F2')).toThrow(expect.objectContaining({ status: 409 }))
  })

  it('lockdown and DCUI.Access › L4, L5 and L8 of network-security.md 12.2', () => {
    lockdown('lockdownNormal')
    logIn()
    expect(screen()).toContain('System Customization')
    type('Escape')
    option('DCUI.Access', '')
    logIn()
    expect(screen()).toContain('no right to use this console')
    type('Escape')
    lockdown('lockdownDisabled')
    logIn()
    expect(screen()).toContain('System Customization')
    type('Escape')
    lockdown('lockdownStrict')
    logIn()
    expect(screen()).toContain('This console is switched off.')
  })

  it('whoever types nothing › is logged out after UserVars.DcuiTimeOut', () => {
    logIn()
    lab.world.advance(599_000)
    expect(screen()).toContain('System Customization')
    lab.world.advance(1000)
    expect(screen()).toContain('To manage this host')
    expect(() => type('Escape', 'é')).toThrow(expect.objectContaining({ status: 400 }))
    expect(() => pressHostKeys(lab.lab, 'vc-01', ['F2'])).toThrow(expect.objectContaining({ status: 404 }))
  })
})
