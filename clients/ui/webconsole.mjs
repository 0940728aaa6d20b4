/**
 * The console of one virtual machine. The link says which (`govc vm.console -h5` makes one): its ticket
 * is traded for a session, the session for a console ticket, and that opens a WebSocket to the host.
 */
import RFB from '/ui/novnc/core/rfb.js'
import { call, Fault } from './soap.mjs'
import { language, text } from './texts.mjs'

const query = new URLSearchParams(location.search)
const vmId = query.get('vmId') ?? ''
const vmName = query.get('vmName') ?? vmId
const at = id => document.getElementById(id)

document.documentElement.lang = language
document.title = vmName
at('name').textContent = vmName
at('full').textContent = text.full
at('again').textContent = text.again
at('again').addEventListener('click', () => void open())
at('full').addEventListener('click', () => void at('screen').requestFullscreen())
void open()

async function open() {
  say(text.connecting)
  at('message').hidden = true
  at('again').hidden = true
  if (vmId === '') {
    fail(text.noVm)
    return
  }
  try {
    await logIn()
    show(await consoleUrl())
  } catch (error) {
    fail(reason(error))
  }
}

/** Trades the link's ticket for a session. A browser that has one already needs no other. */
async function logIn() {
  const ticket = query.get('sessionTicket')
  if (ticket === null) return
  query.delete('sessionTicket')
  history.replaceState(null, '', `?${query}`)
  try {
    const manager = (await call('ServiceInstance', 'ServiceInstance', 'RetrieveServiceContent')).querySelector('sessionManager').textContent
    await call('SessionManager', manager, 'CloneSession', { cloneTicket: ticket })
  } catch (error) {
    if (error.type !== 'InvalidLogin') throw error
  }
}

/** A fresh console ticket, as the address of its WebSocket. */
async function consoleUrl() {
  const answer = await call('VirtualMachine', vmId, 'AcquireTicket', { ticketType: 'webmks' })
  const field = name => answer.querySelector(name)?.textContent
  const url = new URL(field('url') ?? `wss://${field('host') ?? location.hostname}:${field('port')}/ticket/${field('ticket')}`)
  if (location.protocol === 'http:') url.protocol = 'ws:'
  return url
}

function show(url) {
  const rfb = new RFB(at('screen'), url.href, { wsProtocols: ['binary'] })
  const ctrlAltDel = () => rfb.sendCtrlAltDel()
  let connected = false
  rfb.scaleViewport = true
  rfb.background = '#000'
  rfb.addEventListener('connect', () => {
    connected = true
    say(text.connected)
    enable(true)
    rfb.focus()
  })
  rfb.addEventListener('disconnect', () => {
    at('keys').removeEventListener('click', ctrlAltDel)
    enable(false)
    if (connected) fail(text.closed)
    else fail(text.failed(url.host), `https://${url.host}/`)
  })
  at('keys').addEventListener('click', ctrlAltDel)
}

function reason(error) {
  if (!(error instanceof Fault)) return text.unreachable
  if (error.type === 'NotAuthenticated') return text.ticketRefused
  const known = text[error.type]
  return typeof known === 'string' ? known : text.fault(error.type)
}

function enable(on) {
  at('keys').disabled = !on
  at('full').disabled = !on
}

function say(state) {
  at('state').textContent = state
}

function fail(message, link) {
  say(text.ended)
  const box = at('message')
  box.replaceChildren(`${message} `)
  if (link !== undefined) {
    const anchor = Object.assign(document.createElement('a'), { href: link, target: '_blank', rel: 'noreferrer', textContent: link })
    box.append(anchor)
  }
  box.hidden = false
  at('again').hidden = false
}
