import { writeLog } from '../../physics/logs/write.js'
import { operationOf, operationOn } from '../../physics/logs/operation.js'
import { commit } from '../../services/call-commit.js'
import { Later, type Query } from '../../services/call.js'
import { MethodFault, fault } from '../../services/method-fault.js'
import { oneLine } from '../../services/one-line.js'
import { isFinal, type TaskProps } from '../../services/tasks.js'
import type { Transaction } from '../../world/transaction.js'
import { sorted } from './cli-info.js'
import { cliFault } from './define.js'
import { Wait, type Command, type Given, type Seat } from './model.js'

/**
 * Runs a command on its host. One that changes something does so in one transaction, and is in the
 * host's logs (operations.md 2, "Audit"); if it waits for a task of the host, so does the answer.
 */
export function runCommand(seat: Seat, path: string, command: Command, given: Given): unknown {
  const run = command.run as (seat: Seat, given: Given) => unknown
  if (!command.changes) return run(seat, given)
  const line = lineOf(path, command, given)
  try {
    const value = commit(seat.call, tx => {
      const changed = run({ ...seat, reader: tx, tx } as Seat, given)
      log(tx, seat, line, undefined)
      return changed
    })
    return value instanceof Wait ? afterTask(seat, value) : value
  } catch (error) {
    if (error instanceof MethodFault) commit(seat.call, tx => log(tx, seat, line, error))
    throw error
  }
}

/** `network firewall ruleset set --allowed-all=false --ruleset-id=sshServer`, without secrets. */
function lineOf(path: string, command: Command, given: Given): string {
  const options = sorted(command.params).flatMap(([option, { flag, secret }]) => {
    const value = given[option]
    if (value === undefined || value === false && flag === true) return []
    if (flag === true) return [`--${option}`]
    return [value].flat().map(each => `--${option}=${secret === true ? '******' : String(each)}`)
  })
  return oneLine([path.replaceAll('.', ' '), ...options].join(' '))
}

/** The words are ours; the form of esxcli.log is that of shell.log. */
function log(tx: Transaction, { host }: Seat, line: string, error: MethodFault | undefined): void {
  const { user = '' } = operationOn(tx, host.name, operationOf(tx))
  const refused = error === undefined ? '' : `: ${oneLine(textOf(error))}`
  if (Number(host.product.version.split('.')[0]) >= 8) {
    writeLog(tx, host.name, 'esxcli', { level: error === undefined ? 'info' : 'error', text: `[${user}]: esxcli ${line}${refused}` })
  }
  writeLog(tx, host.name, 'hostd', {
    level: error === undefined ? 'info' : 'warning', sub: 'Hostsvc.EsxCLI',
    text: `esxcli ${line}${error === undefined ? '' : ` failed${refused}`}`,
  })
}

function textOf(error: MethodFault): string {
  return (error.fields['errMsg'] as readonly string[] | undefined)?.join(' ') ?? error.message
}

/** Gives the command's value when its task has ended well, and its refusal when not. */
function afterTask({ call, host }: Seat, { task, value }: Wait): unknown {
  const ended = (): boolean => {
    const info = call.services.world.get<TaskProps>(host.name, task)?.props.info
    if (info === undefined) throw fault('RequestCanceled')
    if (!isFinal(info)) return false
    if (info.state === 'error') throw cliFault(info.error?.localizedMessage ?? '')
    return true
  }
  if (ended()) return value
  return watch(call, ended, value)
}

/** Asks after each commit; the session of the caller does not time out meanwhile. */
function watch({ services: { world, sessions }, session }: Query, ended: () => boolean, value: unknown): Later {
  return new Later((done, failed) => {
    const release = session === undefined ? undefined : sessions.hold(session.key)
    const unsubscribe = world.subscribe(() => {
      try {
        if (!ended()) return
        stop()
        done(value)
      } catch (error) {
        stop()
        failed(error)
      }
    })
    const stop = (): void => {
      unsubscribe()
      release?.()
    }
    return stop
  })
}
