/**
 * dateTime in the form the product writes: UTC, `Z`, the fraction without trailing zeros and none
 * when it is zero (protocols.md 1.7). Plain calendar arithmetic, so that micro- and nanoseconds
 * survive.
 */

const pattern =
  /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,12}))?(Z|[+-]\d\d:?\d\d)?$/
const secondsPerDay = 86400

/**
 * The moment in UTC wire form, or undefined if the text is no dateTime between the years 1 and
 * 9999. An offset is applied; without one the time is taken as UTC.
 */
export function normalizeDateTime(text: string): string | undefined {
  const m = pattern.exec(text)
  if (m === null) return undefined
  const [, year, month, day, hour, minute, second, fraction, zone] = m
  const days = daysFromCivil(Number(year), Number(month), Number(day))
  const clock = secondsOfDay(Number(hour), Number(minute), Number(second))
  const offset = zoneSeconds(zone)
  if (days === undefined || clock === undefined || offset === undefined) return undefined
  const digits = fraction?.replace(/0+$/, '') ?? ''
  const tail = digits === '' ? 'Z' : `.${digits}Z`
  if (offset === 0) return `${year}-${month}-${day}T${hour}:${minute}:${second}${tail}`
  return format(days * secondsPerDay + clock - offset, tail)
}

function secondsOfDay(hour: number, minute: number, second: number): number | undefined {
  if (hour > 23 || minute > 59 || second > 59) return undefined
  return hour * 3600 + minute * 60 + second
}

function zoneSeconds(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === 'Z') return 0
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(-2))
  if (hours > 14 || minutes > 59) return undefined
  const seconds = hours * 3600 + minutes * 60
  return zone.startsWith('-') ? -seconds : seconds
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** Days since 0000-03-01 in the proleptic Gregorian calendar; undefined for no such day. */
function daysFromCivil(year: number, month: number, day: number): number | undefined {
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) {
    return undefined
  }
  const y = month <= 2 ? year - 1 : year
  const shifted = (month + 9) % 12
  const ofYear = Math.floor((153 * shifted + 2) / 5) + day - 1
  return y * 365 + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + ofYear
}

function format(total: number, tail: string): string | undefined {
  const days = Math.floor(total / secondsPerDay)
  const clock = total - days * secondsPerDay
  const era = Math.floor(days / 146097)
  const ofEra = days - era * 146097
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36524) - Math.floor(ofEra / 146096)) /
      365,
  )
  const ofYear =
    ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shifted = Math.floor((5 * ofYear + 2) / 153)
  const day = ofYear - Math.floor((153 * shifted + 2) / 5) + 1
  const month = shifted < 10 ? shifted + 3 : shifted - 9
  const year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
  if (year < 1 || year > 9999) return undefined
  const date = `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`
  const minutes = Math.floor(clock / 60)
  const time = `${pad(Math.floor(minutes / 60), 2)}:${pad(minutes % 60, 2)}:${pad(clock % 60, 2)}`
  return `${date}T${time}${tail}`
}

function pad(n: number, width: number): string {
  return String(n).padStart(width, '0')
}
