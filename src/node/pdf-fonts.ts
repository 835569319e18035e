// The typeface of printed documents: Be Vietnam Pro, whole, so that every Vietnamese sign is in it (SIL Open Font License 1.1).
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { PdfFonts } from '../lib/pdf.ts'

let fonts: Promise<PdfFonts> | null = null

/** Read once, when the first document is printed. */
export const readPdfFonts = (): Promise<PdfFonts> => {
  fonts ??= readBoth().catch((error: unknown) => {
    fonts = null
    throw error
  })
  return fonts
}

const readBoth = async (): Promise<PdfFonts> => {
  const [regular, bold] = await Promise.all([read('400Regular'), read('700Bold')])
  return { regular, bold }
}

const read = async (cut: string): Promise<Uint8Array> => {
  const { resolve } = createRequire(import.meta.url)
  return readFile(resolve(`@expo-google-fonts/be-vietnam-pro/${cut}/BeVietnamPro_${cut}.ttf`))
}
