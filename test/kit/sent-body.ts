// The body of a call as its description sees it.

/** The text of JSON or of a form; the fields of a form of several parts, in which a file is its name; null where it is not known. */
export type Sent = string | Readonly<Record<string, string>> | null

/** Reads what was sent under this `content-type`. A form of several parts that nobody can read is none. */
export const readSent = async (type: string, body: Uint8Array | string): Promise<Sent> => {
  if (!/^multipart\/form-data\b/i.test(type)) return typeof body === 'string' ? body : new TextDecoder().decode(body)
  try {
    return fieldsOf(
      await new Response(typeof body === 'string' ? body : new Uint8Array(body), {
        headers: { 'content-type': type },
      }).formData(),
    )
  } catch {
    return null
  }
}

export const fieldsOf = (form: FormData): Record<string, string> =>
  Object.fromEntries([...form].map(([name, value]) => [name, typeof value === 'string' ? value : value.name]))
