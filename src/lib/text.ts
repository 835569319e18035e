// Vietnamese text for narrow channels: bank memos, references, logs.

/** The composed form (NFC): Vietnamese typed on a Mac arrives decomposed and would compare unequal. */
export function nfc(text: string): string {
  return text.normalize('NFC')
}

/** The text without Vietnamese marks: `Lệ phí đất` becomes `Le phi dat`. Other letters stay as they are. */
export function withoutDiacritics(text: string): string {
  return text
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replaceAll('đ', 'd')
    .replaceAll('Đ', 'D')
    .normalize('NFC')
}

/**
 * The text in those ASCII characters that `allowed` matches one by one (`/[A-Za-z0-9 ]/`): marks are taken off, every
 * other character becomes a space if a space is allowed and vanishes if not; spaces are collapsed and trimmed.
 */
export function asciiOnly(text: string, allowed: RegExp): string {
  const filler = allowed.test(' ') ? ' ' : ''
  const kept = Array.from(withoutDiacritics(text), (c) => (c >= ' ' && c <= '~' && allowed.test(c) ? c : filler))
  return kept.join('').replace(/ +/g, ' ').trim()
}

/**
 * What is left of a reference when case, marks, spaces and signs are lost, as people and banks lose them: `FT 26-327/Đ1` becomes `ft26327d1`. The same as the
 * database's lephi_reference.
 */
export const foldReference = (text: string): string =>
  text
    .replace(/[đĐ]/g, 'd')
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '')

/** So many words of a name are looked for. */
const nameWordsMax = 8

/** The words that somebody gives of a name: what spaces and ASCII signs separate, as the database's lephi_words has them. */
export const wordsOfName = (text: string): string[] =>
  nfc(text)
    .split(/[\s\u00a0\u2000-\u200b\u3000!-/:-@[-`{-~]+/u)
    .filter((word) => word !== '')
    .slice(0, nameWordsMax)

/** The first `maxChars` code points. Never cuts an emoji or a rare letter in half. */
export function clip(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text
  return Array.from(text.slice(0, maxChars * 2))
    .slice(0, maxChars)
    .join('')
}

/**
 * The text with all but its last `visible` code points replaced by `•`. At most half of it is ever shown, so a short
 * text gives less away: `maskTail('0912345678', 3)` is `•••••••678`, `maskTail('1234', 4)` is `••34`.
 */
export function maskTail(text: string, visible: number): string {
  const characters = Array.from(text)
  const shown = Math.max(0, Math.min(visible, Math.floor(characters.length / 2)))
  return '•'.repeat(characters.length - shown) + characters.slice(characters.length - shown).join('')
}

/** Whether a text holds a word, with no letter or digit right before or behind it. */
export const hasWord = (text: string, word: string): boolean => {
  if (word === '') return true
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (!isWordPart(text[at - 1]) && !isWordPart(text[at + word.length])) return true
  }
  return false
}

const isWordPart = (letter: string | undefined): boolean => letter !== undefined && /[\p{L}\p{N}]/u.test(letter)
