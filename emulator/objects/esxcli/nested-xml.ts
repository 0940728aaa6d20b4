import { defaultXmlLimits, escapeText, readXml } from '../../wire/xml.js'
import type { XmlElement, XmlHandler } from '../../wire/xml-model.js'
import { isStruct, wireName } from './define.js'
import type { Fields, Result, Row } from './model.js'

/** Answers and arguments of commands travel as XML inside a string (operations.md 1). */

const OPEN = '<obj xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
  + ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns="urn:vim25" versionId="5.0"'

/** A whole answer: `type` of its one object, and the XML of what is in it. */
export function document(type: string, content: string): string {
  return `${OPEN} xsi:type="${type}">${content}</obj>`
}

/** The answer of a command; `path` is its whole name: `network.firewall.get`. */
export function answerXml(path: string, result: Result, value: unknown): string {
  switch (result.kind) {
    case 'scalar': return document(`xsd:${result.type}`, escapeText(String(value)))
    case 'object': return document(wsdlName(path, result.type), fieldsXml(path, result.fields, value as Row))
    case 'rows': return document('ArrayOfDataObject', (value as readonly Row[])
      .map(row => `<DataObject xsi:type="${wsdlName(path, result.type)}">${fieldsXml(path, result.fields, row)}</DataObject>`)
      .join(''))
  }
}

/** `VimEsxCLInetworkfirewallgetFirewall`: a data type of a command. */
export function wsdlName(path: string, type = ''): string {
  return `VimEsxCLI${path.replaceAll('.', '')}${type}`
}

/** Fields in the order of their names, as hosts send them; what has no value is left out. */
function fieldsXml(path: string, fields: Fields, row: Row): string {
  return Object.entries(fields)
    .map(([title, type]) => ({ name: wireName(title), type, value: row[title] }))
    .sort((a, b) => a.name < b.name ? -1 : 1)
    .map(({ name, type, value }) => (Array.isArray(value) ? value : [value])
      .filter(each => each !== undefined)
      .map(each => isStruct(type)
        ? `<${name} xsi:type="${wsdlName(path, type.type)}">${fieldsXml(path, type.fields, each as Row)}</${name}>`
        : element(name, String(each)))
      .join(''))
    .join('')
}

/** One element with text in it. */
export function element(name: string, text: string): string {
  return `<${name}>${escapeText(text)}</${name}>`
}

/** An element of a nested document: its name, the local part of its xsi:type, its text or what is in it. */
export interface Node {
  readonly name: string
  readonly type: string
  text: string
  readonly children: Node[]
}

const XSI = 'http://www.w3.org/2001/XMLSchema-instance'

/** Reads a nested document. Throws XmlError for what is not well formed. */
export function readNested(text: string): Node {
  const body = Buffer.from(text)
  let root: Node = { name: '', type: '', text: '', children: [] }
  readXml(body, defaultXmlLimits, () => {
    root = { name: '', type: '', text: '', children: [] }
    return new Tree(root)
  })
  return root.children[0]!
}

/** The values of an argument: one element for each, `<rulesetid>sshServer</rulesetid>`. */
export function readValues(text: string): readonly string[] {
  return readNested(`<val>${text}</val>`).children.map(child => child.text)
}

class Tree implements XmlHandler {
  readonly #open: Node[]

  constructor(root: Node) {
    this.#open = [root]
  }

  open(at: XmlElement): void {
    const node = { name: at.local, type: (at.attribute('type', XSI) ?? '').replace(/^.*:/, ''), text: '', children: [] }
    this.#open.at(-1)!.children.push(node)
    this.#open.push(node)
  }

  text(value: string): void {
    this.#open.at(-1)!.text += value
  }

  close(): void {
    this.#open.pop()
  }
}
