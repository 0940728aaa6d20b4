/** The environment variables by which ordinary clients find a lab. */
import type { OpenedNode } from '../../emulator/main.js'

/** Variables for govc, terraform, the VMware Ansible modules and the lab's own commands. */
export function clientEnvironment(
  nodes: readonly OpenedNode[],
  controlUrl: string,
): Record<string, string> {
  const node = nodes.find(each => each.kind === 'vcenter') ?? nodes[0]
  const base = { FAUXSPHERE_CONTROL: controlUrl }
  if (node === undefined) return base
  const { hostname, port, host } = new URL(node.sdk)
  return {
    ...base,
    GOVC_URL: node.sdk,
    GOVC_USERNAME: node.username,
    GOVC_PASSWORD: node.password,
    GOVC_INSECURE: 'true',
    VSPHERE_SERVER: host,
    VSPHERE_USER: node.username,
    VSPHERE_PASSWORD: node.password,
    VSPHERE_ALLOW_UNVERIFIED_SSL: 'true',
    VMWARE_HOST: hostname,
    VMWARE_PORT: port === '' ? '443' : port,
    VMWARE_USER: node.username,
    VMWARE_PASSWORD: node.password,
    VMWARE_VALIDATE_CERTS: 'false',
  }
}

/** Variables as lines that a shell can source and most tools read as an env file. */
export function environmentFile(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables).map(([name, value]) => `${name}=${quote(value)}\n`).join('')
}

/** Quoted only where a shell would read it otherwise. */
export function quote(value: string): string {
  return /^[\w@%+=:,./!-]*$/.test(value) ? value : `'${value.replace(/'/g, `'\\''`)}'`
}
