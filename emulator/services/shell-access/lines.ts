import { pidOf } from '../../physics/logs/processes.js'
import { writeLog } from '../../physics/logs/write.js'
import { isHost } from '../../physics/hardware/chassis.js'
import type { Transaction } from '../../world/transaction.js'
import { oneLine } from '../one-line.js'
import type { ShellRefusal } from './access.js'
import { shownCommand } from './shown-command.js'

/** The client of one connection to sshd. */
export interface SshClient {
  readonly address: string
  readonly port: number
  /** Of the process that serves it. */
  readonly pid: number
}

/** How somebody shows who he is. */
export type LoginMethod = 'keyboard-interactive' | 'password' | 'publickey'

/** Processes that one boot's connections have before their numbers are used again; our own bound. */
const PIDS = 20_000

/** The pid of the process that serves a new connection of a node. Counted, so that runs of one seed agree. */
export function newPid(tx: Transaction, node: string): number {
  return (pidOf(tx, node, 'sshd') ?? 0) + 1 + tx.count(`sshd/${node}`) % PIDS
}

/** A line of sshd in a host's auth.log (operations.md 3.2). Where an appliance keeps its own is not emulated. */
export function authLine(tx: Transaction, node: string, { pid }: SshClient, text: string): void {
  if (isHost(tx, node)) writeLog(tx, node, 'sshd', { level: 'info', pid, text })
}

/** A command that somebody gave at a prompt, in shell.log; `[root]: command` (operations.md 3.2). */
export function commandLine(tx: Transaction, host: string, user: string, pid: number, command: string): void {
  writeLog(tx, host, 'shell', { level: 'info', pid, text: `[${oneLine(user)}]: ${oneLine(shownCommand(command), LONGEST_COMMAND)}` })
}

/** Longest command of a line in shell.log, in characters; our own bound. */
const LONGEST_COMMAND = 4096

/** `10.0.0.5 port 51000`. */
export function from({ address, port }: SshClient): string {
  return `${address} port ${port}`
}

/** Method as sshd names it: what PAM decides is marked so. */
function shown(method: LoginMethod): string {
  return method === 'keyboard-interactive' ? 'keyboard-interactive/pam' : method
}

/** `Accepted keyboard-interactive/pam for root from 10.0.0.5 port 51000 ssh2` (operations.md 3.2). */
export function acceptedLine(client: SshClient, user: string, method: LoginMethod): string {
  return `Accepted ${shown(method)} for ${oneLine(user)} from ${from(client)} ssh2`
}

/** Why a user gets no shell after the right password: PAM's account rules; the words are ours. */
const reasons: Readonly<Partial<Record<ShellRefusal, string>>> = {
  locked: 'account is locked after failed logins', expired: 'password has expired', noShell: 'shell access is not granted',
  notAdministrator: 'no administrator role', lockdown: 'lockdown mode is on', tooMany: 'too many sessions',
  unavailable: 'the identity source does not answer',
}

/** What sshd writes of a login that failed, in OpenSSH's words. The name is what the client sent. */
export function refusedLines(
  client: SshClient, userName: string, method: LoginMethod, refused: ShellRefusal, known: boolean,
): string[] {
  const user = oneLine(userName)
  const reason = reasons[refused]
  const failed = `Failed ${shown(method)} for ${known ? '' : 'invalid user '}${user} from ${from(client)} ssh2`
  if (!known) return [`Invalid user ${user} from ${from(client)}`, failed]
  return reason === undefined ? [failed] : [`Access denied for user ${user} by PAM account configuration: ${reason}`, failed]
}
