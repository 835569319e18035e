// Codes of administrative procedures. Matching goes by the national code; the code as written is always kept.

/** The parts of a procedure code; `organisation` and `service` where the writing has them. */
export type ProcedureCode = { national: string; organisation: string | null; service: string | null }

/**
 * The parts of `1.001193`, `1.001193.H56`, `1.010708.000.00.00.H56` or `2.000815.000.00.00.H55.02`; null for another
 * shape. Old and new writing live side by side, and procedures without any code exist, so an unknown code is not an
 * error. Letters may be lower case. (Shapes seen in a provincial one-stop system, 2025.)
 */
export function readProcedureCode(text: string): ProcedureCode | null {
  const match = shape.exec(text.normalize('NFC').trim().toUpperCase())
  if (!match?.[1]) return null
  return { national: match[1], organisation: match[2] ?? null, service: match[3] ?? null }
}

/** Whether two codes name the same national procedure; codes of unknown shape only when written the same. */
export function isSameProcedure(a: string, b: string): boolean {
  const national = readProcedureCode(a)?.national
  return national === undefined ? a.trim() === b.trim() : national === readProcedureCode(b)?.national
}

const shape = /^(\d\.\d{6})(?:\.000\.00\.00)?(?:\.([A-Z]\d{2}))?(?:\.(\d{2}))?$/
