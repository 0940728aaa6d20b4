/** What the shell does not do. */
const NOT_SIMULATED = /[|&;<>()`$]/

/**
 * The words of a command line: blanks divide them, quotes hold them together, a backslash takes the
 * next character as it is. A text in their place says what is wrong with the line.
 */
export function wordsOf(line: string): string[] | string {
  const words: string[] = []
  let word: string | undefined
  let quote = ''
  for (let at = 0; at < line.length; at += 1) {
    const character = line[at]!
    if (quote !== '' ? character === quote : character === '"' || character === "'") {
      quote = quote === '' ? character : ''
      word ??= ''
    } else if (character === '\\' && quote !== "'") {
      at += 1
      word = (word ?? '') + (line[at] ?? '')
    } else if (quote !== '') word = (word ?? '') + character
    else if (character === ' ') {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if (NOT_SIMULATED.test(character)) return `${character}: pipes, lists, redirections and variables are not simulated`
    else word = (word ?? '') + character
  }
  if (quote !== '') return `${quote}: the quote has no end`
  return word === undefined ? words : [...words, word]
}
