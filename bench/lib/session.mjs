/** A logged-in client with the inventory it measures on. */
import { Client, must } from './soap.mjs'
import { listVms } from './vim.mjs'

export class BenchSession {
  server
  client
  view
  vms

  static async open(server, expectedVms) {
    const session = new BenchSession()
    session.server = server
    session.client = await new Client(server.url).login()
    Object.assign(session, await listVms(session.client))
    must(session.vms.length === expectedVms,
      `${server.name} has ${session.vms.length} VMs, expected ${expectedVms}`)
    return session
  }

  /** Some VMs, spread over the whole list. */
  pick(count) {
    const size = Math.min(count, this.vms.length)
    return Array.from({ length: size }, (_, i) => this.vms[Math.floor(i * this.vms.length / size)])
  }

  /** More sessions of the same user, opened a few at a time. */
  async clients(count) {
    const clients = Array.from({ length: count }, () => new Client(this.server.url))
    for (let i = 0; i < count; i += 10) {
      await Promise.all(clients.slice(i, i + 10).map(client => client.login()))
    }
    return clients
  }

  async close() {
    await this.client.logout()
    this.client.close()
  }
}
