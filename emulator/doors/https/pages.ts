/** The small anonymous pages of 443 (protocols.md 2.3, 6.3). */
import { escapeText } from '../../wire/xml.js'
import { send, sendText, type Exchange, type Route } from './exchange.js'
import { XML } from './product-headers.js'
import { isRead } from './service-versions.js'

/** `/`: what the machine is and where its API lives. */
export const landingRoute: Route = {
  matches: (method, path) => isRead(method) && path === '/',
  handle: exchange => send(exchange, 200, 'text/html; charset=utf-8', landingPage(exchange)),
}

/** `/client/clients.xml`, still probed by scanners (protocols.md 2.3). */
export const clientsXmlRoute: Route = {
  matches: (method, path) => isRead(method) && path === '/client/clients.xml',
  handle: exchange => {
    const { version, apiVersion } = exchange.door.node.product
    send(exchange, 200, XML, '<?xml version="1.0" encoding="UTF-8"?>\n<ConfigRoot>'
      + '<clientConnection id="0000"><authdPort>902</authdPort>'
      + `<version>${escapeText(version)}</version><patchVersion>0</patchVersion>`
      + `<apiVersion>${escapeText(apiVersion)}</apiVersion></clientConnection></ConfigRoot>\n`)
  },
}

/** The answer to every path that nobody serves (rule 19: SOAP clients ignore the body). */
export function notFound(exchange: Exchange): void {
  sendText(exchange, 404, 'Not Found')
}

/** The answer while the services behind the proxy are stopped (protocols.md 1.6, last row). */
export function noBackend(exchange: Exchange, text: string): void {
  sendText(exchange, 503, text)
}

function landingPage(exchange: Exchange): string {
  const { node } = exchange.door
  const product = node.kind === 'vcenter' ? 'VMware vCenter Server' : 'VMware ESXi'
  const title = `${product} ${node.product.version} (simulated by fauxsphere)`
  return '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
    + `<title>${escapeText(title)}</title></head><body><h1>${escapeText(node.hostName)}</h1>`
    + `<p>${escapeText(title)}</p>`
    + '<ul><li><a href="/sdk/vimServiceVersions.xml">API versions</a></li>'
    + '<li><a href="/sdk/vimService.wsdl">API description (WSDL)</a></li></ul></body></html>\n'
}
