/**
 * From the bytes of an XML document to its text: byte order marks, the encoding named in the
 * declaration, and a strict check that the bytes are what they claim to be.
 */

import { isAscii } from 'node:buffer'

/** The bytes are not text in a known encoding. */
export class XmlEncodingError extends Error {}

/** The declaration's encoding, behind a UTF-8 byte order mark or not. */
const declaration = /^(?:\xef\xbb\xbf)?<\?xml[^>]*?\sencoding\s*=\s*["']([\w.-]+)["']/

const UTF16_BE = 0xfeff
const UTF16_LE = 0xfffe

/**
 * Text of an XML document without its byte order mark. UTF-8 and UTF-16 are told by the mark or by
 * the first bytes; ISO-8859-1 and US-ASCII only by the declaration.
 * Throws XmlEncodingError for other encodings and for bytes that are not valid in theirs.
 */
export function decodeXmlBytes(body: Buffer): string {
  const mark = body.length >= 2 ? body.readUInt16BE(0) : 0
  if (mark === UTF16_LE || mark === 0x3c00) return decode('utf-16le', body)
  if (mark === UTF16_BE || mark === 0x003c) return decode('utf-16be', body)
  const name = declaredEncoding(body)
  if (name === 'utf-8' && isAscii(body)) return body.toString('latin1')
  switch (name) {
    case 'utf-8':
    case 'utf8':
      return decode('utf-8', body)
    case 'us-ascii':
    case 'ascii':
    case 'iso-8859-1':
    case 'latin1':
      return body.toString('latin1')
    default:
      throw new XmlEncodingError(`unsupported encoding ${name}`)
  }
}

function declaredEncoding(body: Buffer): string {
  const head = body.toString('latin1', 0, 120)
  const found = declaration.exec(head)
  return found?.[1]?.toLowerCase() ?? 'utf-8'
}

function decode(encoding: 'utf-8' | 'utf-16le' | 'utf-16be', body: Buffer): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(body)
  } catch {
    throw new XmlEncodingError(`bytes are not valid ${encoding.toUpperCase()}`)
  }
}
