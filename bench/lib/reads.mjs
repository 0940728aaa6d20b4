/** Workloads that read: each returns a prepared operation whose every answer is checked. */
import { count, must, reference, StreamScan, textOf } from './soap.mjs'
import { firstSync, openFilter, readOne, readValue, retrieve, viewSpec } from './vim.mjs'

/** Three properties of all VMs through a container view. */
export function viewList({ client, view, vms }) {
  const spec = viewSpec(view, ['name', 'runtime.powerState', 'summary.config'])
  return async () => {
    let bytes = 0
    let objects = 0
    let properties = 0
    await retrieve(client, spec, page => {
      bytes += page.length
      objects += count(page, '</objects>')
      properties += count(page, '<name>summary.config</name>')
      must(!page.includes('<missingSet>'), 'a property is missing')
    })
    must(objects === vms.length && properties === vms.length,
      `${objects} objects and ${properties} summaries of ${vms.length} VMs`)
    return { bytes }
  }
}

/** Big reads, looked at as they stream: `config`, or everything. */
function bigRead({ client, view, vms }, paths, names) {
  const spec = viewSpec(view, paths)
  const { propertyCollector } = client.refs
  return async () => {
    let [method, args] = ['RetrievePropertiesEx', `<specSet>${spec}</specSet><options/>`]
    let bytes = 0
    let firstByteMs
    const totals = names.map(() => 0)
    let objects = 0
    while (method !== undefined) {
      const scan = new StreamScan(
        ['</objects>', '<missingSet>', ...names.map(name => `<name>${name}</name>`)])
      const page = await client.stream(method, propertyCollector, args, scan)
      bytes += page.bytes
      firstByteMs ??= page.firstByteMs
      objects += scan.counts[0]
      must(scan.counts[1] === 0, 'a property is missing')
      totals.forEach((_, i) => { totals[i] += scan.counts[i + 2] })
      const token = textOf(scan.head, 'token')
      method = token === undefined ? undefined : 'ContinueRetrievePropertiesEx'
      args = `<token>${token}</token>`
    }
    must(objects === vms.length, `${objects} objects of ${vms.length} VMs`)
    names.forEach((name, i) => must(totals[i] >= vms.length, `${name}: ${totals[i]} of ${vms.length}`))
    return { bytes, firstByteMs }
  }
}

export const viewConfig = session => bigRead(session, ['config'], ['config'])

export const viewAll = session => bigRead(session, 'all', ['config', 'name', 'summary', 'runtime'])

/** A filter on all VMs, read until its first state is whole. */
export function filterSync({ client, view, vms }) {
  const spec = viewSpec(view, ['name', 'runtime.powerState', 'config.hardware', 'guest.ipAddress'])
  return async () => {
    let bytes = 0
    let entered = 0
    let pages = 0
    const collector = await openFilter(client, spec)
    await firstSync(client, collector, page => {
      bytes += page.length
      pages += 1
      entered += count(page, '<kind>enter</kind>')
    })
    must(entered === vms.length, `${entered} of ${vms.length} VMs entered`)
    await client.call('DestroyPropertyCollector', collector)
    return { bytes, pages }
  }
}

/** Summary and runtime of one VM. */
export function vmProps(session) {
  const vms = session.pick(50)
  return async turn => {
    const { ref } = vms[turn % vms.length]
    const xml = await readOne(session.client, ref, ['summary', 'runtime'])
    must(xml.includes('<name>summary</name>') && xml.includes('<name>runtime</name>'), xml.slice(0, 500))
  }
}

/** Finds one VM; `argument` makes the arguments from the VM, once for each of some VMs. */
async function find(session, method, argument) {
  const { client } = session
  const searches = []
  for (const vm of session.pick(20)) searches.push({ vm, args: await argument(client, vm) })
  return async turn => {
    const { vm, args } = searches[turn % searches.length]
    const found = reference(await client.call(method, client.refs.searchIndex, args))
    must(found.value === vm.ref.value, `${method} gave ${found.value}, expected ${vm.ref.value}`)
  }
}

export const findByUuid = session => find(session, 'FindByUuid', async (client, { ref }) =>
  `<uuid>${await readValue(client, ref, 'config.uuid')}</uuid><vmSearch>true</vmSearch>`)

export const findByPath = session => find(session, 'FindByInventoryPath', async (client, { ref }) =>
  `<inventoryPath>${(await ancestors(client, ref)).map(({ name }) => name).join('/')}</inventoryPath>`)

export const findByDatastorePath = session => find(session, 'FindByDatastorePath',
  async (client, { ref }) => {
    const [datacenter] = await ancestors(client, ref)
    return `<datacenter type="Datacenter">${datacenter.ref.value}</datacenter>`
      + `<path>${await readValue(client, ref, 'config.files.vmPathName')}</path>`
  })

/** The way from the first object below the root folder down to an object. */
async function ancestors(client, ref) {
  const way = []
  for (let at = ref; at.value !== client.refs.rootFolder.value;) {
    const xml = await readOne(client, at, ['name', 'parent'])
    way.unshift({ ref: at, name: /<name>name<\/name><val[^>]*>([^<]*)</.exec(xml)[1] })
    at = reference(xml.slice(xml.indexOf('<name>parent</name>')), 'val')
  }
  return way
}
