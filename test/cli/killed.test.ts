import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runningLabs } from '../../clients/cli/running-labs.js'
import { SoapClient } from '../../clients/sdk/soap-client.js'
import { ref, type Ref } from '../../clients/sdk/soap-xml.js'
import { LogReceiver } from '../support/log-receiver.js'
import { WsViewer } from '../support/ws-viewer.js'

const root = fileURLToPath(new URL('../../', import.meta.url))
/** An address of its own, so that no other lab has its ports; only Linux has more than one. */
const LISTEN = process.platform === 'linux' ? '127.83.7.19' : '127.0.0.1'

let folder: string
const children: ChildProcess[] = []

beforeAll(() => {
  mkdirSync(join(root, '.cache'), { recursive: true })
  folder = mkdtempSync(join(root, '.cache/killed-'))
  execFileSync(process.execPath, [join(root, 'scripts/build.mjs'), join(folder, 'built')], { cwd: root })
  writeFileSync(join(folder, 'built/start.mjs'), 'import { start } from "./main.js"\nawait start(process.argv.slice(2))\n')
}, 60_000)

afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

interface Node { readonly name: string, readonly kind: string, readonly sdk: string, readonly username: string, readonly password: string }
interface Ready { readonly ready: boolean, readonly control: string, readonly nodes: readonly Node[] }

/** Starts the built program and waits until every door is open. */
async function up(): Promise<{ child: ChildProcess, lab: Ready }> {
  const child = spawn(process.execPath, [
    join(folder, 'built/start.mjs'), 'up', '--ports', 'high', '--listen', LISTEN, '--control-listen', `${LISTEN}:0`,
    '--clock', 'manual', '--cache', folder, '--json',
  ], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  children.push(child)
  let output = ''
  let errors = ''
  child.stderr.on('data', part => { errors += String(part) })
  for await (const part of child.stdout) {
    output += String(part)
    if (output.includes('\n')) return { child, lab: JSON.parse(output.slice(0, output.indexOf('\n'))) as Ready }
  }
  throw new Error(`it ended: ${errors}`)
}

async function client({ sdk, username, password }: Node): Promise<SoapClient> {
  const made = new SoapClient({ url: sdk })
  await made.login(username, password)
  return made
}

describe('a program that is killed while it sends logs and shows consoles', () => {
  it('leaves nothing in the way of the next one', async () => {
    const receiver = await new LogReceiver('tcp').listen()
    const first = await up()
    const host = first.lab.nodes.find(({ kind }) => kind === 'esxi')!
    const soap = await client(host)
    await soap.call(ref('HostFirewallSystem', 'firewallSystem'), 'EnableRuleset', { id: 'syslog' })
    await soap.call(ref('OptionManager', 'ha-adv-options'), 'UpdateOptions', {
      changedValue: { key: 'Syslog.global.logHost', value: { _typeName: 'xsd:string', _value: `tcp://127.0.0.1:${receiver.port}` } },
    })
    await receiver.matches(/Hostd/)
    const vm = await runningVm(soap)
    const { ticket } = await soap.call(vm, 'AcquireTicket', { ticketType: 'webmks' }) as unknown as { ticket: string }
    const viewer = await WsViewer.open(`${host.sdk.replace(/^http/, 'ws').replace(/\/sdk$/, '')}/ticket/${ticket}`) as WsViewer
    await viewer.greet()
    first.child.kill('SIGKILL')
    await once(first.child, 'exit')
    await viewer.closed()
    soap.close()

    const second = await up()
    expect(second.lab.nodes.map(({ sdk }) => sdk)).toEqual(first.lab.nodes.map(({ sdk }) => sdk))
    expect(runningLabs(folder)).toEqual([expect.objectContaining({ pid: second.child.pid, control: second.lab.control })])
    // It begins anew: nobody is there, and nothing is sent before somebody says so.
    expect(await (await fetch(`${second.lab.control}/v1/consoles`)).json()).toMatchObject({ open: [] })
    const again = await client(second.lab.nodes.find(({ name }) => name === host.name)!)
    expect(receiver.connections).toBe(1)
    again.close()
    second.child.kill('SIGTERM')
    await once(second.child, 'exit')
    expect(readdirSync(join(folder, 'running'))).toEqual([])
    await receiver.close()
  }, 60_000)
})

async function runningVm(soap: SoapClient): Promise<Ref> {
  const { searchIndex } = await soap.content()
  const inventory = await soap.call(searchIndex as Ref, 'FindByInventoryPath', { inventoryPath: 'ha-datacenter/vm' }) as Ref
  const { childEntity } = await soap.properties(inventory, ['childEntity']) as unknown as { childEntity: { ManagedObjectReference: Ref | Ref[] } }
  for (const each of [childEntity.ManagedObjectReference].flat()) {
    if ((await soap.properties(each, ['runtime.powerState']))['runtime.powerState'] === 'poweredOn') return each
  }
  throw new Error('no VM runs')
}
