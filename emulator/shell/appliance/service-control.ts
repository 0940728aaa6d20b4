import { serviceKind, type ServiceKind } from '../../physics/appliance/service-table.js'
import { restartService, serviceHealth, startAll, startRefusal, startService, stopService } from '../../physics/appliance/services.js'
import type { StartRefusal } from '../../physics/appliance/signals.js'
import { applianceOf, type Service } from '../../physics/appliance/state.js'
import { parseOptions } from '../programs/options.js'
import { fails, say, type Context, type Machine, type ProgramTable } from '../programs/program-model.js'
import { untilSo, type Steps } from '../run/steps.js'

/** Programs that look at the services of an appliance and start and stop them (operations.md 2.3). */
export const servicePrograms: ProgramTable = {
  'service-control': { run: serviceControl },
  'vmon-cli': { run: vmonCli },
  systemctl: { run: systemctl },
}

/** Units of the operating system that service-control knows beside vmon's services (operations.md 2.3). */
const units: ReadonlySet<string> = new Set(['lwsmd', 'vmafdd', 'vmcad', 'vmdird', 'vmware-vmon'])

type How = 'start' | 'stop' | 'restart'

function servicesOf({ world, node }: Machine): Readonly<Record<string, Service>> {
  return applianceOf(world, node.name)?.services ?? {}
}

/** The services that service-control knows, in the order of their names. */
function known(machine: Machine): ServiceKind[] {
  return Object.keys(servicesOf(machine)).map(id => serviceKind(id)!)
    .filter(kind => kind.vmon || units.has(kind.id)).sort((a, b) => a.unit < b.unit ? -1 : 1)
}

function named(machine: Machine, name: string): ServiceKind | undefined {
  const kind = serviceKind(name)
  return kind === undefined || servicesOf(machine)[kind.id] === undefined ? undefined : kind
}

/** `service-control --status|--start|--stop|--restart [--all | NAME…]`. */
function * serviceControl(context: Context): Steps<number> {
  const words = context.args.filter(arg => arg !== '--all' && arg !== '--ignore')
  const all = context.args.includes('--all') || context.args.includes('-a')
  const how = /^--(status|start|stop|restart|list)$/.exec(words[0] ?? '')?.[1]
  const names = words.slice(1).filter(word => !word.startsWith('-'))
  const { machine } = context
  if (how === undefined) return fails(context, 'usage: service-control --status|--start|--stop|--restart [--all | SERVICE]', 2)
  if (how === 'list') return say(context, ...known(machine).map(kind => `${kind.unit} (${kind.description})`))
  const wrong = names.find(name => named(machine, name) === undefined)
  if (wrong !== undefined) return fails(context, `Service-control failed. Error: Unknown service ${wrong}`, 1)
  const kinds = names.length > 0 ? names.map(name => named(machine, name)!) : known(machine)
  if (how === 'status') return status(context, kinds)
  if (names.length === 0 && !all) return fails(context, `Service-control failed. Error: --${how} needs --all or a service`, 1)
  say(context, 'Operation not cancellable. Please wait for it to finish...')
  return names.length > 0 ? yield * some(context, how as How, kinds) : yield * everything(context, how as How)
}

function status(context: Context, kinds: readonly ServiceKind[]): number {
  const states = servicesOf(context.machine)
  const groups = [['Running', 'STARTED'], ['StartPending', 'STARTING'], ['StopPending', 'STOPPING'], ['Stopped', 'STOPPED']] as const
  for (const [title, state] of groups) {
    const names = kinds.filter(kind => states[kind.id]!.state === state).map(kind => kind.unit)
    if (names.length > 0) say(context, `${title}:`, ` ${names.join(' ')}`)
  }
  return 0
}

function * some(context: Context, how: How, kinds: readonly ServiceKind[]): Steps<number> {
  for (const kind of kinds) {
    for (const each of how === 'restart' ? ['stop', 'start'] as const : [how]) {
      say(context, `Performing ${each} operation on service ${kind.unit}...`)
      const refusal = yield * one(context, each, kind)
      if (refusal !== undefined) return fails(context, `Service-control failed. Error: ${refusalText(kind, refusal)}`, 1)
      say(context, `Successfully ${each === 'start' ? 'started' : 'stopped'} service ${kind.unit}`)
    }
  }
  return 0
}

/** Starts or stops one service and waits until it has; why not, where it does not start. */
function * one({ machine }: Context, how: 'start' | 'stop', kind: ServiceKind): Steps<StartRefusal | undefined> {
  const { name } = machine.node
  const refusal = machine.change(tx => {
    if (how === 'start') return startService(tx, name, kind)
    stopService(tx, name, kind)
    return undefined
  })
  if (refusal !== undefined) return refusal
  yield * settled(machine, kind.id)
  return how === 'start' && servicesOf(machine)[kind.id]?.state !== 'STARTED'
    ? startRefusal(machine.world, name, kind) ?? { why: 'power' } : undefined
}

function * settled(machine: Machine, id: string): Steps<void> {
  yield * untilSo(() => machine.world.now(), () => !/ING$/.test(servicesOf(machine)[id]?.state ?? 'STOPPED'), 200)
}

