/** What `up` prints: the nodes, and lines to paste for the usual clients. */
import type { OpenedNode, StartedLab } from '../../emulator/main.js'
import { quote } from './client-environment.js'
import { columns } from './io.js'

/** How many nodes the table shows before it says how many more there are. */
const SHOWN_NODES = 40

/** The line of `up --json` (contract.md, "Package and commands"). */
export function readyLine(lab: StartedLab): Record<string, unknown> {
  return {
    ready: true, control: lab.controlUrl, revision: lab.control.lab().revision, nodes: lab.nodes,
  }
}

/** The text for a person. */
export function welcome(lab: StartedLab): string {
  const { name, seed } = lab.control.lab()
  const rows = lab.nodes.slice(0, SHOWN_NODES).map(node => [
    node.name, node.kind, node.sdk, node.username, node.password, node.authd ?? '', node.ssh ?? '', node.thumbprint,
  ])
  const more = lab.nodes.length - rows.length
  const host = lab.nodes.find(node => node.kind === 'esxi' && node.ssh !== undefined)
  const vcenter = lab.nodes.find(node => node.kind === 'vcenter')
  return [
    `lab ${name} (seed ${seed}): ${lab.note}\n\n`,
    columns([['NODE', 'KIND', 'URL', 'USER', 'PASSWORD', 'CONSOLES', 'SSH', 'THUMBPRINT'], ...rows]),
    more > 0 ? `and ${more} more: GET ${lab.controlUrl}/v1/nodes\n` : '',
    `\ncontrol API: ${lab.controlUrl}\n`,
    lab.nodes[0] === undefined ? '' : `\n${pasteLines(vcenter ?? lab.nodes[0])}`,
    host === undefined ? '' : `${shellLine(host)}\n`,
    '\nstop with Ctrl-C\n',
  ].join('')
}

/** One line a client, ready to paste. */
export function pasteLines(node: OpenedNode): string {
  const { hostname, port, host } = new URL(node.sdk)
  const number = port === '' ? '443' : port
  const user = quote(node.username)
  const password = quote(node.password)
  const lines = [
    ['govc', `GOVC_URL=${node.sdk} GOVC_USERNAME=${user} GOVC_PASSWORD=${password} GOVC_INSECURE=true govc ls`],
    ['pyVmomi', `python3 -c "from pyVim.connect import SmartConnect; si = SmartConnect(host='${hostname}', `
      + `port=${number}, user='${python(node.username)}', pwd='${python(node.password)}', `
      + 'disableSslCertValidation=True); print(si.content.about.fullName)"'],
    ['PowerCLI', `Connect-VIServer -Server ${hostname} -Port ${number} -User ${power(node.username)} `
      + `-Password ${power(node.password)} -Force`],
    ['terraform', `export VSPHERE_SERVER=${host} VSPHERE_USER=${user} VSPHERE_PASSWORD=${password} `
      + 'VSPHERE_ALLOW_UNVERIFIED_SSL=true'],
    ['curl', `curl -k ${new URL('/sdk/vimServiceVersions.xml', node.sdk).href}`],
  ]
  return columns(lines as string[][])
}

/** SSH of a host is off until somebody starts it, as after an installation. */
function shellLine(node: OpenedNode): string {
  const at = new URL(`ssh://${node.ssh ?? ''}`)
  return `ssh to ${node.name}, once govc host.service start TSM-SSH has started it there: ssh -p ${at.port || '22'} `
    + `${node.username}@${at.hostname}`
}

function python(text: string): string {
  return text.replace(/\\/g, '\\\\').replace(/'/g, "\\'")
}

function power(text: string): string {
  return `'${text.replace(/'/g, "''")}'`
}
