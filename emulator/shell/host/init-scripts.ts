import { fdmConfig } from '../../physics/ha/fdm/agent.js'
import { agentRuns, type HostAgent } from '../../physics/hardware/agents.js'
import { chassis } from '../../physics/hardware/chassis.js'
import { restartService, runService, serviceOf, setServicePolicy } from '../../physics/hardware/host-services.js'
import { restartConsoleService } from '../../physics/guest-os/console-service.js'
import { writeLog } from '../../physics/logs/write.js'
import type { Transaction } from '../../world/transaction.js'
import { until, type Steps } from '../run/steps.js'
import { baseName, fails, say, type Context, type Machine, type Program, type ProgramTable } from '../programs/program-model.js'

/** What a script in /etc/init.d starts and stops. */
interface Daemon {
  /** False: this host has no such script. */
  there(machine: Machine): boolean
  runs(machine: Machine): boolean
  start(tx: Transaction, host: string): void
  stop(tx: Transaction, host: string): void
  /** Key of the service, whose policy chkconfig shows. */
  readonly service?: string
}

/** Lab time between the end and the begin of a process that is restarted; ours. */
const RESTART_MS = 2000

const agent = (name: HostAgent): Daemon => ({
  there: ({ world, node }) => name !== 'fdm' || fdmConfig(world, node.name) !== undefined,
  runs: ({ world, node }) => agentRuns(world, node.name, name),
  stop: (tx, host) => {
    const { agents } = chassis(tx, host)!
    // One that hangs is killed: nothing tells the watchdog.
    if (agents?.[name] === 'hung') tx.emit('agent.changed', { host, agent: name, state: 'stopped' })
    else tx.emit('agent.ended', { host, agent: name, how: 'stop' })
  },
  start: (tx, host) => { if (!agentRuns(tx, host, name)) tx.emit('agent.changed', { host, agent: name, state: 'running' }) },
})

const service = (key: string): Daemon => ({
  service: key,
  there: ({ world, node }) => serviceOf(world, node.name, key) !== undefined,
  runs: ({ world, node }) => serviceOf(world, node.name, key)?.running === true,
  stop: (tx, host) => {
    // Who stops the last shell is not logged out: what runs goes on.
    runService(tx, host, key, false, 'user')
    noteLogin(tx, host, key, false)
  },
  start: (tx, host) => {
    runService(tx, host, key, true, 'user')
    noteLogin(tx, host, key, true)
  },
})

/** What the scripts of the two shells write (operations.md 3.2, row "service"). */
function noteLogin(tx: Transaction, host: string, key: string, on: boolean): void {
  const name = key === 'TSM-SSH' ? 'SSH' : key === 'TSM' ? 'ESXShell' : undefined
  if (name === undefined) return
  writeLog(tx, host, 'script', { level: 'info', as: name, text: `${name} login ${on ? 'enabled' : 'disabled'}` })
}

/** The process that shows the consoles of VMs; the document calls its script so (requirements A19). */
const consoles: Daemon = {
  there: () => true,
  runs: ({ world, node }) => chassis(world, node.name)?.consoleHung !== true,
  stop: () => {},
  start: (tx, host) => restartConsoleService(tx, host),
}

/** Scripts by name (operations.md 2.3). */
const daemons: Readonly<Record<string, Daemon>> = {
  hostd: agent('hostd'), vpxa: service('vpxa'), 'vmware-fdm': agent('fdm'), 'vmware-vmrc': consoles,
  SSH: service('TSM-SSH'), ESXShell: service('TSM'), DCUI: service('DCUI'), ntpd: service('ntpd'), ptpd: service('ptpd'),
  lbtd: service('lbtd'), lwsmd: service('lwsmd'), snmpd: service('snmpd'), 'sfcbd-watchdog': service('sfcbd-watchdog'),
  slpd: service('slpd'), vmsyslogd: service('vmsyslogd'), vdtc: service('vdtc'), vltd: service('vltd'),
}

/** Other names under which people know a script: the document writes `chkconfig ssh off`. */
const aliases: Readonly<Record<string, string>> = { ssh: 'SSH', 'TSM-SSH': 'SSH', TSM: 'ESXShell', esxshell: 'ESXShell' }

function scriptProgram(name: string, daemon: Daemon): Program {
  return {
    * run(context): Steps<number> {
      const { machine } = context
      if (!daemon.there(machine)) {
        context.err.write(`sh: ${context.name}: not found\n`)
        return 127
      }
      switch (context.args[0]) {
        case 'status': return status(context, name, daemon)
        case 'start': return start(context, name, daemon)
        case 'stop': return stop(context, name, daemon)
        case 'restart': return yield * restart(context, name, daemon)
        default: return fails(context, `Usage: ${baseName(context.name)} {start|stop|status|restart}`)
      }
    },
  }
}

function status(context: Context, name: string, daemon: Daemon): number {
  const runs = daemon.runs(context.machine)
  say(context, `${name} is ${runs ? '' : 'not '}running.`)
  return runs ? 0 : 3
}

