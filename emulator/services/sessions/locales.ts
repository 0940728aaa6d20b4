/** The locale of a login that names none. */
export const DEFAULT_LOCALE = 'en'

/** Languages of the product's messages (list unsure, protocols.md 1.8). */
export const messageLocales: readonly string[] = [
  'en', 'de', 'es', 'fr', 'it', 'ja', 'ko', 'pt_BR', 'zh_CN', 'zh_TW',
]

const languages = new Set(messageLocales.map(locale => locale.slice(0, 2)))

/**
 * The locale of a session from what the client asked for: any spelling of a language we know, with
 * or without a region. Undefined: not supported (InvalidLocale).
 */
export function acceptedLocale(asked: string | undefined): string | undefined {
  if (asked === undefined || asked === '') return DEFAULT_LOCALE
  const match = /^([A-Za-z]{2})(?:[_-]([A-Za-z]{2}))?(?:[._@-].*)?$/.exec(asked)
  const language = match?.[1]?.toLowerCase()
  if (language === undefined || !languages.has(language)) return undefined
  const region = match?.[2]?.toUpperCase()
  return region === undefined ? language : `${language}_${region}`
}

/** The locale in which messages of a session come. */
export function messageLocale(locale: string): string {
  if (messageLocales.includes(locale)) return locale
  return messageLocales.find(item => item.slice(0, 2) === locale.slice(0, 2)) ?? DEFAULT_LOCALE
}
