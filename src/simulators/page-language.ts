// Owns the language of a page and the addresses that go with it. The language stands at the very end of an address, so that it can be taken off and what is
// left is the address as it was signed, to the byte.
export type Language = 'vi' | 'en'

export interface PageAddress {
  language: Language
  /** The address as it was before anybody chose a language. */
  address: string
  /** This page once more, and in the other language; relative, so that it does not matter where the simulators are mounted. */
  selfHref: string
  otherHref: string
}

const chosen = /[?&]lang=(vi|en)$/

/** Vietnamese unless the address says otherwise. */
export const readPageAddress = (url: string): PageAddress => {
  const language: Language = chosen.exec(url)?.[1] === 'en' ? 'en' : 'vi'
  const address = url.replace(chosen, '')
  const at = address.indexOf('?')
  const here = at >= 0 ? address.slice(at) : (/[^/]*$/.exec(address)?.[0] ?? '')
  const inLanguage = (to: Language) => `${here}${at >= 0 ? '&' : '?'}lang=${to}`
  return {
    language,
    address,
    selfHref: language === 'vi' ? here : inLanguage(language),
    otherHref: inLanguage(language === 'vi' ? 'en' : 'vi'),
  }
}

/** A sum of đồng as it is written in a language. */
export const dong = (amount: bigint, language: Language): string =>
  `${new Intl.NumberFormat(language === 'vi' ? 'vi-VN' : 'en-GB').format(amount)} đ`
