import type { Transaction } from '../../world/transaction.js'
import { writeLog } from '../logs/write.js'
import { DISK_CRITICAL_PERCENT, DISK_WARNING_PERCENT } from './timing.js'

type Level = 'error' | 'warning' | 'info'

/**
 * Appends a line to vpxd's log, also while vpxd starts or ends. `sub` names the part of vpxd
 * (`vpxdVdb` for its database, availability.md 3.3).
 */
export function vpxdLog(tx: Transaction, vcenter: string, level: Level, sub: string, text: string): void {
  writeLog(tx, vcenter, 'vpxd', { level, sub, text, lifecycle: true })
}

/** Appends a line to vmon's log. */
export function vmonLog(tx: Transaction, vcenter: string, level: Level, service: string, text: string): void {
  writeLog(tx, vcenter, 'vmon', { level, origin: `[service=${service}]`, text })
}

/** What vpxd says about the database's partition when it begins to watch it. */
export function logThresholds(tx: Transaction, vcenter: string, mount: string): void {
  vpxdLog(tx, vcenter, 'info', 'vpxdVdb', `Watching the space of the database on ${mount}: `
    + `warning threshold ${DISK_WARNING_PERCENT}%, error threshold ${DISK_CRITICAL_PERCENT}%`)
}

/** It is above the warning threshold. */
export function logWarning(tx: Transaction, vcenter: string, mount: string, percent: number): void {
  vpxdLog(tx, vcenter, 'warning', 'vpxdVdb',
    `Database partition ${mount}: ${whole(percent)}% used, above the warning threshold of ${DISK_WARNING_PERCENT}%`)
}

/** It is above the error threshold: vpxd has itself stopped. */
export function logStop(tx: Transaction, vcenter: string, mount: string, percent: number): void {
  logUsed(tx, vcenter, mount, percent)
  vpxdLog(tx, vcenter, 'error', 'vpxdVdb', 'Asking service-control to stop vmware-vpxd before the database is out of space')
  vpxdLog(tx, vcenter, 'info', 'Default', 'Received signal 15, shutting down')
}

/** A start was given up for the same reason. */
export function logStartRefused(tx: Transaction, vcenter: string, mount: string, percent: number): void {
  logThresholds(tx, vcenter, mount)
  logUsed(tx, vcenter, mount, percent)
  vpxdLog(tx, vcenter, 'error', 'vpxdVdb', 'Not starting: free space on the database partition first')
}

function logUsed(tx: Transaction, vcenter: string, mount: string, percent: number): void {
  vpxdLog(tx, vcenter, 'error', 'vpxdVdb', `Database partition ${mount}: used ${whole(percent)}% `
    + `exceeds the error threshold of ${DISK_CRITICAL_PERCENT}%`)
}

function whole(percent: number): number {
  return Math.floor(percent)
}
