/**
 * Which address and port each door of each node listens on (contract.md, "Addresses and ports").
 *
 * `real`: the node's own loopback address and the product's ports. `high`: one address for all, and
 * a port from the table: 8980 + 10 x (number of the node, from 0) + the last digit of the role, so
 * the first node has https on 8989 and authd on 8982, the second 8999 and 8992. `free`: any free
 * port, for tests. `fixed`: https of the first node where `--listen` says, the other nodes and
 * doors closed: how the peer's simulator listens.
 */
import { createServer } from 'node:net'
import { parseListen, type PortMode } from '../options.js'
import type { ListenAt } from './https/listener.js'

export type { PortMode }

/** The doors a node can have. */
export type DoorRole = 'https' | 'http' | 'authd' | 'ssh' | 'vami' | 'cim'

/** The product's port and the last digit of the high port. */
export const ROLES: Readonly<Record<DoorRole, { readonly real: number, readonly digit: number }>> = {
  https: { real: 443, digit: 9 },
  http: { real: 80, digit: 0 },
  authd: { real: 902, digit: 2 },
  ssh: { real: 22, digit: 3 },
  vami: { real: 5480, digit: 5 },
  cim: { real: 5989, digit: 6 },
}

/** First port of the high range, and the room of a node in it. */
export const HIGH_BASE = 8980
export const HIGH_STEP = 10

/** How far `auto` moves the high range when another lab is there, and how often. */
const BLOCK = 1000
const BLOCKS = 10

const LOOPBACK = '127.0.0.1'

export interface PortRequest {
  readonly mode: PortMode
  /** In the order of the lab file; the address is the node's own in the lab. */
  readonly nodes: ReadonlyArray<{ readonly name: string, readonly address: string }>
  /** `ADDR` or `ADDR:PORT`; undefined: loopback. */
  readonly listen?: string | undefined
}

/** What was decided. */
export interface PortPlan {
  readonly mode: Exclude<PortMode, 'auto'>
  /** Undefined: the door stays closed. */
  of(node: string, role: DoorRole): ListenAt | undefined
  /** One line for the user: what was chosen and why. */
  readonly note: string
}

/** A plan that cannot be carried out; the text tells the user what to do. */
export class PortError extends Error {}

/** Tells why an address and port cannot be bound; undefined when they can. */
export type Probe = (at: ListenAt) => Promise<string | undefined>

/**
 * Decides on the ports. `auto` tries the real ones and falls back to the high ones.
 * @throws PortError when the wish cannot be met
 */
export async function planPorts(request: PortRequest, probe: Probe = canBind): Promise<PortPlan> {
  const listen = request.listen === undefined ? undefined : parseListen(request.listen)
  if (request.mode === 'fixed' || (listen?.port !== undefined && request.mode === 'auto')) {
    return fixedPlan(request, { address: listen?.address ?? LOOPBACK, port: listen?.port ?? 0 })
  }
  switch (request.mode) {
    case 'free':
      return freePlan(listen?.address ?? LOOPBACK)
    case 'high':
      return highPlan(request, listen?.address ?? LOOPBACK, HIGH_BASE, 'as asked')
    case 'real':
      return realOrThrow(request, listen?.address, probe)
    case 'auto':
      return automatic(request, listen?.address, probe)
  }
}

/** How an address to listen on stands in a URL of this machine: loopback for all, IPv6 in brackets. */
export function urlHost(address: string): string {
  if (address === '0.0.0.0' || address === '::') return LOOPBACK
  return address.includes(':') ? `[${address}]` : address
}

/** Binds an address and port for a moment; gives the system's error code when that fails. */
export function canBind(at: ListenAt): Promise<string | undefined> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    server.listen({ host: at.address, port: at.port, exclusive: true }, () => {
      server.close(() => resolve(undefined))
    })
  })
}

async function automatic(request: PortRequest, listen: string | undefined, probe: Probe): Promise<PortPlan> {
  const trouble = await realTrouble(request, listen, probe)
  if (trouble === undefined) return realPlan(request, listen, await sshPort(request, listen, probe))
  const address = listen ?? LOOPBACK
  const span = HIGH_STEP * request.nodes.length
  for (let block = 0; block < BLOCKS; block += 1) {
    const base = HIGH_BASE + block * Math.max(BLOCK, span)
    if (base + span > 65535) break
    if (await isFree(base, request.nodes.length, address, probe)) {
      return highPlan(request, address, base, trouble)
    }
  }
  throw new PortError(`no free ports from ${HIGH_BASE} on: is another lab running? `
    + 'Stop it, or use --ports free')
}

