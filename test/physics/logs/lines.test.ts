import { afterEach, describe, expect, it } from 'vitest'
import { loadLab } from '../../../emulator/inventory/lab-file.js'
import { Lab } from '../../../emulator/lab.js'
import { LOG_LEVELS, type LineLevel, type LogLine, type StoredLine } from '../../../emulator/physics/logs/line.js'
import type { ProgramName } from '../../../emulator/physics/logs/programs.js'
import { facilityOf, lineText, severityOf } from '../../../emulator/physics/logs/render.js'
import { writeLog, type LogEntry } from '../../../emulator/physics/logs/write.js'
import { rewind } from '../../../emulator/world/image.js'

const HOST = 'esx-01'
let lab: Lab

afterEach(() => lab.stop())

function open(): void {
  lab = new Lab({ lab: loadLab('small'), seed: '1', clock: { mode: 'manual' } })
}

function write(name: ProgramName, entry: LogEntry, node = HOST): void {
  lab.world.transact({ kind: 'lab', what: 'test' }, tx => writeLog(tx, node, name, entry))
}

function lines(file: string, node = HOST): StoredLine[] {
  return [...lab.world.defineLog(`logs/${node}/${file}`, 10).since(1)].map(item => item.value as StoredLine)
}

function set(manager: string, key: string, value: unknown, node = HOST): void {
  lab.world.transact({ kind: 'lab', what: 'test' }, tx => {
    const slot = tx.find(node, manager)!
    const record = tx.read<{ setting: Array<{ key: string, value: unknown }> }>(slot)!
    const setting = [...record.props.setting.filter(option => option.key !== key), { key, value }]
    tx.replace(slot, { props: { ...record.props, setting }, inner: record.inner } as never)
  })
}

describe('a line as text (operations.md 3.2)', () => {
  const time = '2026-01-01T00:00:00.123Z'
  const hostd: LogLine = {
    time, level: 'info', program: 'hostd', pid: 2099001,
    origin: '[Originator@6876 sub=Vimsvc opID=5c user=root]', text: 'text',
  }
  it.each<[string, LogLine, string, string]>([
    ['hostd', hostd,
      `${time} info hostd[2099001] [Originator@6876 sub=Vimsvc opID=5c user=root] text`,
      `${time} In(166) Hostd[2099001]: [Originator@6876 sub=Vimsvc opID=5c user=root] text`],
    ['warning', { ...hostd, level: 'warning', origin: 'o' }, `${time} warning hostd[2099001] o text`, `${time} Wa(164) Hostd[2099001]: o text`],
    ['error', { ...hostd, level: 'error', origin: 'o' }, `${time} error hostd[2099001] o text`, `${time} Er(163) Hostd[2099001]: o text`],
    ['verbose', { ...hostd, level: 'verbose', origin: 'o' }, `${time} verbose hostd[2099001] o text`, `${time} Db(167) Hostd[2099001]: o text`],
    ['vmkernel', { time, level: 'info', program: 'vmkernel', origin: 'cpu0:2098001)', text: 'text' },
      `${time} cpu0:2098001)text`, `${time} In(182) vmkernel: cpu0:2098001)text`],
    ['vobd', { time, level: 'info', program: 'vobd', pid: 2097999, text: '[UserLevelCorrelator] 1012us: [vob.user.x] text' },
      `${time}: [UserLevelCorrelator] 1012us: [vob.user.x] text`,
      `${time} In(14) vobd[2097999]:  [UserLevelCorrelator] 1012us: [vob.user.x] text`],
    ['shell', { time, level: 'info', program: 'shell', pid: 1001, text: '[root]: ls' },
      `${time} shell[1001]: [root]: ls`, `${time} In(14) shell[1001]: [root]: ls`],
    ['sshd', { time, level: 'info', program: 'sshd', pid: 1001, text: 'text' },
      `${time} sshd[1001]: text`, `${time} In(38) sshd[1001]: text`],
    ['a service script', { time, level: 'info', program: 'SSH', pid: 7, text: 'SSH login enabled' },
      `${time} SSH[7]: SSH login enabled`, `${time} No(13) SSH[7]: SSH login enabled`],
    ['vpxd', { time, level: 'info', program: 'vpxd', pid: 1234, origin: '[Originator@6876 sub=vpxLro opID=5c]', text: 'text' },
      `${time} info vpxd[01234] [Originator@6876 sub=vpxLro opID=5c] text`,
      `${time} info vpxd[01234] [Originator@6876 sub=vpxLro opID=5c] text`],
    ['further rows', { ...hostd, origin: 'o', text: 'a\nb' }, `${time} info hostd[2099001] o a\n--> b`, `${time} In(166) Hostd[2099001]: o a\n--> b`],
  ])('%s', (_name, line, seven, eight) => {
    open()
    expect(lineText(line, '7.0.3')).toBe(seven)
    expect(lineText(line, '8.0.3')).toBe(eight)
  })

  it('facility and severity › those of the number in the line', () => {
    open()
    expect([facilityOf(hostd), severityOf(hostd)]).toEqual([20, 6])
    expect(severityOf({ ...hostd, level: 'trivia' })).toBe(7)
    expect([facilityOf({ ...hostd, program: 'SSH' }), severityOf({ ...hostd, program: 'SSH' })]).toEqual([1, 5])
  })
})

