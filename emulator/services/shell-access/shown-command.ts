/** A word of a command line as people quote it. */
const WORD = String.raw`(?:'[^']*'|"[^"]*"|\\.|[^\s'"\\;|&])+`
const LONG = new RegExp(String.raw`(--password(?:-confirmation)?(?:=|\s+))${WORD}`, 'g')
const SHORT = new RegExp(String.raw`(\s-[pc](?:=|\s+)?)${WORD}`, 'g')

/**
 * A command line as logs and the journal may hold it: passwords of `esxcli system account` are covered, as
 * in esxcli.log. The product's shell.log has every line as it was typed; no secret is written here.
 */
export function shownCommand(line: string): string {
  const covered = line.replace(LONG, '$1******')
  return /\baccount\s+(?:add|set)\b/.test(covered) ? covered.replace(SHORT, '$1******') : covered
}
