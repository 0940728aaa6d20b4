/** `rest` steps: REST requests of a scenario, and what is expected of their answers. */
import { describe, expect, it } from 'vitest'
import { playScenario, scenarioProblems } from '../../emulator/play-scenario.js'
import { parseScenario } from '../../emulator/scenario/load.js'
import type { Scenario } from '../../emulator/scenario/format.js'

const services = 'GET /api/appliance/services'

function scenario(...steps: string[]): Scenario {
  return parseScenario(`scenario: test\nsteps:\n${steps.map(step => `  - ${step}\n`).join('')}`, 'test')
}

/** What the report says of the acting steps that are REST requests, and whether all was well. */
function play(...steps: string[]): { readonly passed: boolean, readonly rest: string[] } {
  const { passed, timeline } = playScenario(scenario(...steps))
  return { passed, rest: timeline.filter(({ text }) => text.startsWith('rest ')).map(({ text }) => text) }
}

describe('a rest step', () => {
  it('changes the lab › and its result is compared by path, at 443 and at 5480, in both dialects', () => {
    expect(play(
      '{ rest: GET /api/appliance/ntp, result: { is: [time.lab.local] } }',
      '{ rest: PUT /api/appliance/ntp, body: { servers: [ntp.example] } }',
      '{ rest: GET /rest/appliance/ntp, port: 5480, result: { property: value, contains: ntp.example } }',
      `{ rest: ${services}, result: { property: vpxd.state, is: STARTED } }`,
      '{ rest: GET /api/vcenter/services/vpxd, user: administrator@vsphere.local, status: 200 }',
    )).toEqual({
      passed: true,
      rest: [
        'rest GET /api/appliance/ntp at vc-01: 200', 'rest PUT /api/appliance/ntp at vc-01: 204',
        'rest GET /rest/appliance/ntp at vc-01:5480: 200', `rest ${services} at vc-01: 200`,
        'rest GET /api/vcenter/services/vpxd at vc-01: 200',
      ],
    })
  })

  it.each([
    [`{ rest: ${services}, status: 204 }`, `rest ${services} at vc-01: 200, expected 204`],
    [`{ rest: ${services}, result: { property: vpxd.state, is: STOPPED } }`,
      `rest ${services} at vc-01: 200, result is STARTED, expected {"is":"STOPPED"}`],
    [`{ rest: ${services}, is: refused }`, `rest ${services} at vc-01: 200, expected refused`],
    ['{ rest: PUT /api/appliance/ntp, body: { servers: 5 } }',
      'rest PUT /api/appliance/ntp at vc-01: 400, expected a success: {"error_type":"INVALID_ARGUMENT"'],
  ])('%s › fails and says why', (step, text) => {
    const { passed, rest } = play(step)
    expect(passed).toBe(false)
    expect(rest[0]!.slice(0, text.length)).toBe(text)
  })

  it('who may not › is 401 for a stranger, 403 for a user without the right', () => {
    expect(play(
      `{ rest: ${services}, user: nobody@vsphere.local, status: 401, result: { property: error_type, is: UNAUTHENTICATED } }`,
      `{ rest: ${services}, user: operator@vsphere.local, status: 403 }`,
      `{ rest: ${services}, user: root, status: 401 }`,
      `{ rest: ${services}, user: root, port: 5480 }`,
      '{ rest: POST /api/session, status: 201, result: { matches: "^[0-9a-f]{40}$" } }',
    ).passed).toBe(true)
  })

  it('a session that ended with vpxd › is opened anew; without the endpoint 503, without the proxy no answer', () => {
    expect(play(
      `{ rest: ${services} }`,
      '{ inject: service-stop, target: vc-01, service: vpxd, as: vpxd, at: 1s }',
      `{ rest: ${services}, result: { property: vpxd.state, is: STOPPED }, at: 2m }`,
      '{ heal: vpxd, at: 3m }',
      `{ rest: ${services}, result: { property: vpxd.state, is: STARTED }, at: 10m }`,
      '{ inject: service-stop, target: vc-01, service: vapi-endpoint, as: endpoint, at: 11m }',
      `{ rest: ${services}, status: 503, at: 12m }`,
      `{ rest: ${services}, port: 5480, at: 12m }`,
      '{ inject: service-stop, target: vc-01, service: envoy, at: 13m }',
      `{ rest: ${services}, is: refused, at: 14m }`,
      '{ inject: vcenter-crash, target: vc-01, at: 15m }',
    ).passed).toBe(true)
  })

  it('a call to a host without hostd › is unavailable, to one that hangs a timeout', () => {
    expect(play(
      '{ inject: hostd-stop, target: esx-01, as: stop }',
      '{ call: CurrentTime, object: ServiceInstance, node: esx-01, fault: unavailable, at: 1s }',
      '{ heal: stop, at: 2s }',
      '{ call: CurrentTime, object: ServiceInstance, node: esx-01, at: 3s }',
      '{ inject: hostd-stop, target: esx-01, how: hang, at: 4s }',
      '{ call: CurrentTime, object: ServiceInstance, node: esx-01, fault: timeout, at: 5s }',
    ).passed).toBe(true)
  })
})

describe('what is wrong with a rest step', () => {
  const wrong = (step: string): string =>
    scenarioProblems(scenario(step)).map(({ path, text }) => `${path.slice(2).map(String).join('.')}: ${text}`).join('\n')

  it.each([
    ['{ rest: GET /api/appliance/servces }', 'rest: fauxsphere does not emulate GET /api/appliance/servces; did you mean GET /appliance/services?'],
    [`{ rest: ${services}, node: vc-1 }`, 'node: there is no node vc-1; did you mean vc-01?'],
    [`{ rest: ${services}, node: esx-01 }`, 'node: esx-01 is a host: only a vCenter has REST'],
    ['{ rest: GET /api/appliance/servces, status: 404 }', ''],
  ])('%s', (step, text) => expect(wrong(step)).toBe(text))

  it.each([
    ['{ rest: FETCH /api/appliance/services }', 'a method and a path below /api or /rest'],
    ['{ rest: GET /sdk }', 'a method and a path below /api or /rest'],
    [`{ rest: ${services}, port: 80 }`, 'port'],
    [`{ rest: ${services}, is: refused, status: 200 }`, 'a door that gives no answer has no status and no result'],
    [`{ rest: ${services}, stats: 200 }`, 'unknown key stats; did you mean status?'],
    [`{ rest: ${services}, from: 1s }`, 'unknown key from'],
  ])('%s › is invalid', (step, text) => expect(() => scenario(step)).toThrow(text))
})
