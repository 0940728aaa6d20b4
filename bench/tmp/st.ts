import { Lab } from '../../emulator/lab.js'
import { vcsimLab, vcsimDefaults } from '../../emulator/inventory/vcsim.js'
import { decodeCall } from '../../emulator/wire/soap/decode.js'
import { clientVersion } from '../../emulator/wire/namespaces.js'
import { encoderFor } from '../../emulator/wire/soap/encode.js'
import { defaultXmlLimits } from '../../emulator/wire/xml-model.js'
const lab = new Lab({ lab: vcsimLab({ ...vcsimDefaults, clusters: 2, hosts: 4, standaloneHosts: 0, vms: Number(process.argv[2] ?? 25) }), seed: '1', clock: { mode: 'real' }, behaviour: { durations: 'instant', anyLogin: true } })
const node = lab.nodes[0]!
const cookie = lab.openSession(node)
const vm = lab.world.ofType(node.name, 'VirtualMachine')[3]!.address.id
const env = (b: string) => Buffer.from(`<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>${b}</soapenv:Body></soapenv:Envelope>`)
const props = env(`<RetrievePropertiesEx xmlns="urn:vim25"><_this type="PropertyCollector">propertyCollector</_this><specSet><propSet><type>VirtualMachine</type><pathSet>summary</pathSet><pathSet>runtime</pathSet></propSet><objectSet><obj type="VirtualMachine">${vm}</obj></objectSet></specSet><options></options></RetrievePropertiesEx>`)
const on = env(`<PowerOnVM_Task xmlns="urn:vim25"><_this type="VirtualMachine">${vm}</_this></PowerOnVM_Task>`)
const off = env(`<PowerOffVM_Task xmlns="urn:vim25"><_this type="VirtualMachine">${vm}</_this></PowerOffVM_Task>`)
const ct = env(`<CurrentTime xmlns="urn:vim25"><_this type="ServiceInstance">ServiceInstance</_this></CurrentTime>`)
const resolved = clientVersion('"urn:vim25/8.0.3.0"', '8.0.3.0')
function cpu(name: string, n: number, f: () => void) {
  for (let i = 0; i < n / 2; i++) f()
  const b = process.cpuUsage(); for (let i = 0; i < n; i++) f(); const e = process.cpuUsage(b)
  console.log(name, ((e.user + e.system) / n).toFixed(1), 'us')
}
const dec = (b: Buffer) => decodeCall(b, lab.schema, resolved, defaultXmlLimits)
const inv = (c: ReturnType<typeof dec>) => lab.gate.invoke(node, { self: c.self, method: c.method, args: c.args, version: c.version, cookie, opId: 'x', client: { address: '', userAgent: '' } })
const enc = (c: ReturnType<typeof dec>, o: any) => { let n = 0; for (const b of encoderFor(lab.schema, c.namespace, c.version).response(c.method, o.value, c.uri)) n += b.length; return n }
const cp = dec(props)
cpu('decode props', 5000, () => dec(props))
cpu('invoke props', 5000, () => inv(cp))
const op = inv(cp)
console.log(op.kind, enc(cp, op))
cpu('encode props', 5000, () => enc(cp, op))
cpu('invoke+encode', 5000, () => enc(cp, inv(cp)))
const cc = dec(ct)
cpu('decode ct', 5000, () => dec(ct)); cpu('invoke ct', 5000, () => inv(cc)); const oc = inv(cc); cpu('encode ct', 5000, () => enc(cc, oc))
const c1 = dec(on), c2 = dec(off)
let k = 0
cpu('power op', 2000, () => { const o = inv(k++ % 2 === 0 ? c2 : c1); if (o.kind !== 'result') throw new Error(JSON.stringify(o)); lab.world.runDue() })
console.log(lab.world.get<any>(node.name, vm)!.props.runtime.powerState)
process.exit(0)