/** Looks at the https ports of the first and the last node, which shows other labs. */
async function isFree(base: number, nodes: number, address: string, probe: Probe): Promise<boolean> {
  for (const index of new Set([0, nodes - 1])) {
    if (await probe({ address, port: highPort(base, index, 'https') }) !== undefined) return false
  }
  return true
}

async function realOrThrow(request: PortRequest, listen: string | undefined, probe: Probe): Promise<PortPlan> {
  const trouble = await realTrouble(request, listen, probe)
  if (trouble === undefined) return realPlan(request, listen, await sshPort(request, listen, probe))
  throw new PortError(`the real ports cannot be used: ${trouble}. Try --ports high`)
}

/** Why the real ports cannot be used. */
async function realTrouble(
  request: PortRequest,
  listen: string | undefined,
  probe: Probe,
): Promise<string | undefined> {
  const { nodes } = request
  if (listen !== undefined && nodes.length > 1) {
    return `${nodes.length} nodes cannot share port 443 of ${listen}`
  }
  const addresses = nodes.map(node => listen ?? node.address)
  if (new Set(addresses).size < addresses.length) return 'two nodes have the same address'
  for (const index of new Set([0, nodes.length - 1])) {
    const address = addresses[index]
    if (address === undefined) continue
    for (const role of ['https', 'http', 'authd'] as const) {
      const at = { address, port: ROLES[role].real }
      const code = await probe(at)
      if (code !== undefined) return `${at.address}:${at.port} ${reason(code)}`
    }
  }
  return undefined
}

function reason(code: string): string {
  if (code === 'EACCES') return 'needs a privilege'
  if (code === 'EADDRINUSE') return 'is in use'
  if (code === 'EADDRNOTAVAIL') return 'is not an address of this machine'
  return `cannot be bound (${code})`
}

/** The port of SSH beside real ones where 22 is taken: the machine's own sshd listens on every address of it. */
const OTHER_SSH = 2222

/** 22, or the other port when this machine's own sshd is there. */
async function sshPort(request: PortRequest, listen: string | undefined, probe: Probe): Promise<number> {
  for (const node of new Set([request.nodes[0], request.nodes.at(-1)])) {
    if (node === undefined) continue
    if (await probe({ address: listen ?? node.address, port: ROLES.ssh.real }) !== undefined) return OTHER_SSH
  }
  return ROLES.ssh.real
}

function realPlan(request: PortRequest, listen: string | undefined, ssh: number): PortPlan {
  const addresses = new Map(request.nodes.map(node => [node.name, listen ?? node.address]))
  return {
    mode: 'real',
    note: `real ports, one address for each node${ssh === ROLES.ssh.real ? '' : ` (SSH on ${ssh}: 22 is in use)`}`,
    of: (node, role) => {
      const address = addresses.get(node)
      return address === undefined ? undefined : { address, port: role === 'ssh' ? ssh : ROLES[role].real }
    },
  }
}

function highPlan(request: PortRequest, address: string, base: number, why: string): PortPlan {
  const last = base + HIGH_STEP * request.nodes.length
  if (last > 65535) throw new PortError(`${request.nodes.length} nodes do not fit above port ${base}`)
  const indexes = new Map(request.nodes.map((node, index) => [node.name, index]))
  return {
    mode: 'high',
    note: `high ports on ${address}, https from ${base + ROLES.https.digit} in steps of ${HIGH_STEP} (${why})`,
    of: (node, role) => {
      const index = indexes.get(node)
      return index === undefined ? undefined : { address, port: highPort(base, index, role) }
    },
  }
}

function highPort(base: number, index: number, role: DoorRole): number {
  return base + HIGH_STEP * index + ROLES[role].digit
}

function freePlan(address: string): PortPlan {
  return { mode: 'free', note: `free ports on ${address}`, of: () => ({ address, port: 0 }) }
}

function fixedPlan(request: PortRequest, at: ListenAt): PortPlan {
  const first = request.nodes[0]?.name
  return {
    mode: 'fixed',
    note: `one door on ${at.address}:${at.port}`,
    of: (node, role) => node === first && role === 'https' ? at : undefined,
  }
}
