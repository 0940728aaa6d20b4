/** How often an operation is repeated, and what is kept of it. */
import { performance } from 'node:perf_hooks'

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  if (sorted.length === 0) return undefined
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/**
 * Repeats an operation until the server has spent `cpuMs` on it (its clock has ticks of 10 ms) or
 * `seconds` are over, after `warmUp` operations that do not count. What the operation returns is
 * collected: numbers by name become medians.
 */
export async function measure(server, operation, options = {}) {
  const { cpuMs = 400, seconds = 6, atLeast = 2, warmUp = 1 } = options
  const coldCpu = server.cpuMs()
  const coldStart = performance.now()
  let coldMs
  for (let i = 0; i < warmUp; i += 1) {
    await operation(i)
    coldMs ??= performance.now() - coldStart
  }
  const warmUpCpuMs = server.cpuMs() - coldCpu
  const walls = []
  const values = {}
  const cpuStart = server.cpuMs()
  const start = performance.now()
  const enough = () => walls.length >= atLeast
    && (server.cpuMs() - cpuStart >= cpuMs || performance.now() - start > seconds * 1000)
  while (!enough()) {
    const begin = performance.now()
    const found = await operation(warmUp + walls.length)
    walls.push(performance.now() - begin)
    for (const [key, value] of Object.entries(found ?? {})) (values[key] ??= []).push(value)
  }
  const cpuMsSpent = server.cpuMs() - cpuStart
  if (cpuMsSpent === 0) throw new Error('the server spent no processor time: is it another process?')
  return {
    operations: walls.length,
    cpuMs: cpuMsSpent / walls.length,
    wallMs: median(walls),
    firstWallMs: coldMs,
    warmUpCpuMs,
    ...Object.fromEntries(Object.entries(values).map(([key, list]) => [key, median(list)])),
  }
}
