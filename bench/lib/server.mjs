/** Starts a server, and reads its processor time and memory from /proc. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { Client } from './soap.mjs'

/** Linux counts processor time of processes in ticks of 10 ms. */
const TICK_MS = 10

/** Processor time of all threads of a process so far, in ms (ticks of 10). */
export function cpuMsOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  const { port } = server.address()
  await new Promise(resolve => server.close(resolve))
  return port
}

export class Server {
  #child
  #ended
  name
  url
  /** Wall and processor time until the first login succeeded. */
  startMs
  startCpuMs

  /** Starts `command` with `-l ADDRESS` and the flags; ready when a login succeeded. */
  static async start(name, command, flags, limitSeconds = 600) {
    const server = new Server()
    server.name = name
    const address = `127.0.0.1:${await freePort()}`
    server.url = `https://user:pass@${address}/sdk`
    const begin = performance.now()
    const child = spawn(command[0], [...command.slice(1), '-l', address, ...flags],
      { stdio: ['ignore', 'ignore', 'pipe'] })
    server.#child = child
    let errors = ''
    child.stderr.on('data', chunk => { errors = (errors + chunk).slice(-2000) })
    child.on('error', error => { server.#ended = error.message })
    child.on('exit', (code, signal) => { server.#ended = `${signal ?? `exit ${code}`} ${errors}` })
    while (!(await server.#answers())) {
      if (server.#ended !== undefined) throw new Error(`${name} ended before it answered: ${server.#ended}`)
      if (performance.now() - begin > limitSeconds * 1000) {
        await server.stop()
        throw new Error(`${name} gave no answer in ${limitSeconds} s`)
      }
      await delay(5)
    }
    server.startMs = performance.now() - begin
    server.startCpuMs = server.cpuMs()
    return server
  }

  async #answers() {
    const client = new Client(this.url)
    client.timeoutMs = 20_000
    try {
      await client.login()
      await client.logout()
      return true
    } catch (error) {
      if (error.message.startsWith('wrong answer')) throw error
      return false
    } finally {
      client.close()
    }
  }

  #mustLive() {
    if (this.#ended !== undefined) throw new Error(`${this.name} is gone: ${this.#ended}`)
  }

  #proc(file) {
    this.#mustLive()
    return readFileSync(`/proc/${this.#child.pid}/${file}`, 'utf8')
  }

  /** Processor time of all threads so far, in ms (ticks of 10). */
  cpuMs() {
    this.#mustLive()
    return cpuMsOf(this.#child.pid)
  }

  #memory(key) {
    const status = this.#proc('status')
    return Number(new RegExp(`${key}:\\s+(\\d+)`).exec(status)[1]) * 1024 / 1e6
  }

  /** Resident memory in MB now. */
  rssMb() {
    return this.#memory('VmRSS')
  }

  /** Highest resident memory in MB so far. */
  peakMb() {
    return this.#memory('VmHWM')
  }

  async stop() {
    if (this.#ended !== undefined) return
    const exit = new Promise(resolve => this.#child.once('exit', resolve))
    this.#child.kill('SIGTERM')
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 20_000)
    await exit
    clearTimeout(timer)
  }
}
