/** Whether a bank's statement is of the account that we know: banks write its number with their own code, a currency or zeros around it. */

export const isSameAccount = (told: string, number: string): boolean => {
  const wanted = plain(number)
  return told.split(/[^0-9A-Za-z]+/).some((part) => plain(part) === wanted) || plain(told) === wanted
}

const plain = (text: string): string =>
  text
    .replace(/[^0-9A-Za-z]/g, '')
    .toUpperCase()
    .replace(/VND$/, '')
    .replace(/^0+/, '')
