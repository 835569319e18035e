// What another reader finds in a PDF: its texts, page by page.
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs'

/** The texts of each page, in the order in which they were drawn. */
export const pdfTexts = async (bytes: Uint8Array): Promise<string[][]> => {
  const document = await getDocument({ data: bytes.slice(), useSystemFonts: false, verbosity: 0 }).promise
  try {
    const pages: string[][] = []
    for (let number = 1; number <= document.numPages; number++) {
      const { items } = await (await document.getPage(number)).getTextContent()
      pages.push(items.flatMap((item) => ('str' in item && item.str.trim() !== '' ? [item.str] : [])))
    }
    return pages
  } finally {
    await document.loadingTask.destroy()
  }
}

/** Everything on all pages, as one text. */
export const pdfText = async (bytes: Uint8Array): Promise<string> => (await pdfTexts(bytes)).flat().join(' ')
