/**
 * What a payer wrote with a transfer, without what leads to a person: numbers of phones and identity cards, addresses of mail. Names stay, since whoever looks for the
 * order that money belongs to has little else; the whole text is in the sealed evidence.
 */

const masked = '•••'

/** Ten digits with 0 in front or eleven with 84, in one piece or in three or four that one sign parts (numbers of mobile phones here: 0 and nine digits). */
const phones =
  /(?<![0-9A-Za-z-])(?:(?:\+?84|0)\d{9}|(?:\+84 ?|0)\d{1,3}([ .-])\d{2,4}\1\d{2,4}(?:\1\d{2,4})?)(?![0-9A-Za-z])/g
const phoneDigits = [10, 11]
/** Căn cước: twelve digits that begin with those of a province, and so with 0. */
const identities = /(?<![0-9A-Za-z])0\d{11}(?![0-9A-Za-z])/g
const mails = /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}/g

export const maskText = (text: string): string =>
  text.replace(mails, masked).replace(identities, masked).replace(phones, maskPhone)

/** A day such as 01-02-2026 is written alike, with fewer digits. */
const maskPhone = (found: string): string => (phoneDigits.includes(found.replace(/\D/g, '').length) ? masked : found)
