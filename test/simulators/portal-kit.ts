// Pages as a browser without scripts sees them: fields of forms, links, what a form sends.

export const plain = (text: string): string =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')

/** The values with which a page's fields begin, by name; of radio buttons the checked one. */
export const fieldsOf = (html: string): Record<string, string> =>
  Object.fromEntries(
    [...html.matchAll(/<input [^>]*>/g)].flatMap(([input]) => {
      const name = /\bname="([^"]*)"/.exec(input)?.[1]
      const isLeft = name === undefined || (/type="radio"/.test(input) && !/\bchecked\b/.test(input))
      return isLeft ? [] : [[plain(name), plain(/\bvalue="([^"]*)"/.exec(input)?.[1] ?? '')]]
    }),
  )

/** What a reader sees of a page, without its marks and its style. */
export const textOf = (html: string): string =>
  plain(html.replace(/<style>.*?<\/style>/s, '').replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ')

export const form = (fields: Record<string, string>): RequestInit => ({
  method: 'POST',
  body: new URLSearchParams(fields),
})
