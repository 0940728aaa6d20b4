import { applianceOf, updateAppliance, type LogForwardingTarget } from '../../physics/appliance/state.js'
import { writeLog } from '../../physics/logs/write.js'
import { logHostUrl } from '../../physics/syslog/log-hosts.js'
import { wishOf } from '../../physics/syslog/settings.js'
import { targetOf, type TargetState } from '../../physics/syslog/state.js'
import { bodyOf, change, field, wrongInput, type Operation, type VapiCall } from '../operation.js'
import { VapiFault } from '../vapi-error.js'

/** Targets that an appliance keeps at the most (protocols.md 8.1). */
const MOST_TARGETS = 3

const protocols: readonly string[] = ['TLS', 'UDP', 'TCP'] satisfies LogForwardingTarget['protocol'][]

function list({ world, node }: VapiCall): readonly LogForwardingTarget[] {
  return applianceOf(world, node.name)!.settings.logForwarding
}

/** Replaces the whole list. It holds at once: the appliance restarts its rsyslog with it. */
function set(call: VapiCall): void {
  const { cfg_list: given } = bodyOf(call)
  if (!Array.isArray(given)) throw wrongInput('cfg_list', 'a list')
  if (given.length > MOST_TARGETS) throw wrongInput('cfg_list', `at most ${MOST_TARGETS} targets`)
  const targets = given.map(item => target({ ...call, body: item }))
  const names = targets.map(({ hostname, port, protocol }) => `${protocol} ${hostname} ${port}`)
  if (new Set(names).size < names.length) throw wrongInput('cfg_list', 'without the same target twice')
  change(call, 'appliance.logging.forwarding.set', tx => updateAppliance(tx, call.node.name, inner => {
    inner.settings.logForwarding = targets
  }))
}

function target(call: VapiCall): LogForwardingTarget {
  const hostname = field(call, 'hostname', 'string')
  const port = field(call, 'port', 'number')
  const protocol = field(call, 'protocol', 'string')
  if (!/^[A-Za-z0-9:._-]{1,255}$/.test(hostname)) throw wrongInput('hostname', 'a name or an address')
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw wrongInput('port', 'between 1 and 65535')
  if (protocol === 'RELP') {
    throw new VapiFault('error', 'fauxsphere.logging.forwarding.relp', 'Forwarding over RELP is not emulated.')
  }
  if (!protocols.includes(protocol)) throw wrongInput('protocol', 'TLS, UDP, TCP or RELP')
  return { hostname, port, protocol: protocol as LogForwardingTarget['protocol'] }
}

const states: Readonly<Record<TargetState, string>> = {
  connected: 'UP', connecting: 'UNKNOWN', open: 'UNKNOWN', lost: 'DOWN', cut: 'DOWN', silent: 'DOWN',
}

/** How the appliance stands with each target; of a datagram nobody knows. Sends a message on wish. */
function test(call: VapiCall): unknown {
  const { world, node } = call
  const wanted = field(call, 'send_test_message', 'boolean')
  if (wanted) {
    change(call, 'appliance.logging.forwarding.test', tx => writeLog(tx, node.name, 'applmgmt', {
      level: 'info', text: `Test message of the log forwarding of ${node.hostName}`,
    }))
  }
  return wishOf(world, node.name).hosts.map(host => {
    const state = states[targetOf(world, node.name, logHostUrl(host))?.state ?? 'silent']
    if (state !== 'DOWN') return { hostname: host.host, state }
    const text = `${host.host}:${host.port} does not answer.`
    return {
      hostname: host.host, state,
      message: { id: 'com.vmware.appliance.logging.forwarding.down', default_message: text, args: [] },
    }
  })
}

/** `com.vmware.appliance.logging.forwarding` (protocols.md 8.1). */
export const loggingOperations: readonly Operation[] = [
  { method: 'GET', path: '/appliance/logging/forwarding', run: list },
  { method: 'PUT', path: '/appliance/logging/forwarding', run: set },
  { method: 'POST', path: '/appliance/logging/forwarding', action: 'test', run: test },
]
