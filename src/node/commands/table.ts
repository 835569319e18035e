// Tables and amounts in a terminal.

/** `1.250.000 ₫`, as Vietnamese write it. */
export const formatDong = (amount: bigint): string => `${amount.toString().replace(/\B(?=(\d{3})+$)/g, '.')} ₫`

/** Aligned lines with a header and a rule below it; columns of numbers stand to the right. Widths count letters, not the marks above them. */
export const table = (header: readonly string[], rows: readonly (readonly string[])[]): string[] => {
  const widths = header.map((name, column) => Math.max(...[name, ...rows.map((row) => row[column] ?? '')].map(widthOf)))
  const isNumeric = header.map(
    (_, column) => rows.length > 0 && rows.every((row) => /^[-\d.]+( ₫)?$|^$/.test(row[column] ?? '')),
  )
  const lineOf = (cells: readonly string[]) =>
    cells
      .map((cell, column) => {
        const padding = ' '.repeat(Math.max(0, (widths[column] ?? 0) - widthOf(cell)))
        return isNumeric[column] ? padding + cell : cell + padding
      })
      .join('  ')
      .trimEnd()
  return [lineOf(header), widths.map((width) => '─'.repeat(width)).join('  '), ...rows.map(lineOf)]
}

const widthOf = (text: string): number => Array.from(text.normalize('NFC')).length
