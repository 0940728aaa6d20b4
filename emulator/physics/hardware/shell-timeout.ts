import type { Reader } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { hostOption } from '../options.js'
import { isUp, LAB } from './chassis.js'
import { runService, SHELL_SERVICE, SSH_SERVICE } from './host-services.js'

declare module '../../world/signals.js' {
  interface JobMap {
    /** The time for which a shell service of a host stays available is over. */
    'shellService.timeOut': { readonly host: string, readonly service: string }
  }
}

/** Agenda jobs by service. */
interface TimersInner {
  jobs: Record<string, number>
}

/**
 * UserVars.ESXiShellTimeOut: seconds of lab time for which SSH and the ESXi Shell stay available after
 * they were started; 0, the default: until somebody stops them. The value of the start counts. Sessions
 * that are open go on (network-security.md 12.3, operations.md 2 "Access gates").
 */
export function reactToShellTimeOut(world: World): void {
  world.on('service.changed', (tx, { host, service, running }) => {
    if (service !== SSH_SERVICE && service !== SHELL_SERVICE) return
    cancel(tx, host, service)
    const seconds = running ? hostOption(tx, host, 'UserVars.ESXiShellTimeOut', 0) : 0
    if (seconds > 0) set(tx, host, service, tx.after(seconds * 1000, 'shellService.timeOut', { host, service }))
  })
  world.onJob('shellService.timeOut', (tx, { host, service }) => {
    set(tx, host, service, undefined)
    if (isUp(tx, host)) runService(tx, host, service, false, 'timeOut')
  })
}

function cancel(tx: Transaction, host: string, service: string): void {
  const job = timersOf(tx, host)?.[service]
  if (job === undefined) return
  tx.cancel(job)
  set(tx, host, service, undefined)
}

function timersOf(reader: Reader, host: string): Readonly<Record<string, number>> | undefined {
  return reader.get<object, TimersInner>(LAB, idOf(host))?.inner.jobs
}

function set(tx: Transaction, host: string, service: string, job: number | undefined): void {
  const id = idOf(host)
  const slot = tx.find(LAB, id)
    ?? tx.create<object, TimersInner>({ node: LAB, type: 'ShellTimers', id }, { props: {}, inner: { jobs: {} } })
  tx.update<object, TimersInner>(slot, ({ inner }) => {
    if (job === undefined) delete inner.jobs[service]
    else inner.jobs[service] = job
  })
}

function idOf(host: string): string {
  return `shellTimers/${host}`
}
