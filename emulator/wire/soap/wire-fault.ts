/** The faults a request can meet before any managed object has seen it (protocols.md 1.6). */
import type { MoRef } from '../../schema/model.js'

/** A MethodFault value: WSDL type name and properties, as in decision 0002. */
export interface MethodFaultValue {
  readonly _typeName: string
  readonly [property: string]: unknown
}

/** The call is refused by the wire layer; the door answers it as a SOAP fault with HTTP 500. */
export class WireFault extends Error {
  readonly faultString: string

  constructor(
    readonly faultCode: string,
    faultString: string,
    readonly detail?: MethodFaultValue,
  ) {
    super(faultString)
    this.name = 'WireFault'
    this.faultString = clipped(faultString)
  }
}

/** A text that quotes the request must not be as long as the request. */
function clipped(text: string): string {
  return text.length <= 500 ? text : `${text.slice(0, 350)} ... ${text.slice(-100)}`
}

/** faultcode of everything the server itself reports. */
export const serverFaultCode = 'ServerFaultCode'

/** The request does not have the shape the schema asks for. */
export function invalidRequest(text: string): WireFault {
  return new WireFault(serverFaultCode, text, { _typeName: 'InvalidRequest' })
}

/** The method does not exist, or not at the version the client speaks. */
export function methodNotFound(text: string, receiver: MoRef, method: string): WireFault {
  return new WireFault(serverFaultCode, text, { _typeName: 'MethodNotFound', receiver, method })
}

/** The SOAPAction names a namespace this server does not speak. */
export function versionMismatch(versionUri: string): WireFault {
  return new WireFault('VersionMismatchFaultCode', `Unsupported version URI "${versionUri}"\n`)
}
