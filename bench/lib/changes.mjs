/** Workloads that change something, and those that watch. */
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { must, reference, textOf } from './soap.mjs'
import {
  createView, firstSync, oneSpec, openFilter, readValue, viewSpec, waitForTask, waitForUpdates,
} from './vim.mjs'

/** One power operation with its wait, and the power state read back. */
export async function powerCycle(session) {
  const { client } = session
  const [{ ref }] = session.pick(1)
  let on = await readValue(client, ref, 'runtime.powerState') === 'poweredOn'
  return async () => {
    const task = reference(await client.call(on ? 'PowerOffVM_Task' : 'PowerOnVM_Task', ref))
    await waitForTask(client, task)
    on = !on
    const state = await readValue(client, ref, 'runtime.powerState')
    must(state === (on ? 'poweredOn' : 'poweredOff'), `power state ${state} after the task`)
  }
}

/** Sessions that each follow VMs with a long poll; `wait(value)` ends when all saw the new name. */
class Watchers {
  clients
  #vm
  #polls
  #stopped = false
  #wanted
  #arrived
  #all
  #told
  #failure

  static async open(session, vm, size, everything) {
    const watchers = new Watchers()
    watchers.clients = await session.clients(size)
    watchers.#vm = vm
    const states = []
    for (let i = 0; i < size; i += 1) {
      const client = watchers.clients[i]
      const spec = everything
        ? viewSpec(await createView(client), ['name']) : oneSpec(vm.ref, ['name'])
      const collector = await openFilter(client, spec)
      states.push({ client, collector, version: await firstSync(client, collector) })
    }
    watchers.#polls = states.map(state => watchers.#poll(state))
    return watchers
  }

  async #poll({ client, collector, version: first }) {
    let version = first
    try {
      while (!this.#stopped) {
        const page = await waitForUpdates(client, collector, version, 20)
        const now = performance.now()
        version = textOf(page, 'version') ?? version
        if (this.#wanted !== undefined && page.includes(`>${this.#vm.ref.value}<`)
          && page.includes(`>${this.#wanted}<`) && !this.#arrived.has(client)) {
          this.#arrived.set(client, now)
          if (this.#arrived.size === this.clients.length) this.#all()
          // All watchers run in this process: who is told early must not keep it from reading.
          else await this.#told
        }
      }
    } catch (error) {
      if (!this.#stopped) this.#failure = error
    }
  }

  /** The instant at which the last watcher got the name; call before the change is made. */
  expect(name) {
    this.#wanted = name
    this.#arrived = new Map()
    this.#told = new Promise(resolve => { this.#all = () => resolve(performance.now()) })
    return this.#told
  }

  async close() {
    this.#stopped = true
    for (const client of this.clients) client.close()
    await Promise.all(this.#polls)
    if (this.#failure !== undefined) throw this.#failure
  }
}

/**
 * Renames one VM again and again (the first `warmUp` times do not count) while `watchers` sessions
 * follow it, or all VMs, with `everything`. Processor time and wall time are for one rename, until
 * the last watcher has it.
 */
export async function watchRename(session, { watchers: size, everything, changes, warmUp }) {
  const { client, server } = session
  const vm = session.pick(3).at(-1)
  const watchers = await Watchers.open(session, vm, size, everything)
  await delay(300)
  const last = []
  const cpu = []
  for (let i = 0; i < changes + 1; i += 1) {
    const name = i === changes ? vm.name : `${vm.name}-w${i}`
    const all = watchers.expect(name)
    const cpuBefore = server.cpuMs()
    const start = performance.now()
    const task = reference(await client.call('Rename_Task', vm.ref, `<newName>${name}</newName>`))
    const limit = new AbortController()
    const arrived = await Promise.race([
      all, delay(300_000, undefined, { signal: limit.signal }).then(() => undefined)])
    limit.abort()
    must(arrived !== undefined, 'a watcher did not hear of the rename within 300 s')
    await waitForTask(client, task)
    if (i < warmUp) continue
    last.push(arrived - start)
    cpu.push(server.cpuMs() - cpuBefore)
  }
  await watchers.close()
  const sorted = [...last].sort((a, b) => a - b)
  return {
    operations: last.length,
    cpuMs: cpu.reduce((a, b) => a + b, 0) / cpu.length,
    wallMs: sorted[sorted.length >> 1],
    worstMs: sorted.at(-1),
  }
}

/**
 * Long polls whose clients go away: processor time while they wait and afterwards (ms per second),
 * and what later changes cost, and growth over rounds of them.
 */
export async function abandonedPolls(session, { polls, rounds, seconds, changes }) {
  const { server, client } = session
  const idle = async () => {
    const before = server.cpuMs()
    await delay(seconds * 1000)
    return (server.cpuMs() - before) / seconds
  }
  const renames = async () => {
    const vm = session.pick(2).at(-1)
    const before = server.cpuMs()
    for (let i = 1; i <= changes; i += 1) {
      await waitForTask(client, reference(await client.call(
        'Rename_Task', vm.ref, `<newName>${vm.name}${i < changes ? `-${i}` : ''}</newName>`)))
    }
    return (server.cpuMs() - before) / changes
  }
  await renames()
  const result = { idleBefore: await idle(), renameBefore: await renames(), rssMb: [] }
  for (let round = 0; round < rounds; round += 1) {
    const clients = await session.clients(polls)
    const waits = []
    for (const one of clients) {
      const collector = await openFilter(one, viewSpec(await createView(one), ['name']))
      const version = await firstSync(one, collector)
      waits.push(waitForUpdates(one, collector, version).catch(() => undefined))
    }
    await delay(500)
    if (round === 0) result.idleWaiting = await idle()
    for (const one of clients) one.close()
    await Promise.all(waits)
    await delay(500)
    result.rssMb.push(server.rssMb())
  }
  return { ...result, idleAfter: await idle(), renameAfter: await renames() }
}
