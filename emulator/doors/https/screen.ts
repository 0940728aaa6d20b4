/** `/screen?id=…` of hosts and vCenters: the picture of a VM's console as a PNG (protocols.md 6.3). */
import type { ScreenGate } from '../../dispatch/screen.js'
import { BASIC_CHALLENGE, credentialsOf } from './credentials.js'
import { send, sendText, type Exchange, type Route } from './exchange.js'
import { isRead } from './service-versions.js'

/** What of the picture is wanted, in pixels; undefined: all of it, in its own size. */
export interface ScreenWish {
  readonly left: number | undefined
  readonly top: number | undefined
  /** The first column and row that are left out. */
  readonly right: number | undefined
  readonly bottom: number | undefined
  readonly width: number | undefined
  readonly height: number | undefined
}

/** The picture of a host's VM as a PNG; `off`: it shows nothing; `outside`: the wish is for none of it. */
export type TakePicture = (host: string, vm: string, wish: ScreenWish) => Buffer | 'off' | 'outside'

const texts = { 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 503: 'Service Unavailable' } as const

/** The route of a node. */
export function screenRoute(gate: ScreenGate, take: TakePicture): Route {
  return {
    matches: (method, path) => isRead(method) && path === '/screen',
    handle: exchange => answer(exchange, gate, take),
  }
}

function answer(exchange: Exchange, gate: ScreenGate, take: TakePicture): void {
  const { door } = exchange
  const query = new URLSearchParams(exchange.query)
  const id = query.get('id') ?? ''
  const found = gate.find(door.node, { ...credentialsOf(exchange), id })
  if ('refused' in found) {
    sendText(exchange, found.refused, texts[found.refused], found.refused === 401 ? [...BASIC_CHALLENGE] : [])
    return
  }
  const wish = wishOf(query)
  const picture = wish === undefined ? 'outside' : take(found.host, found.vm, wish)
  if (picture === 'off') sendText(exchange, 400, `The virtual machine ${id} is not powered on.`)
  else if (picture === 'outside') sendText(exchange, 400, 'The size or the part that is asked for is not in the picture.')
  else send(exchange, 200, 'image/png', picture)
}

/** The numbers of a query; undefined when one of them is none. */
function wishOf(query: URLSearchParams): ScreenWish | undefined {
  const numbers = ['left', 'top', 'right', 'bottom', 'w', 'h'].map(name => {
    const text = query.get(name)
    return text === null ? undefined : /^\d{1,5}$/.test(text) ? Number(text) : NaN
  })
  const [left, top, right, bottom, width, height] = numbers
  return numbers.some(Number.isNaN) ? undefined : { left, top, right, bottom, width, height }
}
