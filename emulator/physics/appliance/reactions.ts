import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { check, judge, planCheck } from './checks.js'
import { logStartRefused, logThresholds, vmonLog, vpxdLog } from './logs.js'
import { WATCHED, percentAt } from './partitions.js'
import { serviceKind } from './service-table.js'
import { finish, loseServices, startAll, startService } from './services.js'
import { runShutdown } from './shutdown.js'
import './signals.js'
import { applianceOf, updateAppliance } from './state.js'
import { logStart } from '../logs/write.js'
import { crashVpxd, planRestart, restartDead } from './watchdog.js'

/** The life inside a vCenter appliance: partitions, services, watchdog. */
export function reactToAppliance(world: World): void {
  reactToPower(world)
  reactToServices(world)
  reactToCrashes(world)
  world.on('appliance.filled', (tx, { vcenter }) => planCheck(tx, vcenter))
  world.onJob('appliance.check', (tx, { vcenter }) => check(tx, vcenter))
  world.onJob('appliance.shutdown', (tx, { vcenter }) => runShutdown(tx, vcenter))
}

function reactToPower(world: World): void {
  world.on('hardware.powerLost', (tx, { node }) => {
    if (applianceOf(tx, node) === undefined) return
    loseServices(tx, node)
    updateAppliance(tx, node, inner => {
      if (inner.shutdown !== undefined) tx.cancel(inner.shutdown.job)
      delete inner.shutdown
    })
    planCheck(tx, node)
  })
  world.on('hardware.booted', (tx, { node }) => {
    if (applianceOf(tx, node) === undefined) return
    startAll(tx, node)
    planCheck(tx, node)
  })
  world.on('hardware.paused', (tx, { node }) => planCheck(tx, node))
  world.on('hardware.resumed', (tx, { node }) => planCheck(tx, node))
}

function reactToServices(world: World): void {
  world.onJob('appliance.service', (tx, { vcenter, service, to }) => {
    finish(tx, vcenter, service, to)
    vmonLog(tx, vcenter, 'info', service, to === 'STARTED' ? 'started' : 'stopped')
  })
  world.on('appliance.startService', (tx, { vcenter, service }) => {
    startService(tx, vcenter, serviceKind(service)!)
  })
  world.on('appliance.startAll', (tx, { vcenter }) => startAll(tx, vcenter))
  world.on('appliance.startRefused', (tx, { vcenter, service, why }) => {
    vmonLog(tx, vcenter, 'error', service, `not started: ${why.why}`)
    if (service === 'vpxd' && why.why === 'disk') logStartRefused(tx, vcenter, why.mount, why.percent)
  })
  world.on('appliance.vpxd', (tx, { vcenter, serving }) => {
    if (serving) vpxdStarted(tx, vcenter)
    planCheck(tx, vcenter)
  })
}

function vpxdStarted(tx: Transaction, vcenter: string): void {
  logStart(tx, vcenter, 'vpxd')
  vpxdLog(tx, vcenter, 'info', 'Default', 'vpxd is ready')
  logThresholds(tx, vcenter, WATCHED[0])
  // A partition may have filled while it was on its way up: its first look is at once.
  const { partitions } = applianceOf(tx, vcenter)!
  for (const mount of WATCHED) judge(tx, vcenter, mount, percentAt(partitions[mount]!, tx.now()))
}

function reactToCrashes(world: World): void {
  world.on('appliance.crash', (tx, { vcenter, more, afterMs }) => {
    updateAppliance(tx, vcenter, inner => {
      if (more > 0) inner.crashes = { left: more, afterMs }
      else delete inner.crashes
    })
    crashVpxd(tx, vcenter)
  })
  world.on('appliance.crashEnd', (tx, { vcenter }) => {
    updateAppliance(tx, vcenter, inner => { delete inner.crashes })
  })
  world.on('appliance.serviceDied', (tx, { vcenter, service }) => planRestart(tx, vcenter, service))
  world.onJob('appliance.watchdog', (tx, { vcenter, service }) => restartDead(tx, vcenter, service))
  world.on('appliance.vpxd', (tx, { vcenter, serving }) => {
    const crashes = applianceOf(tx, vcenter)!.crashes
    if (serving && crashes !== undefined) tx.after(crashes.afterMs, 'appliance.crashAgain', { vcenter })
  })
  world.onJob('appliance.crashAgain', (tx, { vcenter }) => {
    const crashes = applianceOf(tx, vcenter)!.crashes
    if (crashes === undefined) return
    tx.emit('appliance.crash', { vcenter, more: crashes.left - 1, afterMs: crashes.afterMs })
  })
}
