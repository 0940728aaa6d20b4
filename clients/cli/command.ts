/** What the subcommands share: how they are declared, and the flags that many have. */
import { Command, Option } from 'commander'
import { settings, type Setting, type SettingName } from '../../emulator/options.js'
import type { Io } from './io.js'

/** What a subcommand is given beside its flags. */
export interface CommandContext {
  readonly io: Io
  /** Sets the exit status of the process. */
  exit(status: number): void
}

/** A command below `fauxsphere` with the house's settings. */
export function subcommand(program: Command, name: string, description: string): Command {
  return program.command(name).description(description).allowExcessArguments(false)
}

/** Adds `--control` and `--json`, for commands on a running lab. */
export function onRunningLab(command: Command): Command {
  return command
    .option('--control <url>', 'control API of the lab (or FAUXSPHERE_CONTROL)')
    .option('--json', 'answer in JSON')
}

/** Adds settings of the table as flags; what is not given falls to the environment. */
export function withSettings(command: Command, settingNames: readonly SettingName[]): Command {
  for (const name of settingNames) {
    const setting: Setting<unknown> = settings[name]
    const names = setting.short === undefined ? setting.flag : `${setting.short}, ${setting.flag}`
    const flags = setting.argument === undefined ? names : `${names} <${setting.argument}>`
    const shown = setting.default === '' || setting.argument === undefined ? '' : ` (default: ${setting.default})`
    command.addOption(new Option(flags, `${setting.help}${shown} [${setting.variable}]`))
  }
  return command
}

/** The settings that every command which starts a lab takes. */
export const LAB_SETTINGS: readonly SettingName[] = [
  'lab', 'seed', 'clock', 'ports', 'listen', 'controlListen', 'durations', 'anyLogin', 'strict',
  'keyType', 'trust', 'tls', 'gzipAbove', 'traceFile', 'cache',
]
