/** GET of the WSDL set below /sdk (protocols.md 2.2); written when first asked for. */
import type { DocumentedSchema } from '../../schema/schema.js'
import { send, sendText, type Exchange, type Route } from './exchange.js'
import { XML } from './product-headers.js'
import { isRead } from './service-versions.js'

type Files = (file: string) => string | undefined

/** Shared by the nodes of a lab: the set is several megabytes. */
const sets = new WeakMap<DocumentedSchema, Map<string, Files>>()

/** `/sdk/*.wsdl`, `/sdk/*.xsd` and the `?wsdl` spelling of suds and .NET. */
export const wsdlRoute: Route = {
  matches: (method, path) => isRead(method)
    && (/^\/sdk\/[\w.-]+\.(wsdl|xsd)$/.test(path) || path === '/sdk/vimService'),
  handle: sendFile,
}

async function sendFile(exchange: Exchange): Promise<void> {
  const file = fileName(exchange)
  const text = file === undefined ? undefined : (await files(exchange))(file)
  if (text === undefined) sendText(exchange, 404, 'Not Found')
  else send(exchange, 200, XML, text)
}

function fileName(exchange: Exchange): string | undefined {
  if (exchange.path !== '/sdk/vimService') return exchange.path.slice('/sdk/'.length)
  return exchange.query.toLowerCase().startsWith('wsdl') ? 'vimService.wsdl' : undefined
}

async function files(exchange: Exchange): Promise<Files> {
  const { schema, advertised } = exchange.door
  let bySchema = sets.get(schema)
  if (bySchema === undefined) sets.set(schema, (bySchema = new Map()))
  let set = bySchema.get(advertised)
  if (set === undefined) {
    const { createWsdl } = await import('../../wire/soap/wsdl.js')
    set = createWsdl(schema, advertised)
    bySchema.set(advertised, set)
  }
  return set
}
