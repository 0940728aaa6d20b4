import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import type { LineLevel } from '../logs/line.js'
import { writeLog } from '../logs/write.js'
import '../appliance/signals.js'
import { chassis, updateChassis } from '../hardware/chassis.js'
import type { PowerLossCause } from '../hardware/reactions.js'
import { decide, endTakeover, failOver } from './decide.js'
import { judge, look } from './detection.js'
import { vmOfNode } from './links.js'
import { resynced } from './replication.js'
import { reactToPublicAddress } from './public-address.js'
import { say, sayWaiting, trap } from './say.js'
import { settleDisk, writeTwice } from './shared-disk.js'
import './signals.js'
import {
  clusteredVcenters, configuredVcha, machineId, machineOf, servingNode, updateVcha,
} from './state.js'
import { switchOn, tellSuccess } from './takeover.js'

/**
 * vCenter High Availability. The vCenter's own node is the identity that clients know; its power
 * follows the machine that is active and serves. So what happens to a machine is passed on to the
 * node, and what the system inside does to the node (a reboot) to the machine.
 */
export function reactToVcha(world: World): void {
  reactToPublicAddress(world)
  passPowerOn(world)
  world.on('network.changed', tx => lookAll(tx))
  world.on('hardware.powerLost', tx => lookAll(tx))
  world.on('hardware.paused', tx => lookAll(tx))
  world.on('hardware.resumed', tx => lookAll(tx))
  world.on('hardware.hung', tx => lookAll(tx))
  world.on('hardware.booted', (tx, { node }) => {
    const machine = machineOf(node)
    if (machine === undefined) lookAll(tx)
    else act(tx, machine.vcenter)
  })
  world.on('vcha.raised', (tx, { vcenter, warm }) => {
    switchOn(tx, vcenter, warm)
    look(tx, vcenter)
  })
  world.on('vcha.failover', (tx, { vcenter, planned }) => failOver(tx, vcenter, planned))
  world.on('vcha.mode', (tx, { vcenter, mode, was }) => {
    say(tx, vcenter, 'cluster.mode.changed', { clusterMode: mode, oldMode: was })
    const vcha = configuredVcha(tx, vcenter)
    if (vcha !== undefined) trap(tx, vcenter, 'mode', vcha.active, { from: was, to: mode })
    act(tx, vcenter)
  })
  world.on('vcha.stalled', (tx, { vcenter, stalled }) => {
    if (configuredVcha(tx, vcenter) === undefined) return
    updateVcha(tx, vcenter, inner => {
      if (stalled) inner.stalled = true
      else delete inner.stalled
    })
    act(tx, vcenter)
  })
  world.on('appliance.vpxd', (tx, { vcenter, serving }) => {
    if (!serving) return
    sayWaiting(tx, vcenter)
    tellSuccess(tx, vcenter)
  })
  world.on('vcha.trap', (tx, { vcenter, number, node, values }) => {
    const words = Object.entries(values).map(([key, value]) => ` ${key}=${value}`).join('')
    vchaLog(tx, vcenter, 'info', `${node}: trap ${number}${words}`)
  })
  world.on('vcha.promoted', (tx, { vcenter, node, lost, kept }) => {
    if (kept === true) {
      vchaLog(tx, vcenter, 'warning', `node ${node}: the history is shorter than its lag; nothing is taken back`)
    } else if (lost > 0) {
      vchaLog(tx, vcenter, 'warning', `node ${node}: ${lost} commits were not replicated and are lost`)
    }
  })
  world.onJob('vcha.judge', (tx, { vcenter }) => judge(tx, vcenter))
  world.onJob('vcha.takeover', (tx, { vcenter }) => {
    endTakeover(tx, vcenter)
    look(tx, vcenter)
  })
  world.onJob('vcha.write', (tx, { vcenter }) => writeTwice(tx, vcenter))
  world.onJob('vcha.resync', (tx, { vcenter, part }) => {
    resynced(tx, vcenter, part)
    act(tx, vcenter)
  })
}

function passPowerOn(world: World): void {
  world.on('hardware.powerLost', (tx, { node, cause }) => {
    const machine = machineOf(node)
    if (machine !== undefined) machineLost(tx, node, cause)
    else nodeLost(tx, node)
  })
  world.on('hardware.powerRestored', (tx, { node }) => {
    const vcha = configuredVcha(tx, node)
    if (vcha === undefined) return
    // The node has no machine of its own that could boot: the active one does.
    const { booting } = chassis(tx, node)!
    if (booting !== undefined) {
      tx.cancel(booting)
      updateChassis(tx, node, inner => { delete inner.booting })
    }
    tx.emit('hardware.powerRestored', { node: machineId(node, vcha.active) })
  })
  for (const kind of ['hardware.paused', 'hardware.resumed'] as const) {
    world.on(kind, (tx, { node }) => {
      const machine = machineOf(node)
      if (machine === undefined || machine.key === 'w') return
      if (configuredVcha(tx, machine.vcenter)?.nodes[machine.key].publicUp === true) tx.emit(kind, { node: machine.vcenter })
    })
  }
  world.on('hardware.hung', (tx, { node, hung }) => {
    for (const vcenter of clusteredVcenters(tx)) {
      const vcha = configuredVcha(tx, vcenter)!
      const key = servingNode(vcha)
      if (key === undefined || node === vcenter) continue
      if (vmOfNode(tx, vcenter, vcha, key)?.address.node === node) tx.emit('hardware.hung', { node: vcenter, hung })
    }
  })
  world.on('vm.poweredOn', (tx, { node, vm }) => {
    const appliance = tx.get<object, { appliance?: string }>(node, vm)?.inner.appliance
    const machine = appliance === undefined ? undefined : machineOf(appliance)
    if (machine === undefined || configuredVcha(tx, machine.vcenter) === undefined) return
    updateVcha(tx, machine.vcenter, inner => { inner.nodes[machine.key].vm = { host: node, id: vm } })
  })
}

/** A machine is gone, and with it the public address that it had. */
function machineLost(tx: Transaction, id: string, cause: PowerLossCause): void {
  const { vcenter, key } = machineOf(id)!
  const vcha = configuredVcha(tx, vcenter)
  if (vcha === undefined || vcha.nodes[key].publicUp !== true) return
  const served = servingNode(vcha) === key
  updateVcha(tx, vcenter, inner => { inner.nodes[key].publicUp = false })
  settleDisk(tx, vcenter)
  if (served) tx.emit('hardware.powerLost', { node: vcenter, cause })
}

/** The system inside the serving machine ended: a reboot by its watchdog, or a shutdown. */
function nodeLost(tx: Transaction, vcenter: string): void {
  const vcha = configuredVcha(tx, vcenter)
  const key = vcha === undefined ? undefined : servingNode(vcha)
  if (key === undefined || chassis(tx, machineId(vcenter, key))?.power !== 'on') return
  updateVcha(tx, vcenter, inner => { inner.nodes[key].publicUp = false })
  tx.emit('hardware.powerLost', { node: machineId(vcenter, key), cause: 'guest' })
}

function act(tx: Transaction, vcenter: string): void {
  decide(tx, vcenter)
  look(tx, vcenter)
}

function lookAll(tx: Transaction): void {
  for (const vcenter of clusteredVcenters(tx)) look(tx, vcenter)
}

/** A line of /var/log/vmware/vcha/vcha.log. */
function vchaLog(tx: Transaction, vcenter: string, level: LineLevel, text: string): void {
  writeLog(tx, vcenter, 'vcha', { level, text })
}
