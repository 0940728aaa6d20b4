import { describe, expect, it } from 'vitest'
import { datagram, framed } from '../../emulator/wire/syslog/framing.js'
import { syslogTexts, type SyslogMessage } from '../../emulator/wire/syslog/message.js'
import { eventTexts } from '../../emulator/wire/syslog/vcenter-event.js'

const message: SyslogMessage = {
  facility: 20, severity: 6, time: '2026-01-01T00:00:00.123Z', hostName: 'esx-01.lab.test', process: 'Hostd',
  pid: 2099001, text: '[Originator@6876 sub=Vimsvc] text',
}

describe('syslog messages', () => {
  it('RFC 3164 › has the ISO time and the process with its pid', () => {
    expect(syslogTexts(message, 'RFC_3164'))
      .toEqual(['<166>2026-01-01T00:00:00.123Z esx-01.lab.test Hostd[2099001]: [Originator@6876 sub=Vimsvc] text'])
    expect(syslogTexts({ ...message, facility: 22, process: 'vmkernel', pid: undefined, text: 'cpu0:1)x' }, 'RFC_3164'))
      .toEqual(['<182>2026-01-01T00:00:00.123Z esx-01.lab.test vmkernel: cpu0:1)x'])
  })

  it('RFC 5424 › has its version, and dashes for what there is not', () => {
    expect(syslogTexts(message, 'RFC_5424'))
      .toEqual(['<166>1 2026-01-01T00:00:00.123Z esx-01.lab.test Hostd 2099001 - - [Originator@6876 sub=Vimsvc] text'])
    expect(syslogTexts({ ...message, pid: undefined, hostName: '', text: 'x' }, 'RFC_5424'))
      .toEqual(['<166>1 2026-01-01T00:00:00.123Z - Hostd - - - x'])
  })

  it('text of several lines › each is a message, the further ones marked', () => {
    const texts = syslogTexts({ ...message, text: 'one\ntwo\r\nthree' }, 'RFC_3164')
    expect(texts.map(text => text.slice(text.indexOf(']: ') + 3))).toEqual(['one', '--> two', '--> three'])
    expect(texts.every(text => text.startsWith('<166>2026'))).toBe(true)
  })

  it('control characters › cannot end a message or begin another', () => {
    expect(syslogTexts({ ...message, text: 'a\u0000b\rc\u001bd\te\u007f' }, 'RFC_3164')[0]).toMatch(/: a#000b#015c#033d\te#177$/)
    expect(syslogTexts({ ...message, process: 'a b\n<1>' }, 'RFC_5424')[0]).toContain(' ab<1> 2099001 ')
  })
})

describe('syslog framing', () => {
  it('octet counting › counts bytes, not characters', () => {
    expect(framed('grüße', 'octet_counting', 100).toString()).toBe('7 grüße')
    expect(framed('grüße', 'non_transparent', 100).toString()).toBe('grüße\n')
  })

  it('long messages › are cut at the limit and never inside a character', () => {
    expect(framed('x'.repeat(2000), 'non_transparent', 1024)).toHaveLength(1025)
    expect(framed('ü'.repeat(10), 'octet_counting', 5).toString()).toBe('4 üü')
    expect(framed('€€', 'octet_counting', 5).toString()).toBe('3 €')
    expect(datagram('x'.repeat(2000), 4)).toHaveLength(480)
    expect(datagram('x'.repeat(2000), 6)).toHaveLength(1180)
    expect(datagram('short', 4).toString()).toBe('short')
  })
})

describe('events of vCenter as messages', () => {
  const event = {
    key: 42, createdTime: '2026-01-01T00:00:00.000Z', type: 'vim.event.VmPoweredOnEvent', severity: 'info',
    userName: 'VSPHERE.LOCAL\\u', target: 'DC-01', chainId: 40, text: 'on',
  }

  it('one piece › has all fields in brackets', () => {
    expect(eventTexts(event)).toEqual([' Event [42] [1-1] [2026-01-01T00:00:00.000Z] [vim.event.VmPoweredOnEvent] [info] '
      + '[VSPHERE.LOCAL\\u] [DC-01] [40] [on]'])
  })

  it('long ones › come in numbered pieces of 1024 characters that give the whole', () => {
    const texts = eventTexts({ ...event, text: `${'é'.repeat(1500)}\nend` })
    expect(texts.map(text => text.slice(0, 18))).toEqual([' Event [42] [1-2] ', ' Event [42] [2-2] '])
    const pieces = texts.map(text => text.slice(18))
    expect(pieces[0]).toHaveLength(1024)
    expect(pieces.join('')).toMatch(/^\[2026.*\[é{1500}#012end\]$/)
  })
})