function * everything(context: Context, how: How): Steps<number> {
  const { machine } = context
  const { name } = machine.node
  for (const each of how === 'restart' ? ['stop', 'start'] as const : [how]) {
    say(context, `Performing ${each} operation on all services...`)
    machine.change(tx => {
      if (each === 'start') startAll(tx, name)
      else for (const kind of known(machine)) stopService(tx, name, kind)
    })
    for (const kind of known(machine)) yield * settled(machine, kind.id)
    const failed = each === 'start' ? known(machine).find(kind => {
      const { state, startup } = servicesOf(machine)[kind.id]!
      return startup === 'AUTOMATIC' && state === 'STOPPED'
    }) : undefined
    if (failed !== undefined) {
      const refusal = startRefusal(machine.world, name, failed)
      const why = refusal === undefined ? `${failed.unit} did not start` : refusalText(failed, refusal)
      return fails(context, `Service-control failed. Error: ${why}`, 1)
    }
    say(context, `Successfully ${each === 'start' ? 'started' : 'stopped'} all services`)
  }
  return 0
}

function refusalText(kind: ServiceKind, refusal: StartRefusal): string {
  const why = refusal.why === 'disk' ? `file system ${refusal.mount} is ${Math.floor(refusal.percent)}% full`
    : refusal.why === 'requires' ? `service ${refusal.service} does not run`
      : refusal.why === 'disabled' ? 'its startup type is DISABLED' : refusal.why === 'damaged' ? 'its database is damaged' : 'no power'
  return `Failed to start service ${kind.unit}: ${why}`
}

/** `vmon-cli -l | -s ID | -i ID | -k ID | -r ID`. */
function * vmonCli(context: Context): Steps<number> {
  const parsed = parseOptions(context, 'ls:i:k:r:', { list: 'l', status: 's', start: 'i', stop: 'k', restart: 'r' })
  if (typeof parsed === 'number') return parsed
  const { machine } = context
  if (parsed.flags.has('l')) {
    return say(context, ...Object.keys(servicesOf(machine)).filter(id => serviceKind(id)!.vmon).sort())
  }
  const [letter, id] = [...parsed.values][0] ?? []
  if (letter === undefined || id === undefined) return fails(context, 'usage: vmon-cli -l | -s|-i|-k|-r SERVICE', 2)
  const kind = named(machine, id)
  if (kind?.vmon !== true) return fails(context, `Invalid service name ${id}`)
  if (letter === 's') return vmonStatus(context, kind)
  for (const how of letter === 'r' ? ['stop', 'start'] as const : [letter === 'i' ? 'start' : 'stop'] as const) {
    const refusal = yield * one(context, how, kind)
    if (refusal !== undefined) return fails(context, `Failed to start service ${kind.id}: ${refusalText(kind, refusal)}`)
  }
  return say(context, `Completed ${letter === 'r' ? 'Restart' : letter === 'i' ? 'Start' : 'Stop'} service request.`)
}

function vmonStatus(context: Context, { id }: ServiceKind): number {
  const { world, node } = context.machine
  const { state, startup } = servicesOf(context.machine)[id]!
  const health = serviceHealth(world, node.name, id)
  say(context, `Name: ${id}`, `Starttype: ${startup}`, `RunState: ${state}`)
  return health === undefined ? 0 : say(context, `HealthState: ${health}`)
}

/** `systemctl status|is-active|start|stop|restart UNIT`. */
function * systemctl(context: Context): Steps<number> {
  const [how, unit] = context.args.filter(arg => !arg.startsWith('-'))
  const { machine } = context
  const kind = unit === undefined ? undefined : named(machine, unit.replace(/\.service$/, ''))
  if (how === undefined || unit === undefined) {
    return fails(context, 'the lab emulates systemctl status|is-active|start|stop|restart UNIT', 1)
  }
  if (kind === undefined) {
    context.err.write(`Unit ${unit.includes('.') ? unit : `${unit}.service`} could not be found.\n`)
    return 4
  }
  const { state } = servicesOf(machine)[kind.id]!
  const runs = state === 'STARTED'
  const word = { STARTED: 'active', STARTING: 'activating', STOPPING: 'deactivating', STOPPED: 'inactive' }[state]
  switch (how) {
    case 'is-active': {
      say(context, word)
      return runs ? 0 : 3
    }
    case 'status': {
      say(context, `* ${kind.unit}.service - ${kind.description}`, `   Active: ${word} (${runs ? 'running' : 'dead'})`)
      return runs ? 0 : 3
    }
    case 'start': case 'stop': {
      const refusal = yield * one(context, how, kind)
      return refusal === undefined ? 0 : fails(context, refusalText(kind, refusal))
    }
    case 'restart': {
      const refusal = machine.change(tx => restartService(tx, machine.node.name, kind))
      if (refusal !== undefined) return fails(context, refusalText(kind, refusal))
      yield * settled(machine, kind.id)
      return 0
    }
    default: return fails(context, `the lab does not emulate systemctl ${how}`)
  }
}
