/** Whether a bank's statement is of the account that we know: banks write its number with their own code, a currency or zeros around it. */

export const isSameAccount = (told: string, number: string): boolean => {
  const wanted = plain(number)
  // A number of nothing, or of zeros alone, is no account's: it would be every other such number.
  if (wanted === '') return false
  return told.split(/[^0-9A-Za-z]+/).some((part) => plain(part) === wanted) || plain(told) === wanted
}

const plain = (text: string): string =>
  text
    .replace(/[^0-9A-Za-z]/g, '')
    .toUpperCase()
    .replace(/VND$/, '')
    .replace(/^0+/, '')
