import type { Reader, Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'

/** The pseudo node whose records are physical facts, outside every inventory (design.md 4.4). */
export const LAB = 'lab'

/** With what the TLS services of a machine run since they began. */
export interface TlsInner {
  /** Counts the ticket keys. */
  keys: number
  /** Agenda job of their next change. */
  job: number
  /** As the host's options were when its services began; undefined on a vCenter. */
  disabled?: string | undefined
  ciphers?: string | undefined
}

/** Facts of a machine that change: power, and for a host who manages it and whether they hear it. */
export interface NodeInner {
  /** Power of the chassis (host) or of the appliance VM (vCenter). */
  power: 'on' | 'off'
  /** Lab time in milliseconds since which it is up. */
  bootTime: number
  /** Off because its VM is suspended: nothing in its memory is lost. */
  paused?: boolean | undefined
  /** Agenda job that ends a boot under way. */
  booting?: number | undefined
  /** The vCenter that manages the host; undefined: a stand-alone host, or a vCenter. */
  managedBy?: string | undefined
  /** Lab time at which power went away; undefined while it is on. Its storage heartbeats ended then. */
  downAt?: number | undefined
  /** Has power, but its CPUs are stuck: no answer on any network; its storage heartbeats go on. */
  hung?: boolean | undefined
  /** Agents of a host that do not run (see agents.ts). */
  agents?: { hostd?: 'stopped' | 'hung', vpxa?: 'stopped' | 'hung', fdm?: 'stopped' | 'hung' } | undefined
  /** Somebody switched a host's whole firewall off (see network/firewall.ts). */
  firewallOff?: boolean | undefined
  /** Its module is not loaded. */
  firewallUnloaded?: boolean | undefined
  /** What its TLS services run with (see network/tls.ts). */
  tls?: TlsInner | undefined
  /** The service that shows the consoles of the host's VMs hangs: they are black (requirements A19). */
  consoleHung?: boolean | undefined
  /** Off because its kernel panicked: its screen says so until somebody resets it. */
  panicked?: boolean | undefined
  /** The management cable between a host and the rest of the lab. */
  cable: 'up' | 'cut'
  /** Physical cards of a host without link, and those whose switch port carries the wrong VLAN. */
  downNics?: string[] | undefined
  /** Cards at whose other end nothing is, and those that somebody switched off on the host. */
  unpluggedNics?: string[] | undefined
  adminDownNics?: string[] | undefined
  /** Rings of its cards that are not as usual (see network/rings.ts). */
  rings?: Record<string, { readonly rx: number, readonly tx: number }> | undefined
  wrongVlanNics?: string[] | undefined
  /** Networks that none of the machine's cards reaches any more. */
  detached?: readonly ('management' | 'storage' | 'vcha' | 'vmotion' | 'vsan')[] | undefined
  /**
   * How the host's vCenter sees it. `silent`: no heartbeat any more, the window has not ended yet;
   * `deaf`: the same, but vCenter's calls still reach the host; `mute`: heartbeats arrive, its calls
   * do not; `returning`: heartbeats are possible
   * again, none has been received yet; `disconnected`: by a user, vCenter does not listen.
   */
  management: 'connected' | 'deaf' | 'mute' | 'silent' | 'notResponding' | 'returning' | 'disconnected'
  /** Its vCenter gave it up and has not heard it since: true from the end of the window on. */
  givenUp?: boolean | undefined
  /** Agenda job that will end the present management state. */
  managementJob?: number | undefined
  /** Agenda job of the next heartbeat, while the way loses packets and each beat is drawn. */
  beatJob?: number | undefined
}

/** The record of a machine; undefined when the lab has none of that name. */
export function chassis(reader: Reader, name: string): NodeInner | undefined {
  return reader.get<object, NodeInner>(LAB, name)?.inner
}

/** Changes a machine's facts through a draft; faults when the lab has none of that name. */
export function updateChassis(tx: Transaction, name: string, recipe: (inner: NodeInner) => void): void {
  tx.update<object, NodeInner>({ node: LAB, id: name }, draft => recipe(draft.inner as NodeInner))
}

/** True while the machine has power and has booted (it may hang, see `responds`). */
export function isUp(reader: Reader, name: string): boolean {
  return chassis(reader, name)?.power === 'on'
}

/** True for an ESXi host: it has the record that every host has of itself (protocols.md 2.4). */
export function isHost(reader: Reader, name: string): boolean {
  return reader.find(name, 'ha-host') !== undefined
}

/** Names of the hosts that a vCenter manages, in the order of the lab. */
export function hostsOf(reader: Reader, vcenter: string): string[] {
  return reader.ofType(LAB, 'Node')
    .filter(slot => reader.read<object, NodeInner>(slot)?.inner.managedBy === vcenter)
    .map((slot: Slot) => slot.address.id)
}
