import type { HostSystemProps, HostVirtualNic } from '../../schema/generated/types.js'
import type { NetworkName } from '../../physics/network/rules.js'
import { parseOptions } from '../programs/options.js'
import { fails, say, type Context, type Machine, type Program } from '../programs/program-model.js'
import { until, type Steps } from '../run/steps.js'
import { mtuOf, networkOf } from './network-config.js'
import { addressOf, echoes, farMtu, peerAt, wayTo, type Peer } from './reach.js'

/** Bytes of the headers of IP and ICMP. */
const HEADERS = 28
const MOST_BYTES = 65_507

/** `ping` and `vmkping`: echo requests from a kernel adapter (operations.md 2.3, requirements A20). */
export const ping: Program = { run: runPing }

interface Sending {
  readonly context: Context
  readonly address: string
  readonly peer: Peer
  readonly network: NetworkName
  readonly size: number
  readonly tooBigFar: boolean
  readonly waitMs: number
}

function * runPing(context: Context): Steps<number> {
  const parsed = parseOptions(context, 'I:c:s:i:W:S:t:X:N:d4v6qD')
  if (typeof parsed === 'number') return parsed
  const { machine } = context
  const numbers = { c: 3, s: 56, i: 1, W: 1 }
  for (const letter of ['c', 's', 'i', 'W'] as const) {
    const text = parsed.values.get(letter)
    if (text === undefined) continue
    const value = Number(text)
    const whole = letter === 'i' || Number.isInteger(value)
    if (!whole || !(value >= 0) || value > MOST_BYTES) return fails(context, `bad value '${text}' for -${letter}`)
    numbers[letter] = value
  }
  const [name] = parsed.operands
  if (name === undefined) return fails(context, `usage: ${context.name} [-4|-6] [-c count] [-d] [-I interface] [-s size] host`, 2)
  const address = addressOf(machine, name)
  if (address === undefined) return fails(context, `Unknown host ${name}`)
  const network = networkOf(machine)
  const from = parsed.values.get('I')
  const nic = from === undefined ? network.vnic?.[0] : network.vnic?.find(each => each.device === from)
  // An appliance has one card, which is not looked at.
  if (nic === undefined && machine.node.kind === 'esxi') return fails(context, `Interface ${from ?? 'vmk0'} not found`)
  const whole = parsed.flags.has('d')
  const { own, way } = nic === undefined ? { own: 1500, way: 1500 } : mtuOf(network, nic)
  context.out.write(`PING ${name} (${address}): ${numbers.s} data bytes\n`)
  if (whole && numbers.s + HEADERS > own) {
    // Each of the packets is refused by the adapter itself.
    for (let at = 0; at < numbers.c; at += 1) {
      if (at > 0) yield * until(machine.world.now() + numbers.i * 1000)
      context.out.write('sendto() failed (Message too long)\n')
    }
    return summary(context, name, numbers.c, [])
  }
  const peer = peerAt(machine, address)
  const far = Math.min(way, farMtu(machine, peer, address))
  const times = yield * send({
    context, address, peer, network: nic === undefined ? 'management' : trafficOf(machine, nic), size: numbers.s,
    tooBigFar: whole && numbers.s + HEADERS > far, waitMs: numbers.W * 1000,
  }, numbers.c, numbers.i * 1000)
  return summary(context, name, numbers.c, times)
}

/** Sends so many packets, one after the other; gives the milliseconds of those that came back. */
function * send(sending: Sending, count: number, everyMs: number): Steps<number[]> {
  const { context, address, size, waitMs } = sending
  const { world } = context.machine
  const times: number[] = []
  for (let sequence = 0; sequence < count; sequence += 1) {
    const begun = world.now()
    const ms = echoed(sending)
    if (ms !== undefined) {
      if (ms >= 1) yield * until(begun + Math.round(ms))
      times.push(ms)
      context.out.write(`${size + 8} bytes from ${address}: icmp_seq=${sequence} ttl=64 time=${ms.toFixed(3)} ms\n`)
    }
    if (sequence < count - 1) yield * until(Math.max(begun + everyMs, world.now()))
    else if (ms === undefined) yield * until(begun + waitMs)
  }
  return times
}

/** Milliseconds after which a packet comes back; undefined: it does not. Chance is asked only where packets get lost. */
function echoed({ context: { machine }, peer, network, tooBigFar, waitMs }: Sending): number | undefined {
  if (tooBigFar || !echoes(machine, peer, network)) return undefined
  const { ms, loss } = wayTo(machine, peer, network)
  if (loss > 0 && machine.change(tx => tx.random('ping')) < loss) return undefined
  return ms > waitMs ? undefined : ms
}

function summary(context: Context, name: string, sent: number, times: readonly number[]): number {
  const lost = sent === 0 ? 0 : Math.floor((sent - times.length) * 100 / sent)
  say(context, '', `--- ${name} ping statistics ---`,
    `${sent} packets transmitted, ${times.length} packets received, ${lost}% packet loss`)
  if (times.length === 0) return 1
  const average = times.reduce((sum, ms) => sum + ms, 0) / times.length
  say(context, `round-trip min/avg/max = ${Math.min(...times).toFixed(3)}/${average.toFixed(3)}/${Math.max(...times).toFixed(3)} ms`)
  return 0
}

/** Which of the lab's networks an adapter's traffic goes over. */
function trafficOf({ world, node }: Machine, nic: HostVirtualNic): NetworkName {
  const types = world.get<HostSystemProps>(node.name, 'ha-host')?.props.config?.virtualNicManagerInfo?.netConfig ?? []
  const selected = (type: string): readonly string[] => types.find(each => each.nicType === type)?.selectedVnic ?? []
  const serves = (type: string): boolean => selected(type).some(key => key.endsWith(nic.key))
  if (serves('management')) return 'management'
  return serves('vmotion') ? 'vmotion' : serves('vsan') ? 'vsan' : 'management'
}
