import { chassis } from '../../physics/hardware/chassis.js'
import { planShutdown } from '../../physics/appliance/shutdown.js'
import { applianceOf, updateAppliance, type ApplianceSettings } from '../../physics/appliance/state.js'
import { fails, say, type Context, type Program, type ProgramTable } from '../programs/program-model.js'
import { servicePrograms } from './service-control.js'

/** Lab time for which `shell.set --enabled true` opens bash where no time is given, in seconds: an hour. */
const SHELL_SECONDS = 3600

function settings({ machine: { world, node } }: Context): ApplianceSettings {
  return applianceOf(world, node.name)!.settings
}

/** True while bash may be entered. */
export function shellEnabled(context: Pick<Context, 'machine'>): boolean {
  const { world, node } = context.machine
  const { enabled, until } = applianceOf(world, node.name)!.settings.shell
  return enabled && (until === 0 || world.now() < until)
}

/** `--enabled true --timeout 3600` by name; undefined: a word without its place. */
function named(context: Context): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  context.args.forEach((arg, index) => {
    if (arg.startsWith('--')) found.set(arg.slice(2), context.args[index + 1] ?? '')
  })
  return found
}

function truth(text: string | undefined): boolean | undefined {
  return text === undefined ? undefined : /^(true|1|yes)$/i.test(text) ? true : /^(false|0|no)$/i.test(text) ? false : undefined
}

function getter(of: (context: Context) => Readonly<Record<string, string>>): Program {
  return { run: context => say(context, 'Config:', ...Object.entries(of(context)).map(([name, value]) => `   ${name}: ${value}`)) }
}

function enabler(what: (settings: ApplianceSettings, enabled: boolean, context: Context) => void): Program {
  return {
    run(context) {
      const enabled = truth(named(context).get('enabled'))
      if (enabled === undefined) return fails(context, 'usage: --enabled true|false', 2)
      context.machine.change(tx => updateAppliance(tx, context.machine.node.name, inner => what(inner.settings, enabled, context)))
      return 0
    },
  }
}

const shellSet = enabler((inner, enabled, context) => {
  const seconds = Number(named(context).get('timeout') ?? SHELL_SECONDS)
  inner.shell = { enabled, until: enabled && seconds > 0 ? context.machine.world.now() + seconds * 1000 : 0 }
})

const shellGet = getter(context => ({
  Enabled: shellEnabled(context) ? 'True' : 'False',
  Timeout: String(Math.max(0, Math.round((settings(context).shell.until - context.machine.world.now()) / 1000))),
}))

function shutdown(action: 'poweroff' | 'reboot'): Program {
  return {
    run(context) {
      const { machine } = context
      const given = named(context)
      const delay = Number(given.get('delay') ?? 0)
      if (!(delay >= 0)) return fails(context, 'usage: --delay MINUTES --reason TEXT', 2)
      machine.change(tx => planShutdown(tx, machine.node.name, action, given.get('reason') ?? '', delay * 60_000))
      machine.world.runDue()
      return 0
    },
  }
}

const own: Readonly<Record<string, Program>> = {
  'access.shell.get': shellGet,
  'access.shell.set': shellSet,
  'access.ssh.get': getter(context => ({ Enabled: settings(context).ssh ? 'True' : 'False' })),
  'access.ssh.set': enabler((inner, enabled) => { inner.ssh = enabled }),
  'system.version.get': {
    run(context) {
      const { version, build } = context.machine.node.product
      return say(context, 'Version:', `   Version: ${version}`, '   Product: VMware vCenter Server', `   Build: ${build}`,
        '   Type: vCenter Server with an embedded Platform Services Controller')
    },
  },
  'system.uptime.get': {
    run({ machine: { world, node }, out }) {
      out.write(`Uptime: ${Math.floor((world.now() - (chassis(world, node.name)?.bootTime ?? 0)) / 1000)}\n`)
      return 0
    },
  },
  'shutdown.poweroff': shutdown('poweroff'),
  'shutdown.reboot': shutdown('reboot'),
}

/** The commands of the appliance's own shell (operations.md 2.3), with short names for two of them. */
export const applianceCommands: ProgramTable = {
  ...Object.fromEntries(Object.entries(own).map(([name, program]) => [`com.vmware.appliance.version1.${name}`, program])),
  'shell.get': shellGet,
  'shell.set': shellSet,
  'service-control': servicePrograms['service-control']!,
  help: {
    run: context => say(context, 'Commands:', ...Object.keys(applianceCommands).concat('exit', 'shell').sort().map(name => `   ${name}`)),
  },
}