function start(context: Context, name: string, daemon: Daemon): number {
  if (context.machine.user.name !== 'root') return fails(context, 'Permission denied')
  if (daemon.runs(context.machine)) return say(context, `${name} is already running.`)
  context.machine.change(tx => daemon.start(tx, context.machine.node.name))
  return say(context, `${name} started.`)
}

function stop(context: Context, name: string, daemon: Daemon): number {
  if (context.machine.user.name !== 'root') return fails(context, 'Permission denied')
  if (daemon !== consoles) context.machine.change(tx => daemon.stop(tx, context.machine.node.name))
  return say(context, `${name} stopped.`)
}

/** Ends it and begins it again, a moment later. */
function * restart(context: Context, name: string, daemon: Daemon): Steps<number> {
  const { machine } = context
  if (machine.user.name !== 'root') return fails(context, 'Permission denied')
  const { name: host } = machine.node
  if (daemon.service !== undefined && daemon.service !== 'vpxa' && daemon.runs(machine)) {
    machine.change(tx => restartService(tx, host, daemon.service!))
    return say(context, `${name} stopped.`, `${name} started.`)
  }
  if (daemon !== consoles) machine.change(tx => daemon.stop(tx, host))
  say(context, `${name} stopped.`)
  yield * until(machine.world.now() + RESTART_MS)
  machine.change(tx => daemon.start(tx, host))
  return say(context, `${name} started.`)
}

/** `services.sh restart`: all agents, and the services that run (operations.md 2.3). */
function * servicesSh(context: Context): Steps<number> {
  const [what] = context.args
  if (what !== 'restart' && what !== 'start' && what !== 'stop') return fails(context, 'Usage: services.sh {start|stop|restart}')
  for (const [name, daemon] of Object.entries(daemons)) {
    const { machine } = context
    const isAgent = daemon.service === undefined || daemon.service === 'vpxa'
    if (!daemon.there(machine) || name === 'SSH' || name === 'ESXShell' || (!isAgent && !daemon.runs(machine))) continue
    if (daemon.service === 'vpxa' && !policyOn(machine, daemon)) continue
    if (what === 'restart') yield * restart(context, name, daemon)
    else if (what === 'start') start(context, name, daemon)
    else stop(context, name, daemon)
  }
  return 0
}

function policyOn({ world, node }: Machine, { service: key }: Daemon): boolean {
  return key === undefined || serviceOf(world, node.name, key)?.policy !== 'off'
}

/** `chkconfig -l | NAME | NAME on|off`: what starts with the host (operations.md 2.3, requirements A11). */
function chkconfig(context: Context): number {
  const { machine } = context
  const words = context.args.filter(arg => !arg.startsWith('-'))
  const [given, to] = words
  const row = (name: string, daemon: Daemon): string => `${name.padEnd(24)}${policyOn(machine, daemon) ? 'on' : 'off'}`
  if (given === undefined) {
    const rows = Object.entries(daemons).filter(([, daemon]) => daemon.there(machine))
    return say(context, ...rows.sort(([a], [b]) => a < b ? -1 : 1).map(([name, daemon]) => row(name, daemon)))
  }
  const name = aliases[given] ?? given
  const daemon = Object.hasOwn(daemons, name) ? daemons[name]! : undefined
  if (daemon?.there(machine) !== true) return fails(context, `${given}: service not found`)
  if (to === undefined) return say(context, row(name, daemon))
  if (to !== 'on' && to !== 'off') return fails(context, 'Usage: chkconfig [-l] [NAME [on|off]]')
  if (machine.user.name !== 'root') return fails(context, 'Permission denied')
  const { service: key } = daemon
  if (key === undefined) return fails(context, `${name} always starts with the host: not emulated otherwise`)
  machine.change(tx => setServicePolicy(tx, machine.node.name, key, to))
  return 0
}

/** The host goes down at once, with what runs on it; `reboot` brings it back. */
function goDown(cause: 'shutdown' | 'reboot'): Program {
  return {
    run(context) {
      const { machine } = context
      if (machine.user.name !== 'root') return fails(context, 'Operation not permitted')
      // Who asks for help, or mistypes, keeps his host; busybox has no other options.
      const odd = context.args.filter(arg => !/^-[dnf]$|^\d+$/.test(arg))
      if (odd.length > 0) return fails(context, `Usage: ${baseName(context.name)} [-d DELAY] [-n] [-f]`)
      const host = machine.node.name
      machine.change(tx => {
        tx.emit('host.stopping', { host, cause, by: { node: host, userName: machine.user.name } })
        tx.emit('hardware.powerLost', { node: host, cause })
        if (cause === 'reboot') tx.emit('hardware.powerRestored', { node: host })
      })
      return 0
    },
  }
}

/** Scripts of services by path, and the programs around them. */
export const initPrograms: ProgramTable = {
  ...Object.fromEntries(Object.entries(daemons).map(([name, daemon]) => [`/etc/init.d/${name}`, scriptProgram(name, daemon)])),
  'services.sh': { run: servicesSh },
  chkconfig: { run: chkconfig },
  poweroff: goDown('shutdown'),
  halt: goDown('shutdown'),
  reboot: goDown('reboot'),
}

