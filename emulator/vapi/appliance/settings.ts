import { cancelShutdown, planShutdown } from '../../physics/appliance/shutdown.js'
import { applianceOf, updateAppliance } from '../../physics/appliance/state.js'
import { toDateTime } from '../../world/clock.js'
import { change, field, inside, wrongInput, type Operation, type VapiCall } from '../operation.js'

const switches = ['ssh', 'dcui', 'consolecli'] as const

/** Longest time for which the shell may be switched on, in seconds: a day. */
const LONGEST_SHELL_S = 86_400

function settings({ world, node }: VapiCall) {
  return applianceOf(world, node.name)!.settings
}

/** The shell is on for so many seconds; what is left of them is shown. */
function shell(call: VapiCall): { enabled: boolean, timeout: number } {
  const { enabled, until } = settings(call).shell
  const left = Math.max(0, Math.ceil((until - call.world.now()) / 1000))
  return { enabled: enabled && left > 0, timeout: enabled ? left : 0 }
}

/** Below /rest the fields come in a `config`. */
function setShell(call: VapiCall): void {
  const config = inside(call, 'config')
  const enabled = field(config, 'enabled', 'boolean')
  const timeout = field(config, 'timeout', 'number')
  if (timeout < 0 || timeout > LONGEST_SHELL_S) throw wrongInput('timeout', `between 0 and ${LONGEST_SHELL_S}`)
  // Without a time it is on until it is switched off; a day is the longest.
  const seconds = timeout === 0 ? LONGEST_SHELL_S : timeout
  change(call, 'appliance.access.shell', tx => updateAppliance(tx, call.node.name, inner => {
    inner.settings.shell = { enabled, until: enabled ? tx.now() + seconds * 1000 : 0 }
  }))
}

function setSwitch(call: VapiCall, name: typeof switches[number]): void {
  const enabled = field(call, 'enabled', 'boolean')
  change(call, `appliance.access.${name}`, tx => updateAppliance(tx, call.node.name, inner => {
    inner.settings[name] = enabled
  }))
}

function planned({ world, node }: VapiCall): unknown {
  const plan = applianceOf(world, node.name)!.shutdown
  if (plan === undefined) return { action: '', reason: '' }
  return { action: plan.action, reason: plan.reason, shutdown_time: toDateTime(plan.at) }
}

/** `delay` is in minutes. The appliance really goes down then, with its VM when it is powered off. */
function plan(call: VapiCall, action: 'poweroff' | 'reboot'): void {
  const delay = field(call, 'delay', 'number')
  const reason = field(call, 'reason', 'string')
  if (!Number.isInteger(delay) || delay < 0) throw wrongInput('delay', 'a number of minutes')
  change(call, `appliance.shutdown.${action}`, tx =>
    planShutdown(tx, call.node.name, action, reason, delay * 60_000))
}

/** `com.vmware.appliance.access.*` and `shutdown`. */
export const settingsOperations: readonly Operation[] = [
  ...switches.flatMap((name): Operation[] => [
    { method: 'GET', path: `/appliance/access/${name}`, run: call => settings(call)[name] },
    { method: 'PUT', path: `/appliance/access/${name}`, run: call => setSwitch(call, name) },
  ]),
  { method: 'GET', path: '/appliance/access/shell', run: shell },
  { method: 'PUT', path: '/appliance/access/shell', run: setShell },
  { method: 'GET', path: '/appliance/shutdown', run: planned },
  { method: 'POST', path: '/appliance/shutdown', action: 'poweroff', run: call => plan(call, 'poweroff') },
  { method: 'POST', path: '/appliance/shutdown', action: 'reboot', run: call => plan(call, 'reboot') },
  {
    method: 'POST', path: '/appliance/shutdown', action: 'cancel',
    run: call => change(call, 'appliance.shutdown.cancel', tx => cancelShutdown(tx, call.node.name)),
  },
]
