/** What is wrong with a file or a row, in Vietnamese. */
export const problemWords = (_message: string): string | null => null
