/** The typeface as files, and as the style sheet names them. Until a file is there, and wherever it is not, the system's own font is shown. */
import { type FontCut, fontCuts, fontVersion } from '../lib/web-font.ts'
import type { Asset } from './text-asset.ts'

const pathOf = ({ script, weight }: FontCut): string =>
  `/assets/be-vietnam-pro-${fontVersion}-${script}-${weight}.woff2`

export const fontAssets: readonly Asset[] = fontCuts.map((cut) => ({
  path: pathOf(cut),
  contentType: 'font/woff2',
  read: (deps) => deps.webFont(cut),
}))

/** To be put before the rules of a style sheet. */
export const fontFaces = fontCuts
  .map(
    (cut) =>
      `@font-face{font-family:"Be Vietnam Pro";font-weight:${cut.weight};font-display:swap;src:url(${pathOf(cut)}) format("woff2");unicode-range:${cut.range}}`,
  )
  .join('')

export const fontFamily = '"Be Vietnam Pro",system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif'
