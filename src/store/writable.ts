/**
 * Refuses what the driver could not write, before anything of a unit of work is sent. The driver finds such values only while it sends, when the statements before
 * and the commit after are already on their way.
 */

/** A part of a statement as the driver keeps it: a statement with its arguments, a row to insert, or a value of a given type. */
type Part = {
  args?: readonly unknown[]
  first?: unknown
  rest?: readonly unknown[]
  value?: unknown
  strings?: unknown
}

/** Throws RangeError for a time that is none, TypeError for JSON that cannot be written. */
export const refuseUnwritable = (value: unknown, depth = 0): void => {
  if (value instanceof Date) {
    const year = value.getUTCFullYear()
    if (Number.isNaN(year) || year < 1 || year > 9_999) throw new RangeError('a time that cannot be stored')
    return
  }
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array || depth > 8) return
  if (Array.isArray(value)) {
    for (const each of value) refuseUnwritable(each, depth + 1)
    return
  }
  const part: Part = value
  if (part.strings !== undefined || part.args !== undefined) refuseUnwritable([...(part.args ?? [])], depth + 1)
  else if (part.first !== undefined) refuseUnwritable([part.first, ...(part.rest ?? [])], depth + 1)
  // A value of a given type: json. Throws for a bigint and for a circle, as the driver would.
  else if ('value' in part && 'type' in part) JSON.stringify(part.value)
  else for (const each of Object.values(value)) refuseUnwritable(each, depth + 1)
}
