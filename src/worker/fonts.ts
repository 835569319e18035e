/** The typeface of pages and of printed documents, out of the modules that are uploaded beside the script. */
import regularFont from '@expo-google-fonts/be-vietnam-pro/400Regular/BeVietnamPro_400Regular.ttf'
import boldFont from '@expo-google-fonts/be-vietnam-pro/700Bold/BeVietnamPro_700Bold.ttf'
import latin400 from '@fontsource/be-vietnam-pro/files/be-vietnam-pro-latin-400-normal.woff2'
import latin700 from '@fontsource/be-vietnam-pro/files/be-vietnam-pro-latin-700-normal.woff2'
import latinExt400 from '@fontsource/be-vietnam-pro/files/be-vietnam-pro-latin-ext-400-normal.woff2'
import latinExt700 from '@fontsource/be-vietnam-pro/files/be-vietnam-pro-latin-ext-700-normal.woff2'
import vietnamese400 from '@fontsource/be-vietnam-pro/files/be-vietnam-pro-vietnamese-400-normal.woff2'
import vietnamese700 from '@fontsource/be-vietnam-pro/files/be-vietnam-pro-vietnamese-700-normal.woff2'
import type { Deps } from '../flows/deps.ts'
import type { FontScript, FontWeight } from '../lib/web-font.ts'

export const pdfFonts: Deps['pdfFonts'] = async () => ({
  regular: new Uint8Array(regularFont),
  bold: new Uint8Array(boldFont),
})

const files: Readonly<Record<FontScript, Readonly<Record<FontWeight, ArrayBuffer>>>> = {
  latin: { 400: latin400, 700: latin700 },
  'latin-ext': { 400: latinExt400, 700: latinExt700 },
  vietnamese: { 400: vietnamese400, 700: vietnamese700 },
}

export const webFont: Deps['webFont'] = async ({ script, weight }) => new Uint8Array(files[script][weight])
