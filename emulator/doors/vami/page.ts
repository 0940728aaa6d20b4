/** The page of 5480: health, partitions and services, drawn from the REST API by the browser. */
import { escapeText } from '../../wire/xml.js'
import { send, type Route } from '../https/exchange.js'

/** `/` leads to the page, as on the product. */
export const vamiRootRoute: Route = {
  matches: (method, path) => method === 'GET' && (path === '/' || path === '/ui'),
  handle: exchange => send(exchange, 302, 'text/plain', '', ['location', '/ui/']),
}

export const vamiPageRoute: Route = {
  matches: (method, path) => method === 'GET' && path === '/ui/',
  handle: exchange => send(exchange, 200, 'text/html; charset=utf-8', page(exchange.door.node.hostName)),
}

function page(hostName: string): string {
  const name = escapeText(hostName)
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>${name}: appliance management</title>
<style>${style}</style></head>
<body><h1>${name}</h1><p>vCenter Server appliance management, simulated by fauxsphere</p>
<form id="login"><label>User <input name="user" value="root" autocomplete="username"></label>
<label>Password <input name="password" type="password" autocomplete="current-password"></label>
<button>Log in</button> <output id="message"></output></form>
<main hidden><button id="refresh">Refresh</button><h2>Health</h2><table id="health"></table><h2>File systems</h2><table id="disks"></table>
<h2>Services</h2><table id="services"></table></main>
<script>${script}</script></body></html>
`
}

const style = `body{font:15px sans-serif;margin:2em;max-width:60em}table{border-collapse:collapse}
td,th{padding:.2em .8em;border-bottom:1px solid #ccc;text-align:left}
.green,.STARTED{color:#060}.yellow,.STARTING,.STOPPING{color:#960}.orange{color:#c50}.red,.STOPPED{color:#b00}`

/** Texts of the API are put in as text, never as HTML. */
const script = `
const $ = id => document.getElementById(id)
let session
async function api(method, path) {
  const answer = await fetch('/api' + path, { method, headers: { 'vmware-api-session-id': session } })
  const text = await answer.text()
  const value = text === '' ? undefined : JSON.parse(text)
  if (!answer.ok) throw new Error(value?.messages?.[0]?.default_message ?? answer.status)
  return value
}
function fill(id, head, rows) {
  const line = (cells, tag) => {
    const row = document.createElement('tr')
    for (const cell of cells) {
      const at = row.appendChild(document.createElement(tag))
      if (cell instanceof Node) at.append(cell)
      else { at.textContent = cell; at.className = cell }
    }
    return row
  }
  $(id).replaceChildren(line(head, 'th'), ...rows.map(cells => line(cells, 'td')))
}
function button(service, action) {
  const made = document.createElement('button')
  made.textContent = action
  made.onclick = () => act(() => api('POST', '/appliance/services/' + service + '?action=' + action))
  return made
}
async function draw() {
  const items = ['system', 'applmgmt', 'database-storage', 'load', 'mem', 'storage', 'swap', 'software-packages']
  fill('health', ['Item', 'State'],
    await Promise.all(items.map(async item => [item, await api('GET', '/appliance/health/' + item)])))
  const names = (await api('GET', '/appliance/system/storage')).map(disk => disk.partition)
  const end = (await api('GET', '/appliance/health/system/lastcheck'))
  const query = what => api('GET', '/appliance/monitoring/query?interval=MINUTES5&function=MAX&start_time=' + end
    + '&end_time=' + end + names.map(name => '&names=storage.' + what + '.filesystem.' + name).join(''))
  const [total, used] = [await query('totalsize'), await query('used')]
  fill('disks', ['File system', 'Used', 'Size'], names.map((name, i) => [
    name, (100 * used[i].data[0] / total[i].data[0]).toFixed(0) + ' %', (total[i].data[0] / 1048576).toFixed(0) + ' GiB']))
  const services = await api('GET', '/appliance/services')
  fill('services', ['Service', 'State', 'Description', ''], Object.entries(services).map(([id, service]) => [
    id, service.state, service.description, button(id, service.state === 'STOPPED' ? 'start' : 'stop')]))
}
async function act(run) {
  try { await run(); $('message').textContent = '' } catch (error) { $('message').textContent = error.message }
  await draw()
}
$('login').onsubmit = async event => {
  event.preventDefault()
  const { user, password } = event.target
  const answer = await fetch('/api/session', {
    method: 'POST', headers: { authorization: 'Basic ' + btoa(user.value + ':' + password.value) } })
  if (!answer.ok) { $('message').textContent = 'Login refused'; return }
  session = await answer.json()
  document.querySelector('main').hidden = false
  act(async () => {})
}
$('refresh').onclick = () => act(async () => {})
`
