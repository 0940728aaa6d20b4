// What the console checks ask of a lab: a SOAP session, tickets, and the picture that /screen shows.
import { Agent, request } from 'node:https'

const agent = new Agent({ keepAlive: true, rejectUnauthorized: false })

function ask(url, options, body) {
  return new Promise((resolve, reject) => {
    const req = request(url, { agent, ...options }, res => {
      const parts = []
      res.on('data', part => parts.push(part))
      res.on('end', () => resolve({ status: res.statusCode, headers: res.headers, body: Buffer.concat(parts) }))
    })
    req.on('error', reject)
    req.end(body)
  })
}

/** A logged-in session of one node; texts in, XML out. */
export class Node {
  constructor(sdk, user, password) {
    Object.assign(this, { sdk, user, password, cookie: '' })
  }

  static async open(sdk, user, password) {
    const node = new Node(sdk, user, password)
    node.content = await node.call('ServiceInstance', 'ServiceInstance', 'RetrieveServiceContent')
    await node.call('SessionManager', node.ref('sessionManager'), 'Login', { userName: user, password })
    return node
  }

  /** Id of an object that ServiceContent names. */
  ref(name) {
    return new RegExp(`<${name}[^>]*>([^<]+)<`).exec(this.content)[1]
  }

  async call(type, id, method, fields = {}) {
    const args = Object.entries(fields).map(([name, value]) => `<${name}>${value}</${name}>`).join('')
    const body = '<?xml version="1.0" encoding="UTF-8"?><Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body>'
      + `<${method} xmlns="urn:vim25"><_this type="${type}">${id}</_this>${args}</${method}></Body></Envelope>`
    const answer = await ask(this.sdk, {
      method: 'POST', headers: { 'content-type': 'text/xml', soapaction: 'urn:vim25/8.0.3.0', cookie: this.cookie },
    }, body)
    this.cookie = answer.headers['set-cookie']?.[0].split(';')[0] ?? this.cookie
    const text = answer.body.toString()
    if (answer.status !== 200) throw new Error(`${method}: ${/<faultstring>([^<]*)/.exec(text)?.[1] ?? answer.status}`)
    return text
  }

  /** Id of the VM with a name. */
  async vm(name) {
    const view = /<returnval[^>]*>([^<]+)</.exec(await this.call('ViewManager', this.ref('viewManager'), 'CreateContainerView', {
      container: this.ref('rootFolder'), type: 'VirtualMachine', recursive: true,
    }))[1]
    const found = await this.call('PropertyCollector', this.ref('propertyCollector'), 'RetrieveProperties', {
      specSet: '<propSet><type>VirtualMachine</type><pathSet>name</pathSet></propSet>'
        + `<objectSet><obj type="ContainerView">${view}</obj><skip>true</skip><selectSet xsi:type="TraversalSpec" `
        + 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><type>ContainerView</type><path>view</path></selectSet></objectSet>',
    })
    const id = found.split('<returnval>').find(each => each.includes(`>${name}<`))
    if (id === undefined) throw new Error(`no VM ${name}`)
    return /<obj type="VirtualMachine">([^<]+)</.exec(id)[1]
  }

  /** Id that a property of an object refers to. */
  async refOf(type, id, path) {
    const answer = await this.call('PropertyCollector', this.ref('propertyCollector'), 'RetrieveProperties', {
      specSet: `<propSet><type>${type}</type><pathSet>${path}</pathSet></propSet><objectSet><obj type="${type}">${id}</obj></objectSet>`,
    })
    return /<val [^>]*>([^<]+)</.exec(answer)[1]
  }

  /** Lets the ruleset through the firewall of the host that runs a VM, or no more. */
  async ruleset(vm, method, key) {
    const host = await this.refOf('VirtualMachine', vm, 'runtime.host')
    const firewall = await this.refOf('HostSystem', host, 'configManager.firewallSystem')
    await this.call('HostFirewallSystem', firewall, method, { id: key })
  }

  /** Address of the WebSocket of a fresh console ticket. */
  async consoleUrl(vm) {
    return /<url>([^<]+)</.exec(await this.call('VirtualMachine', vm, 'AcquireTicket', { ticketType: 'webmks' }))[1]
  }

  /** The picture of a VM's console as a PNG. */
  async screen(vm) {
    const { status, body } = await ask(new URL(`/screen?id=${vm}`, this.sdk), { headers: { cookie: this.cookie } })
    if (status !== 200) throw new Error(`/screen: HTTP ${status}`)
    return body
  }
}

/** The vCenter of the lab that the environment names. */
export function vcenter() {
  const { LAB_VC_URL, LAB_VC_USER, LAB_VC_PASSWORD } = process.env
  return Node.open(LAB_VC_URL, LAB_VC_USER, LAB_VC_PASSWORD)
}

export function check(condition, text) {
  if (!condition) throw new Error(`not so: ${text}`)
  process.stdout.write(`ok ${text}\n`)
}

/** Asks until it is so; gives up after ten seconds. */
export async function until(isSo, text) {
  const end = Date.now() + 10000
  while (!await isSo()) {
    if (Date.now() > end) throw new Error(`not so after 10 s: ${text}`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  process.stdout.write(`ok ${text}\n`)
}
