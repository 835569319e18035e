/** Headers as OpenTelemetry writes them in OTEL_EXPORTER_OTLP_HEADERS (its specification, OTLP Exporter: "Specifying headers via environment variables"): W3C Baggage without properties. */

const headersMax = 16

/** A token of RFC 9110, 5.6.2. */
const nameShape = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
/** Without blanks around it. */
const valueShape = /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/
/** What a request says of itself, and no caller for it. */
const ownNames = /^(host|connection|te|upgrade|expect|trailer|transfer-encoding|content-.*)$/

/** `name=value,name2=value2`, values percent-encoded, by names in small letters. Null where any of it is not that: a header that was left out in silence would be a key that is missing. */
export const readHeaderList = (text: string): Record<string, string> | null => {
  const pairs = text.split(',').map(readPair)
  const read = pairs.filter((pair) => pair !== null)
  const headers = Object.fromEntries(read)
  const isWhole = read.length === pairs.length && Object.keys(headers).length === pairs.length
  return isWhole && pairs.length <= headersMax ? headers : null
}

const readPair = (text: string): [string, string] | null => {
  const at = text.indexOf('=')
  const name = text.slice(0, Math.max(0, at)).trim().toLowerCase()
  const value = decoded(text.slice(at + 1).trim())
  if (!nameShape.test(name) || ownNames.test(name)) return null
  return value !== null && valueShape.test(value) ? [name, value] : null
}

/** A semicolon would begin properties, which the format leaves out. */
const decoded = (text: string): string | null => {
  try {
    return text.includes(';') ? null : decodeURIComponent(text)
  } catch {
    return null
  }
}
