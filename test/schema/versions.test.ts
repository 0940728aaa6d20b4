import { describe, expect, it } from 'vitest'
import {
  newestServed, priorVersions, resolveClientVersion, serviceVersionsXml, versions, vimVersionOf,
} from '../../emulator/schema/versions.js'

const id = (version: number, namespace: 'vim25' | 'pbm' | 'vsan' = 'vim25') =>
  versions.list(namespace)[version]

describe('versions', () => {
  it('lists vim25 from the oldest to the newest', () => {
    const list = versions.list()
    expect(list.slice(0, 12)).toEqual([
      '2.0', '2.5', '2.5u2', '2.5u2server', '4.0', '4.1', '5.0', '5.1', '5.5', '6.0', '6.5', '6.7',
    ])
    expect(list).toContain('9.1.0.0')
    expect(versions.index('2.0')).toBe(0)
    expect(versions.index('8.0.3.0')).toBeGreaterThan(versions.index('8.0.2.0') ?? Infinity)
    expect(versions.newest()).toBe(list.length - 1)
  })

  it('has no index for an unknown id', () => {
    expect(versions.index('9.9')).toBeUndefined()
    expect(versions.index('8.0.3.0', 'vslm')).toBeUndefined()
  })

  it('refuses to serve an unknown product version', () => {
    expect(() => newestServed('8.8')).toThrow('8.8 is not a version of vim25')
  })

  it('limits a sister API to what the product has', () => {
    expect(id(newestServed('6.7', 'pbm'), 'pbm')).toBe('6.7')
    expect(id(newestServed('8.0.3.0', 'pbm'), 'pbm')).toBe('8.0.3.0')
  })

  it('gives the vim25 version that goes with a sister version', () => {
    expect(id(vimVersionOf('pbm', versions.index('8.0.2.0', 'pbm') ?? -1))).toBe('8.0.2.0')
    expect(vimVersionOf('pbm', 0)).toBe(0)
    expect(vimVersionOf('vim25', 7)).toBe(7)
  })
})

describe('serviceVersionsXml', () => {
  it('prints what an 8.0.3 product prints, byte for byte', () => {
    const prior = [
      '8.0.2.0', '8.0.1.0', '8.0.0.2', '8.0.0.1', '8.0.0.0', '7.0.3.2', '7.0.3.1', '7.0.3.0',
      '7.0.2.1', '7.0.2.0', '7.0.1.1', '7.0.1.0', '7.0.0.2', '7.0.0.0', '6.9.1', '6.8.7', '6.7.3',
      '6.7.2', '6.7.1', '6.7', '6.5', '6.0', '5.5', '5.1', '5.0', '4.1', '4.0',
    ]
    expect(serviceVersionsXml('8.0.3.0')).toBe(
      '<?xml version="1.0" encoding="UTF-8" ?><namespaces version="1.0"><namespace>'
      + '<name>urn:vim25</name><version>8.0.3.0</version><priorVersions>'
      + prior.map((version) => `<version>${version}</version>`).join('')
      + '</priorVersions></namespace></namespaces>\n')
  })

  it('has the recorded length: 843 bytes with a version id of nine characters', () => {
    expect(serviceVersionsXml('8.0.3.0').length + 'uA046D008'.length - '8.0.3.0'.length).toBe(843)
  })

  it('ends at 4.0 for a 6.5 product and leaves out internal ids for a 9.1.1 one', () => {
    expect(priorVersions('6.5')).toEqual(['6.0', '5.5', '5.1', '5.0', '4.1', '4.0'])
    expect(priorVersions('9.1.1.0').slice(0, 4))
      .toEqual(['9.1.0.0', '9.0.0.0', '8.0.3.1', '8.0.3.0'])
  })
})

describe('resolveClientVersion', () => {
  it.each([
    // header, advertised, version, known
    [undefined, '8.0.3.0', '4.1', false],
    ['', '8.0.3.0', '4.1', false],
    ['""', '8.0.3.0', '4.1', false],
    ['  ', '8.0.3.0', '4.1', false],
    ['urn:vim25', '8.0.3.0', '4.1', false],
    ['urn:vim25/', '8.0.3.0', '4.1', false],
    ['"urn:vim25/8.0.2.0"', '8.0.3.0', '8.0.2.0', true],
    ['urn:vim25/8.0.2.0', '8.0.3.0', '8.0.2.0', true],
    [' "urn:vim25/6.7" ', '8.0.3.0', '6.7', true],
    ['urn:vim25/6.7', '6.7.3', '6.7', true],
    ['urn:vim25/9.1.0.0', '8.0.3.0', '8.0.3.0', true],
    ['urn:vim25/8.0.3.0', '6.7.3', '6.7.3', true],
    ['urn:vim25/99.0', '8.0.3.0', '8.0.3.0', false],
    ['/8.0.2.0', '8.0.3.0', '8.0.2.0', true],
    ['urn:vim25/2.5', '8.0.3.0', '2.5', true],
    ['urn:vim2/2.0', '8.0.3.0', '2.0', true],
    ['urn:internalvim25/5.1', '8.0.3.0', '5.1', true],
    ['urn:vpxd3/6.5', '8.0.3.0', '6.5', true],
  ])('%s against %s is %s', (header, advertised, version, known) => {
    const resolved = resolveClientVersion(header, advertised)
    expect(resolved).toEqual({
      ok: true, namespace: 'vim25', version: versions.index(version), known,
    })
  })

  it.each([
    ['urn:pbm/2.0', 'pbm', '2.0', true],
    ['urn:pbm/9.9', 'pbm', '8.0.3.0', false],
    ['urn:pbm', 'pbm', '8.0.3.0', false],
    ['"urn:vsan/vSAN 6.7U3"', 'vsan', 'vSAN 6.7U3', true],
    ['urn:vsan/9.1.0.0', 'vsan', '8.0.0.4', true],
  ] as const)('%s is of a sister API', (header, namespace, version, known) => {
    expect(resolveClientVersion(header, '8.0.3.0')).toEqual({
      ok: true, namespace, version: versions.index(version, namespace), known,
    })
  })

  it.each([
    'urn:nothing/1.0', 'urn:constructor/1', 'vim25/8.0', 'urn:', 'urn:vim25Service/1',
    'http://docs.oasis-open.org/ws-sx/ws-trust/200512/RST/Issue',
  ])('%s is an unknown namespace', (uri) => {
    expect(resolveClientVersion(`"${uri}"`, '8.0.3.0')).toEqual({ ok: false, uri })
  })
})
