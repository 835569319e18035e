// The text of an XML file: in the encoding that its first bytes show or that it declares (XML 1.0, appendix F), piece by piece.

/** Decodes a file's bytes, fed in order. Bytes that are no text become U+FFFD, so that they cost one element and not the rest. */
export function createXmlDecoder(): { write: (bytes: Uint8Array) => string; end: () => string } {
  let decoder: TextDecoder | null = null
  let head = new Uint8Array(0)
  const start = () => {
    decoder = new TextDecoder(encodingOf(head))
    return decoder.decode(head, { stream: true })
  }
  return {
    write: (bytes) => {
      if (decoder) return decoder.decode(bytes, { stream: true })
      const joined = new Uint8Array(head.length + bytes.length)
      joined.set(head)
      joined.set(bytes, head.length)
      head = joined
      return head.length < headBytes ? '' : start()
    },
    end: () => (decoder ? '' : start()) + (decoder?.decode() ?? ''),
  }
}

const headBytes = 256
/** What is read; another declared encoding is read as UTF-8, and shows as such. */
const declarable = ['utf-8', 'us-ascii', 'iso-8859-1', 'iso-8859-15', 'windows-1252', 'windows-1258']

const encodingOf = (head: Uint8Array): string => {
  const [first, second] = head
  if ((first === 0xff && second === 0xfe) || (first === 0x3c && second === 0)) return 'utf-16le'
  if ((first === 0xfe && second === 0xff) || (first === 0 && second === 0x3c)) return 'utf-16be'
  const text = new TextDecoder('latin1').decode(head.subarray(0, headBytes))
  const declared = /^[^<]{0,3}<\?xml[^>]*\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']/.exec(text)?.[1]?.toLowerCase()
  return declared && declarable.includes(declared) ? declared : 'utf-8'
}
