/** The text format of Prometheus, written by hand: there is little of it and no library to load. */
import type { Metric } from './target.js'

export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

const PREFIX = 'fauxsphere_'

/** Metrics as text. */
export function metricsText(metrics: readonly Metric[]): string {
  return metrics.map(metric => {
    const name = PREFIX + metric.name
    const lines = metric.samples.map(({ labels, value }) => `${name}${labelText(labels)} ${value}`)
    return [`# HELP ${name} ${escapeHelp(metric.help)}`, `# TYPE ${name} ${metric.type}`, ...lines, ''].join('\n')
  }).join('')
}

/** What the process itself uses. */
export function processMetrics(): Metric[] {
  const { rss, heapUsed } = process.memoryUsage()
  const { user, system } = process.cpuUsage()
  return [
    gauge('process_resident_bytes', 'Resident memory of the process.', rss),
    gauge('process_heap_bytes', 'JavaScript heap in use.', heapUsed),
    {
      name: 'process_cpu_seconds_total', help: 'Processor time used.', type: 'counter',
      samples: [{ value: (user + system) / 1e6 }],
    },
  ]
}

/** A gauge of one value. */
export function gauge(name: string, help: string, value: number): Metric {
  return { name, help, type: 'gauge', samples: [{ value }] }
}

function labelText(labels: Readonly<Record<string, string>> | undefined): string {
  const entries = Object.entries(labels ?? {})
  if (entries.length === 0) return ''
  return `{${entries.map(([key, value]) => `${key}="${escapeLabel(value)}"`).join(',')}}`
}

function escapeLabel(text: string): string {
  return text.replace(/\\/g, '\\\\').replace(/\n/g, '\\n').replace(/"/g, '\\"')
}

function escapeHelp(text: string): string {
  return text.replace(/\\/g, '\\\\').replace(/\n/g, '\\n')
}
