import type { MoRef } from '../../../schema/model.js'
import type { LocalApi } from '../../programs/api.js'
import type { Context } from '../../programs/program-model.js'
import type { Steps } from '../../run/steps.js'
import type { Dump } from './dump.js'

/** What a command of vim-cmd is run with. */
export interface VimCall {
  readonly context: Context
  readonly api: LocalApi
  readonly dump: Dump
  readonly args: readonly string[]
  /** Writes lines. */
  say(...lines: readonly string[]): void
}

export interface VimCommand {
  /** One line for the list of commands. */
  readonly help: string
  /** How many arguments it needs. */
  readonly needs?: number
  run(call: VimCall): Steps<number | void>
}

export type VimCommands = Readonly<Record<string, VimCommand>>

/** The host itself, and its parts. */
export const host: MoRef = { type: 'HostSystem', value: 'ha-host' }

/** Too few words, or ones that mean nothing: said on the error stream, status 1. */
export class Usage extends Error {}

/** One of the managers that the host's `configManager` names. */
export function manager(api: LocalApi, name: string): MoRef {
  const managers = api.props<{ configManager: Record<string, MoRef | undefined> }>(host)?.configManager
  const found = managers?.[name]
  if (found === undefined) throw new Error(`the host has no ${name}`)
  return found
}
