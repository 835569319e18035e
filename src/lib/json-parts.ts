// Cuts JSON text where its commas are and leaves every byte as it is: signatures and hashes are over bytes, and whoever parses and writes again moves members.

/** The items of an array or the members of an object, each as it is written. The text must be valid JSON. */
export function jsonParts(json: string): string[] {
  const parts: string[] = []
  let depth = 0
  let start = 0
  for (const { 0: sign, index } of json.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{},]/g)) {
    if (sign === '[' || sign === '{') depth += 1
    if (depth === 1 && sign.length === 1) {
      const part = json.slice(start, index).trim()
      if (part !== '' && start > 0) parts.push(part)
      start = index + 1
    }
    if (sign === ']' || sign === '}') depth -= 1
  }
  return parts
}

/** What stands behind the name of a member of an object; null where there is no such member. */
export function jsonMember(json: string, name: string): string | null {
  const head = JSON.stringify(name)
  for (const part of jsonParts(json)) {
    const value = part.startsWith(head) ? /^\s*:\s*/.exec(part.slice(head.length)) : null
    if (value) return part.slice(head.length + value[0].length)
  }
  return null
}
