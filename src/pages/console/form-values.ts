/** What a form sent, as the API wants it: an empty field is nothing, a number a number. What cannot be read is sent on as it is, so that the API names it. */

type Form = ReadonlyMap<string, string>

/** The text of a field; null when nothing was typed. */
export const textOf = (form: Form, name: string): string | null => {
  const text = (form.get(name) ?? '').trim()
  return text === '' ? null : text
}

/** Whole đồng or another whole number, typed with or without dots, spaces and đ. */
export const numberOf = (form: Form, name: string): number | string | null => {
  const text = textOf(form, name)
  return text === null ? null : wholeOf(text)
}

/** The number that a text is, dots and commas only where they part thousands: `50000.00` is no five millions. What is none stays the text. */
export const wholeOf = (text: string): number | string => {
  const digits = text
    .trim()
    .replace(/\s*(đ|₫|vnd)$/i, '')
    .replace(/[.\s,](?=\d{3}(?!\d))/g, '')
  return /^-?\d{1,15}$/.test(digits) ? Number(digits) : text
}

/** A box that is ticked. */
export const isTicked = (form: Form, name: string): boolean => form.get(name) === 'on'

/** One entry a line. */
export const linesOf = (form: Form, name: string): string[] =>
  (form.get(name) ?? '')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')

/** Without what is null: for members that may be left out but not emptied. */
export const given = (members: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null))
