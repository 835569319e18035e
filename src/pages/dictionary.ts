/** The sentences of a language. */
import type { Copy } from './copy.ts'
import { en } from './copy-en.ts'
import { vi } from './copy-vi.ts'
import type { Language } from './language.ts'

export const dictionary: Readonly<Record<Language, Copy>> = { vi, en }
