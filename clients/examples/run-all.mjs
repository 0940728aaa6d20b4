// Runs every example against a running lab: vCenter and one host; those that watch a failure run
// against a lab of their own whose clock runs ten times as fast. Installs pyVmomi and govc into a cache
// folder; the others run where their program is installed.
// usage: node clients/examples/run-all.mjs CACHE_FOLDER [REPORT_FILE]
import { spawn, spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const root = resolve(here, '../..')
const cache = resolve(process.argv[2] ?? '.cache/ci')
const report = process.argv[3]
const PYVMOMI = '8.0.3.0.1'
const GOVC = 'v0.46.3'

function say(verdict, name, detail = '') {
  const line = `${verdict} ${name}${detail === '' ? '' : `: ${detail}`}\n`
  process.stdout.write(line)
  if (report !== undefined) appendFileSync(report, line)
}

function has(program) {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0
}

function run(command, args, options = {}) {
  const result = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1e8, ...options })
  return { status: result.status, output: `${result.stdout ?? ''}${result.stderr ?? ''}`, stdout: result.stdout ?? '' }
}

/** A Python with pyVmomi in the cache; undefined when there is no Python at all. */
function python() {
  if (!has('python3')) return undefined
  const venv = join(cache, `pyvmomi-${PYVMOMI}`)
  const binary = join(venv, 'bin/python')
  if (existsSync(binary) && run(binary, ['-c', 'import pyVmomi']).status === 0) return binary
  const steps = [['python3', ['-m', 'venv', venv]], [join(venv, 'bin/pip'), ['install', '-q', `pyvmomi==${PYVMOMI}`]]]
  for (const [command, args] of steps) {
    const { status, output } = run(command, args)
    if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${output}`)
  }
  return binary
}

/** govc in the cache; undefined when there is no Go. */
function govc() {
  if (!has('go')) return undefined
  const folder = join(cache, `govc-${GOVC}`)
  const binary = join(folder, 'govc')
  if (existsSync(binary)) return binary
  mkdirSync(folder, { recursive: true })
  const { status, output } = run('go', ['install', `github.com/vmware/govmomi/govc@${GOVC}`], {
    env: { ...process.env, GOBIN: folder, CGO_ENABLED: '0' },
  })
  if (status !== 0) throw new Error(`go install govc: ${output}`)
  return binary
}

function startLab(name, ...more) {
  const flags = ['--lab', name, '--seed', '7', ...more, '--ports', 'free', '--control-listen', '127.0.0.1:0', '--json']
  const child = spawn(process.execPath, [join(root, 'bin/fauxsphere.mjs'), 'up', ...flags], {
    cwd: root, stdio: ['ignore', 'pipe', 'inherit'],
  })
  return new Promise((resolveStart, reject) => {
    let text = ''
    child.on('exit', code => reject(new Error(`up ended with ${code}`)))
    child.stdout.on('data', part => {
      text += part
      if (text.includes('\n')) resolveStart({ child, lab: JSON.parse(text.slice(0, text.indexOf('\n'))) })
    })
  })
}

function environment(lab) {
  const vcenter = lab.nodes.find(node => node.kind === 'vcenter')
  const host = lab.nodes.find(node => node.kind === 'esxi')
  return {
    ...process.env,
    LAB_VC_URL: vcenter.sdk, LAB_VC_USER: vcenter.username, LAB_VC_PASSWORD: vcenter.password,
    LAB_VC_THUMBPRINT: vcenter.thumbprint,
    LAB_ESX_URL: host.sdk, LAB_ESX_USER: host.username, LAB_ESX_PASSWORD: host.password,
    LAB_ESX_THUMBPRINT: host.thumbprint, LAB_AUTHD: host.authd, LAB_SSH: host.ssh, LAB_NODES: JSON.stringify(lab.nodes),
    LAB_CONTROL: lab.control,
    GOVC_INSECURE: 'true', GOVC_PERSIST_SESSION: 'false', HOME: process.env.HOME ?? '/tmp',
  }
}

function stopLab(child) {
  child.removeAllListeners('exit')
  child.kill('SIGTERM')
}

const { child, lab } = await startLab('small')
const env = environment(lab)
let failed = 0

/** Exit 3: a program that the example needs beside its own is not there; its last line says which. */
function example(name, command, args, extra = {}, timeout = 300000) {
  const { status, output } = run(command, args, { env: { ...env, ...extra }, timeout })
  if (status === 0) say('ok', name)
  else if (status === 3) say('skipped', name, output.trim().split('\n').at(-1).replace(/^skipped: /, ''))
  else {
    failed += 1
    process.stdout.write(output)
    say('FAILED', name, `exit ${status}`)
  }
}

/** An example on a lab of its own, whose clock is ten times as fast or manual; it has a minute. */
async function ownExample(name, labName, clock, command, args, extra = {}) {
  const own = await startLab(labName, '--clock', clock)
  try {
    example(name, command, args, { ...environment(own.lab), ...extra }, 60000)
  } finally {
    stopLab(own.child)
  }
}

function required(name, find) {
  try {
    const found = find()
    if (found !== undefined) return found
    say('FAILED', name, 'the program is not installed')
  } catch (error) {
    say('FAILED', name, String(error.message).split('\n')[0])
  }
  failed += 1
  return undefined
}

try {
  const py = required('pyvmomi', python)
  if (py !== undefined) {
    for (const file of ['inventory.py', 'walk.py', 'power.py', 'events.py', 'permissions.py']) {
      example(`pyvmomi ${file}`, py, [join(here, 'pyvmomi', file)])
    }
    example('pyvmomi log_hosts.py with rsyslog', py,
      [join(here, 'pyvmomi/log_hosts.py'), join(root, 'bin/fauxsphere.mjs')])
    await ownExample('pyvmomi host_crash.py', 'cluster', 'scaled:10', py, [join(here, 'pyvmomi/host_crash.py')])
    await ownExample('pyvmomi vcha_failover.py', join(root, 'scenarios/labs/vcha.yaml'), 'scaled:10', py,
      [join(here, 'pyvmomi/vcha_failover.py')])
  }
  const go = required('govc', govc)
  if (go !== undefined) {
    example('govc vcenter', 'bash', [join(here, 'govc/vcenter.sh')], { GOVC: go })
    example('govc host', 'bash', [join(here, 'govc/host.sh')], { GOVC: go })
    example('govc esxcli', 'bash', [join(here, 'govc/esxcli.sh')], { GOVC: go })
  }
  if (required('authd', () => has('python3') ? 'python3' : undefined) !== undefined) {
    example('authd mks.py', 'python3', [join(here, 'authd/mks.py')])
    if (has('nc') && has('openssl')) example('authd tools.sh', 'bash', [join(here, 'authd/tools.sh')])
    else say('skipped', 'authd tools.sh', 'nc or openssl is not installed')
  }
  if (go !== undefined && has('ssh') && has('sshpass') && has('curl')) {
    await ownExample('ssh', 'small', 'manual', 'bash', [join(here, 'ssh/openssh.sh')], { GOVC: go })
  } else say('skipped', 'ssh', 'openssh-client, sshpass or curl is not installed')
  if (has('chromium')) {
    const names = ['novnc.mjs', 'wmks.mjs', ...has('vncsnapshot') ? ['vnc.mjs'] : []]
    const extra = go === undefined ? {} : { GOVC: go }
    for (const name of names) example(`console ${name}`, process.execPath, [join(here, 'console', name)], extra)
    if (!has('vncsnapshot')) say('skipped', 'console vnc.mjs', 'vncsnapshot is not installed')
  } else say('skipped', 'console', 'chromium is not installed')
  if (has('curl')) example('curl', 'bash', [join(here, 'curl/soap.sh')])
  else say('skipped', 'curl', 'not installed')
  if (has('curl') && has('openssl')) {
    await ownExample('openssl', 'small', 'manual', 'bash', [join(here, 'openssl/tls-and-firewall.sh')])
  } else say('skipped', 'openssl', 'openssl or curl is not installed')
  example('typescript', process.execPath, [join(root, 'dist/examples/watch-vm.js')])
  const ruby = has('ruby') && run('ruby', ['-e', 'require "rbvmomi"']).status === 0
  if (ruby) example('rbvmomi', 'ruby', [join(here, 'rbvmomi/inventory.rb')])
  else say('skipped', 'rbvmomi', 'ruby with rbvmomi is not installed')
} finally {
  stopLab(child)
}
process.exitCode = failed === 0 ? 0 : 1