describe('writing', () => {
  const everyLevel = LOG_LEVELS.slice(1) as LineLevel[]

  it.each(LOG_LEVELS)('level %s › only what is as bad is written, from that transaction on', level => {
    open()
    set('ha-adv-options', 'Config.HostAgent.log.level', level)
    set('VpxSettings', 'config.log.level', level, 'vc-01')
    for (const each of everyLevel) {
      write('hostd', { level: each, text: each })
      write('vpxd', { level: each, text: each }, 'vc-01')
    }
    const wanted = everyLevel.slice(0, LOG_LEVELS.indexOf(level))
    const said = (file: string, node: string): string[] =>
      lines(file, node).filter(line => line.header !== true && line.text === line.level).map(line => line.level)
    expect(said('hostd', HOST)).toEqual(wanted)
    expect(said('vpxd', 'vc-01')).toEqual(wanted)
  })

  it('level of a module › before that of hostd; empty inherits', () => {
    open()
    const verbose = (sub: string): void => write('hostd', { level: 'verbose', sub, text: sub })
    verbose('Vmsvc.vm:/vmfs/volumes/x/y.vmx')
    verbose('Vimsvc')
    set('ha-adv-options', 'Config.HostAgent.level[Vimsvc].logLevel', 'trivia')
    verbose('Vimsvc.ha-eventmgr')
    set('ha-adv-options', 'Config.HostAgent.level[Vmsvc].logLevel', 'none')
    verbose('Vmsvc')
    expect(lines('hostd').filter(line => line.header !== true).map(line => line.text))
      .toEqual(['Vmsvc.vm:/vmfs/volumes/x/y.vmx', 'Vimsvc.ha-eventmgr'])
  })

  it('text of a line below the level › is not made', () => {
    open()
    let made = 0
    write('vobd', { level: 'verbose', text: () => `${made += 1}` })
    write('vobd', { level: 'info', text: () => `${made += 1}` })
    expect(made).toBe(1)
  })

  it('program that does not run › writes nothing', () => {
    open()
    lab.faults.inject('hostd-stop', HOST, {})
    write('hostd', { level: 'error', text: 'x' })
    write('vmkernel', { level: 'info', text: 'x' })
    expect(lines('hostd').some(line => line.text === 'x')).toBe(false)
    expect(lines('vmkernel').some(line => line.text === 'x')).toBe(true)
  })

  it('size reached › the next file begins with its header; a rewind undoes it', () => {
    open()
    set('ha-adv-options', 'Syslog.loggers.hostd.size', 1)
    const revision = lab.world.revision
    for (let i = 0; i < 12; i += 1) write('hostd', { level: 'info', text: 'x'.repeat(100) })
    const written = lines('hostd')
    expect(Math.max(...written.map(line => line.size))).toBeLessThanOrEqual(1024)
    const firsts = written.filter(line => line.row === 1)
    expect(firsts.length).toBeGreaterThan(1)
    for (const first of firsts) expect(first.text).toContain('Section for VMware ESX, pid=')
    rewind(lab.world, revision)
    expect(lines('hostd')).toEqual([])
  })
})
