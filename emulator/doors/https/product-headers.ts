/** Response headers of /sdk per product release (protocols.md 1.2, "Header sets per release"). */

/** Header names and values in turn, as `ServerResponse.writeHead` takes them. */
export type RawHeaders = string[]

export const XML = 'text/xml; charset=utf-8'

/** What is known when the head is written. */
export interface HeadFacts {
  /** `8.0.3`: decides between the envoy set and the older ones. */
  readonly productVersion: string
  readonly contentType: string
  /** Value of the date header. */
  readonly date: string
  /** Whole milliseconds spent on the request; only releases behind envoy show it. */
  readonly serviceMs: number
}

/** The headers every answer of a node has, without length and cookie. */
export function productHeaders(facts: HeadFacts): RawHeaders {
  const { contentType, date } = facts
  const head = ['date', date, 'cache-control', 'no-cache', 'content-type', contentType]
  if (isBehindEnvoy(facts.productVersion)) {
    head.push('vary', 'Accept-Encoding')
    head.push('x-envoy-upstream-service-time', String(facts.serviceMs))
  } else if (!facts.productVersion.startsWith('6.0')) {
    head.push('x-frame-options', 'DENY')
  }
  return head
}

/** Envoy stands before hostd and vpxd from 8.0 on. */
export function isBehindEnvoy(productVersion: string): boolean {
  return Number.parseInt(productVersion, 10) >= 8
}

let dateSecond = -1
let dateText = ''

/** A lab time in milliseconds as an HTTP date; formatted once a second. */
export function httpDate(labMs: number): string {
  const second = Math.floor(labMs / 1000)
  if (second !== dateSecond) {
    dateSecond = second
    dateText = new Date(second * 1000).toUTCString()
  }
  return dateText
}
