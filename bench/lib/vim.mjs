/** Requests that the workloads share. */
import { escape, must, reference, textOf } from './soap.mjs'

export function propSet(type, paths) {
  const wanted = paths === 'all'
    ? '<all>true</all>'
    : `<all>false</all>${paths.map(path => `<pathSet>${path}</pathSet>`).join('')}`
  return `<propSet><type>${type}</type>${wanted}</propSet>`
}

export function objectSet(ref, select = '') {
  return `<objectSet><obj type="${ref.type}">${escape(ref.value)}</obj>`
    + `<skip>${select !== ''}</skip>${select}</objectSet>`
}

/** A filter spec for one object. */
export const oneSpec = (ref, paths) => propSet(ref.type, paths) + objectSet(ref)

/** A filter spec for all VMs of a container view. */
export const viewSpec = (view, paths) => propSet('VirtualMachine', paths)
  + objectSet(view, '<selectSet xsi:type="TraversalSpec"><name>all</name><type>ContainerView</type>'
    + '<path>view</path><skip>false</skip></selectSet>')

export async function createView(client) {
  const { viewManager, rootFolder } = client.refs
  return reference(await client.call('CreateContainerView', viewManager,
    `<container type="Folder">${rootFolder.value}</container>`
    + '<type>VirtualMachine</type><recursive>true</recursive>'))
}

/** RetrievePropertiesEx, pages until its end; `onPage` gets each page's text. */
export async function retrieve(client, spec, onPage) {
  const { propertyCollector } = client.refs
  let page = await client.call(
    'RetrievePropertiesEx', propertyCollector, `<specSet>${spec}</specSet><options/>`)
  for (;;) {
    onPage(page)
    const token = textOf(page.slice(0, 2000), 'token')
    if (token === undefined) return
    page = await client.call(
      'ContinueRetrievePropertiesEx', propertyCollector, `<token>${escape(token)}</token>`)
  }
}

/** The whole answer for one object. */
export async function readOne(client, ref, paths) {
  let xml = ''
  await retrieve(client, oneSpec(ref, paths), page => { xml += page })
  must(xml.includes(`>${ref.value}</obj>`) && !xml.includes('<missingSet>'), () => xml.slice(0, 500))
  return xml
}

/** Value of a simple property. */
export async function readValue(client, ref, path) {
  const xml = await readOne(client, ref, [path])
  return new RegExp(`<name>${path.replaceAll('.', '\\.')}</name><val[^>]*>([^<]*)<`).exec(xml)?.[1]
}

/** All VMs with their names, in the order of the view. */
export async function listVms(client) {
  const view = await createView(client)
  const vms = []
  const pattern = /<obj\b[^>]*type="VirtualMachine"[^>]*>([^<]+)<\/obj>\s*<propSet><name>name<\/name><val[^>]*>([^<]*)</g
  await retrieve(client, viewSpec(view, ['name']), page => {
    for (const match of page.matchAll(pattern)) {
      vms.push({ ref: { type: 'VirtualMachine', value: match[1] }, name: match[2] })
    }
  })
  return { view, vms }
}

/** A collector of its own with one filter, as client libraries open it. */
export async function openFilter(client, spec) {
  const collector = reference(
    await client.call('CreatePropertyCollector', client.refs.propertyCollector))
  await client.call('CreateFilter', collector,
    `<spec>${spec}</spec><partialUpdates>false</partialUpdates>`)
  return collector
}

/** One WaitForUpdatesEx. Without `maxWaitSeconds` it waits for as long as it takes. */
export function waitForUpdates(client, collector, version, maxWaitSeconds) {
  const options = maxWaitSeconds === undefined
    ? '' : `<options><maxWaitSeconds>${maxWaitSeconds}</maxWaitSeconds></options>`
  return client.call('WaitForUpdatesEx', collector, `<version>${escape(version)}</version>${options}`)
}

/** Reads until the set is no longer truncated; `onPage` gets each page; returns the version. */
export async function firstSync(client, collector, onPage = () => {}) {
  let version = ''
  for (;;) {
    const page = await waitForUpdates(client, collector, version, 10)
    version = textOf(page, 'version')
    must(version !== undefined, 'the first state did not come')
    onPage(page)
    if (!page.includes('<truncated>true</truncated>')) return version
  }
}

/** Waits for a task with a collector of its own; throws unless it succeeds. */
export async function waitForTask(client, task) {
  const collector = await openFilter(client, oneSpec(task, ['info.state']))
  let version = ''
  for (;;) {
    const page = await waitForUpdates(client, collector, version, 10)
    version = textOf(page, 'version') ?? version
    const state = /<name>info\.state<\/name>\s*<op>assign<\/op>\s*<val[^>]*>(\w+)</.exec(page)?.[1]
    must(state !== 'error', () => `${task.value} failed: ${page.slice(0, 600)}`)
    if (state === 'success') break
  }
  await client.call('DestroyPropertyCollector', collector)
}
