/**
 * What a client sent, as a log, an event or an answer may repeat it: nothing in it ends the line or hides,
 * and no more than `most` characters.
 */
export function oneLine(text: string, most = 256): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '?').slice(0, most)
}
