import type { CertificateSubject } from './certificate-types.js'

const DAY_MS = 86_400_000
/** 365-day years: "exactly 5 years" of a host certificate (protocols.md 9) is counted in days. */
const YEAR_MS = 365 * DAY_MS

/** Life in years (protocols.md 9): CA 10, host 5, vCenter machine SSL 2. */
const LIFE = { ca: 10, esxi: 5, vcenter: 2 } as const

/** From when to when a CA is good that begins then, in milliseconds. */
export function caDates(notBefore: number): { notBefore: number, notAfter: number } {
  return { notBefore, notAfter: notBefore + LIFE.ca * YEAR_MS }
}

/** From when to when a node's certificate is good that is issued now: it begins a day ago. */
export function leafDates(kind: CertificateSubject['kind'], now: number): { notBefore: number, notAfter: number } {
  const notBefore = now - DAY_MS
  return { notBefore, notAfter: notBefore + LIFE[kind] * YEAR_MS }
}

/** A present from which a certificate of a kind of node, issued then, has been over for 30 days. */
export function longAgo(kind: CertificateSubject['kind'], now: number): number {
  return now - LIFE[kind] * YEAR_MS - 30 * DAY_MS
}

/** The dates of a certificate that was issued so long ago. */
export function endedDates(kind: CertificateSubject['kind'], now: number): { notBefore: number, notAfter: number } {
  return leafDates(kind, longAgo(kind, now))
}
