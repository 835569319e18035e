// How a Content-Security-Policy names a text of ours that may run or be applied (W3C CSP Level 3, 2.3.1: hash-source).
import { sha256 } from './hmac.ts'

/** `sha256-…`, to be put between quotes. */
export const scriptHash = (text: string): string => `sha256-${btoa(String.fromCharCode(...sha256(text)))}`
