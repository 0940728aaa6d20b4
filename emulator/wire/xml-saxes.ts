/**
 * The strict reader: saxes (design.md decision 3), without its own namespace handling, whose
 * prefix look-up costs the square of the nesting depth (performance.md section 1).
 */
import { SaxesParser } from 'saxes'
import { XmlError, type RawHandler } from './xml-model.js'

/** Reads `text` and reports to `handler`. Refuses every DOCTYPE. Throws XmlError. */
export function readWithSaxes(text: string, handler: RawHandler): void {
  const parser = new SaxesParser({
    xmlns: false,
    position: false,
    forceXMLVersion: true,
    defaultXMLVersion: '1.0',
  })
  let start = 0
  let count = 0
  parser.on('opentagstart', () => {
    start = text.lastIndexOf('<', parser.position - 1)
    count = 0
  })
  parser.on('attribute', () => {
    count += 1
    if (count > handler.maxAttributes) {
      handler.fail(`more than ${handler.maxAttributes} attributes`, start)
    }
  })
  parser.on('opentag', (tag) => {
    handler.open(tag.name, Object.entries(tag.attributes).flat(), start)
  })
  parser.on('text', (value) => handler.text(value))
  parser.on('cdata', (value) => handler.text(value))
  parser.on('closetag', () => handler.close(parser.position))
  parser.on('doctype', () => handler.fail('DOCTYPE is not allowed', parser.position))
  parser.on('error', (error) => {
    throw new XmlError(error.message.replace(/\.$/, ''), parser.line, parser.columnIndex + 1)
  })
  parser.write(text).close()
}
