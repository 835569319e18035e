/** Vietnamese text for protocols that take plain ASCII only. */

/**
 * `text` without diacritics (`Lệ phí` → `Le phi`), every character outside letters, digits and `allowed` as a space, spaces joined and trimmed, cut to
 * `lengthMax` characters. May be empty. `allowed` is a list of ASCII characters, for example `.,:-`.
 */
export const plainText = (text: string, { allowed, lengthMax }: { allowed: string; lengthMax: number }): string => {
  // NFD takes the marks off their letters; đ has no decomposition. Cutting first keeps a hostile length from costing anything.
  const letters = text
    .slice(0, lengthMax * 8)
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/đ/g, 'd')
    .replace(/Đ/g, 'D')
  const kept = Array.from(letters, (letter) =>
    /^[A-Za-z0-9]$/.test(letter) || allowed.includes(letter) ? letter : ' ',
  )
  return kept.join('').replace(/ +/g, ' ').trim().slice(0, lengthMax).trim()
}
