import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { askDoors } from './doors/knock.js'
import type { OpenedNode } from './doors/opened-node.js'
import { planPorts, type PortMode } from './doors/ports.js'
import type { LabFile } from './inventory/lab-schema.js'
import { nameServer } from './inventory/vcsim-server.js'
import { Lab, type LabOptions } from './lab.js'
import { LabControl } from './lab-control.js'
import { LabDoors, stackOf } from './lab-doors.js'
import type { OpenLab, OpenRequest } from './open-request.js'
import { outsideAddress, parseListen } from './options.js'
import type { PeerModel } from './peer-model.js'

/** Opens a lab with the doors of its nodes (contract.md, "Commands"). */
export async function openLab(request: OpenRequest): Promise<OpenLab> {
  const { settings, peer, log } = request
  const lab = new Lab(await labOptions(request))
  lab.gate.onDefect = (error, { method }) => log(`defect in ${method.name}: ${stackOf(error)}`)
  lab.world.onDefect = error => log(`defect in a job: ${stackOf(error)}`)
  lab.shells.onDefect = error => log(`defect in a command of a shell: ${stackOf(error)}`)
  lab.gate.onRestDefect = error => log(`defect in an operation of REST: ${stackOf(error)}`)
  const plan = await planPorts({
    mode: peer === undefined ? settings.ports as PortMode : 'fixed',
    nodes: lab.nodes,
    listen: settings.listen,
  })
  const doors = new LabDoors(lab, plan, request)
  const nodes = await doors.open()
  if (peer !== undefined) nameServerIn(lab, nodes, peer, settings.listen)
  const control = new LabControl(lab, nodes, () => doors.counts(), {
    source: peer === undefined ? sourceOf(settings.lab) : undefined, confirm: askDoors(nodes),
    vnc: () => doors.vnc(),
  })
  return {
    nodes,
    control,
    note: plan.note,
    close: async () => {
      lab.stop()
      await doors.close()
    },
  }
}

async function labOptions({ settings, peer }: OpenRequest): Promise<LabOptions> {
  const clock = { mode: settings.clock.mode, factor: settings.clock.factor ?? 1 }
  const { seed, durations, anyLogin, strict, ticketLife } = settings
  const tickets = ticketLife === undefined ? {} : { consoleTicketMs: ticketLife * 1000 }
  const base = { seed, clock, behaviour: { durations, anyLogin, strict, ...tickets }, realReceivers: true }
  if (peer === undefined) {
    const { namedLab } = await import('./inventory/check-lab.js')
    // Only a file needs the YAML reader.
    const lab = namedLab(settings.lab) ?? (await import('./inventory/lab-file.js')).loadLab(settings.lab)
    return { ...base, lab }
  }
  const { vcsimLab } = await import('./inventory/vcsim.js')
  return {
    ...base,
    lab: withLogin(vcsimLab(peer), peer.login),
    past: true,
    behaviour: { durations: 'instant', anyLogin: peer.login === undefined, anyHost: true, strict: settings.strict },
  }
}

/** The peer's own option and ports, known when its one door is open. */
function nameServerIn(lab: Lab, nodes: readonly OpenedNode[], peer: PeerModel, listen = ''): void {
  const first = lab.nodes.find(node => node.name === nodes[0]?.name)
  if (first === undefined) return
  const url = new URL(nodes[0]!.sdk)
  if (['0.0.0.0', '::'].includes(parseListen(listen).address)) url.hostname = outsideAddress()
  lab.world.genesis(tx => nameServer(tx, first, url, peer.uniqueHostPorts))
}

/** The peer's `-username` and `-password`: an administrator of that name on its one node. */
function withLogin(lab: LabFile, login: PeerModel['login']): LabFile {
  const node = lab.vcenters[0]?.name ?? lab.hosts[0]?.name
  if (login === undefined || node === undefined) return lab
  const user = { node, name: login.username, password: login.password, groups: [] }
  const permission = {
    node, entity: '/', principal: login.username, group: false, role: 'Admin', propagate: true,
  }
  return { ...lab, users: [...lab.users, user], permissions: [...lab.permissions, permission] }
}

/** A named lab by its name, a lab file by its whole path. */
function sourceOf(lab: string): string {
  return existsSync(lab) ? resolve(lab) : lab
}
