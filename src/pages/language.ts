/** Which language a page speaks, and whether a visitor wants a page at all. Vietnamese unless something asks for English. */

export type Language = 'vi' | 'en'

const languages: readonly Language[] = ['vi', 'en']

/** What the address asks for (`?lang=`), else what the portal placed the order in, else Accept-Language. */
export const languageOf = (about: {
  asked?: string | undefined
  order?: Language
  accepted?: string | undefined
}): Language =>
  languages.find((language) => language === about.asked) ?? about.order ?? acceptedLanguage(about.accepted ?? '')

/** English only where a browser ranks it above Vietnamese (RFC 9110, 12.5.4). */
const acceptedLanguage = (header: string): Language => {
  const weights = weightsOf(header, (range) => languages.find((language) => range.split('-')[0] === language))
  return (weights.get('en') ?? 0) > (weights.get('vi') ?? 0) ? 'en' : 'vi'
}

/** Whether an Accept header ranks HTML above, equal to or below JSON: 1, 0 or -1. No header ranks them equal. */
export const rankHtml = (header: string | undefined): number => {
  const weights = weightsOf(header ?? '', (range) => ranges[range])
  const html = weights.get('html') ?? 0
  const json = weights.get('json') ?? 0
  return Math.sign(html - json)
}

const ranges: Readonly<Record<string, string>> = {
  'text/html': 'html',
  'application/xhtml+xml': 'html',
  'application/json': 'json',
  'application/problem+json': 'json',
}

/** The largest weight of each name; a header is read up to 500 characters. */
const weightsOf = (header: string, nameOf: (range: string) => string | undefined): Map<string, number> => {
  const weights = new Map<string, number>()
  for (const part of header.slice(0, 500).toLowerCase().split(',')) {
    const [range = '', ...parameters] = part.split(';').map((piece) => piece.trim())
    const quality = parameters.find((parameter) => parameter.startsWith('q='))
    const weight = quality === undefined ? 1 : Number(quality.slice(2))
    const name = nameOf(range)
    if (name !== undefined && weight > (weights.get(name) ?? 0)) weights.set(name, weight)
  }
  return weights
}
