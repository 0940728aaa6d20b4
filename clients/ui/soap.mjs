/** The few SOAP calls of the pages, at the server that the page came from. */

/** A refusal of the API: the type of its MethodFault. */
export class Fault extends Error {
  constructor(type) {
    super(type)
    this.type = type
  }
}

const ENVELOPE = 'http://schemas.xmlsoap.org/soap/envelope/'
const VERSION = 'urn:vim25/7.0'

/** Calls a method of an object; `fields` are its arguments. Gives the first return value. Throws a Fault. */
export async function call(type, id, method, fields = {}) {
  const args = Object.entries(fields).map(([name, value]) => `<${name}>${escape(value)}</${name}>`).join('')
  const answer = await fetch('/sdk', {
    method: 'POST', credentials: 'same-origin',
    headers: { 'content-type': 'text/xml; charset=utf-8', soapaction: VERSION },
    body: `<?xml version="1.0" encoding="UTF-8"?><Envelope xmlns="${ENVELOPE}"><Body>`
      + `<${method} xmlns="urn:vim25"><_this type="${escape(type)}">${escape(id)}</_this>${args}</${method}></Body></Envelope>`,
  })
  const page = new DOMParser().parseFromString(await answer.text(), 'text/xml')
  const detail = page.querySelector('detail > *')
  if (detail !== null) throw new Fault(detail.localName.replace(/Fault$/, ''))
  if (!answer.ok) throw new Fault(`HTTP ${answer.status}`)
  return page.querySelector('returnval')
}

function escape(value) {
  return value.replace(/[&<>"]/g, character => `&#${character.charCodeAt(0)};`)
}
