/** A QR code as a picture: SVG to be shown and PNG to be kept, dark on light whatever the page's colours, with nothing in it but squares. */
import { encodeQR } from 'qr'
import { drawPng } from '../lib/png.ts'

/** Light modules around the code; ISO/IEC 18004 asks for four. */
const quietZone = 4

/** Error correction M, as payment codes are usually printed (EMVCo leaves the level open). */
const rowsOf = (text: string): boolean[][] => encodeQR(text, 'raw', { ecc: 'medium', border: quietZone })

/** Large enough that a phone shows it sharp across its whole width. */
const pixelsPerModule = 16

export const drawCodePng = (text: string): Uint8Array => drawPng(rowsOf(text), pixelsPerModule)

export const drawCode = (text: string): string => {
  const rows = rowsOf(text)
  const size = rows.length
  const dark = rows.flatMap((row, y) => runsOf(row).map(({ x, length }) => `M${x} ${y}h${length}v1h-${length}z`))
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" width="360" height="360" shape-rendering="crispEdges">`,
    `<rect width="${size}" height="${size}" fill="#fff"/><path fill="#000" d="${dark.join('')}"/></svg>`,
  ].join('')
}

/** Neighbouring dark modules of a row, drawn as one. */
const runsOf = (row: readonly boolean[]): { x: number; length: number }[] => {
  const runs: { x: number; length: number }[] = []
  for (const [x, isDark] of row.entries()) {
    const last = runs.at(-1)
    if (!isDark) continue
    if (last && last.x + last.length === x) last.length += 1
    else runs.push({ x, length: 1 })
  }
  return runs
}
