import { Lab } from '../../emulator/lab.js'
import { vcsimLab, vcsimDefaults } from '../../emulator/inventory/vcsim.js'
const manual = process.argv[2] === 'journal'
const N = Number(process.argv[3] ?? 25)
const lines: string[] = []
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
const lab = new Lab({ lab: vcsimLab({ ...vcsimDefaults, clusters: 2, hosts: 4, standaloneHosts: 0, vms: N }), seed: '1', clock: manual ? { mode: 'manual', startMs: 1767225600000 } : { mode: 'real' }, behaviour: { durations: process.argv[4] === 'real' ? 'realistic' : 'instant', anyLogin: true }, recordJournal: manual ? l => { lines.push(l) } : false } as never)
const node = lab.nodes[0]!
const cookie = lab.openSession(node)
const vms = lab.world.ofType(node.name, 'VirtualMachine').map(s => s.address.id)
const m = (n: string) => lab.schema.method('VirtualMachine', n)!
const version = lab.schema.versions.newest('vim25')
const call = (id: string, name: string, args = {}) => { const o = lab.gate.invoke(node, { self: { type: 'VirtualMachine', value: id }, method: m(name), args, version, cookie, opId: 'x', client: { address: '', userAgent: '' } }); if (o.kind !== 'result') throw new Error(JSON.stringify(o)); lab.world.runDue(); if (manual) lab.world.advance(1000); return o.value }
if (manual) {
  for (let i = 0; i < 150; i++) {
    const id = vms[i % 7]!
    for (const op of ['PowerOffVM_Task', 'PowerOnVM_Task', 'SuspendVM_Task', 'PowerOnVM_Task', 'PowerOnVM_Task', 'ResetVM_Task']) { call(id, op); if (process.argv[4] === 'real') lab.world.advance(60000) }
    if (i % 20 === 0) { call(id, 'Rename_Task', { newName: 'n' + i }); call(id, 'ReconfigVM_Task', { spec: { annotation: 'a' + i } }); lab.world.advance(i === 60 ? 900000 : 1000) }
  }
  const h = createHash('sha256'); for (const l of lines) h.update(l + '\n')
  console.log(lines.length, h.digest('hex'), lab.world.revision)
  writeFileSync(process.argv[5] ?? '/tmp/pc2/journal.txt', lines.join('\n'))
} else {
  const n = 3000
  let k = 0
  const f = () => { call(vms[3]!, k++ % 2 === 0 ? 'PowerOffVM_Task' : 'PowerOnVM_Task') }
  for (let i = 0; i < 600; i++) f()
  const b = process.cpuUsage(); for (let i = 0; i < n; i++) f(); const e = process.cpuUsage(b)
  console.log('power op', ((e.user + e.system) / n).toFixed(1), 'us')
}
process.exit(0)
