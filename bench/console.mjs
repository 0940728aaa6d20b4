#!/usr/bin/env node
/**
 * Measures what open consoles cost: 200 WebMKS consoles over TLS, idle, then with five changes of the
 * picture a second in each, then all of one machine.
 *
 *   npm run build && node bench/console.mjs [--consoles 200] [--rate 5] [--seconds 10]
 *
 * Prints the share of one core that the lab's process needs, user and system together, and exits with
 * status 1 when the changing consoles need more than one core (the goal). Linux only.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { WebSocket } from 'ws'
import { Node } from '../clients/examples/console/lab.mjs'
import { cpuMsOf } from './lib/server.mjs'
import { withOwnLab } from './lib/own-lab.mjs'

const { values: options } = parseArgs({
  options: {
    consoles: { type: 'string', default: '200' },
    rate: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '10' },
  },
})
const [consoles, rate, seconds] = [options.consoles, options.rate, options.seconds].map(Number)

/** One console: shakes hands, asks for the picture, and asks again after each answer. */
class Console {
  updates = 0
  bytes = 0

  static async open(url) {
    const console = new Console()
    console.socket = new WebSocket(url, ['binary'], { rejectUnauthorized: false, perMessageDeflate: false })
    const messages = []
    let wake = () => {}
    console.socket.on('message', message => {
      messages.push(message)
      wake()
    })
    await new Promise((resolve, reject) => console.socket.on('open', resolve).on('error', reject))
    const next = async () => {
      while (messages.length === 0) await new Promise(resolve => { wake = resolve })
      return messages.shift()
    }
    await next()
    console.socket.send(Buffer.from('RFB 003.008\n'))
    await next()
    console.socket.send(Buffer.from([1]))
    await next()
    console.socket.send(Buffer.from([1]))
    console.size = (await next()).subarray(0, 4)
    console.socket.removeAllListeners('message')
    console.socket.on('message', message => {
      console.updates += 1
      console.bytes += message.length
      console.ask(1)
    })
    // TightPNG.
    console.socket.send(Buffer.from([2, 0, 0, 1, 0xff, 0xff, 0xfe, 0xfc]))
    console.ask(0)
    return console
  }

  ask(incremental) {
    this.socket.send(Buffer.from([3, incremental, 0, 0, 0, 0, ...this.size]))
  }

  /** A character, or what takes it away again: the picture changes each time. */
  type(even) {
    const [high, low] = even ? [0, 0x78] : [0xff, 0x08]
    for (const down of [1, 0]) this.socket.send(Buffer.from([4, down, 0, 0, 0, 0, high, low]))
  }
}

/** Runs something that would take `seconds` on an idle machine; gives the processor time for each of them. */
async function measured(pid, name, open, run) {
  const before = { cpu: cpuMsOf(pid), at: performance.now(), updates: sum(open, 'updates'), bytes: sum(open, 'bytes') }
  await run()
  const share = (cpuMsOf(pid) - before.cpu) / (seconds * 1000)
  const updates = sum(open, 'updates') - before.updates
  const kib = (sum(open, 'bytes') - before.bytes) / 1024
  const took = (performance.now() - before.at) / 1000
  console.log(`${name}: ${(share * 100).toFixed(1)} % of a core; ${updates} updates, ${kib.toFixed(0)} KiB, `
    + `in ${took.toFixed(1)} s instead of ${seconds}`)
  return { share, updates }
}

const sum = (items, name) => items.reduce((total, item) => total + item[name], 0)

/**
 * Types in some of the consoles, at most `rate` times a second, and waits each time until all show it: a
 * lab that gets no processor for a while would else answer many keys with one update.
 */
async function typing(some, shown) {
  for (let round = 0; round < seconds * rate; round += 1) {
    const due = performance.now() + 1000 / rate
    const seen = shown.map(each => each.updates)
    for (const each of some) each.type(round % 2 === 0)
    while (shown.some((each, index) => each.updates === seen[index])) await delay(5)
    await delay(Math.max(0, due - performance.now()))
  }
}

const lab = `lab: console
vcenters: [{ name: vc-01, datacenters: [{ name: DC-01, standaloneHosts: ["esx-*"] }] }]
hosts: [{ name: "esx-##", count: 4 }]
datastores: [{ name: shared-01, capacity: 64TiB }]
vms: [{ name: "vm-###", count: ${consoles}, host: ["esx-*"], datastore: shared-01, memory: 512MiB }]
`
let failed = false
await withOwnLab(lab, async (pid, { nodes }) => {
  const vcenter = nodes.find(node => node.kind === 'vcenter')
  const node = await Node.open(vcenter.sdk, vcenter.username, vcenter.password)
  const first = await node.vm('vm-001')
  const number = Number(/\d+$/.exec(first)[0])
  const own = []
  for (let index = 0; index < consoles; index += 1) own.push(await Console.open(await node.consoleUrl(`vm-${number + index}`)))
  await delay(2000)
  await measured(pid, `${consoles} consoles, nothing changes`, own, () => delay(seconds * 1000))
  const many = `${consoles} consoles of ${consoles} machines`
  const busy = await measured(pid, `${many}, ${rate} changes/s in each`, own, () => typing(own, own))
  failed = busy.share > 1 || busy.updates < consoles * rate * seconds
  for (const each of own) each.socket.close()
  const shared = []
  for (let index = 0; index < consoles; index += 1) shared.push(await Console.open(await node.consoleUrl(first)))
  await delay(1000)
  await measured(pid, `${consoles} consoles of one machine, ${rate} changes/s`, shared, () => typing(shared.slice(0, 1), shared))
  for (const each of shared) each.socket.terminate()
})
console.log(failed ? 'above one core' : 'within one core')
process.exitCode = failed ? 1 : 0
