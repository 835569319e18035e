// Packages and files that come without types of their own.

declare module 'fontkit' {
  export function create(bytes: Uint8Array, postscriptName?: string): never
}

/** A font in the Worker's bundle: an ArrayBuffer (rule `Data` of wrangler.toml). */
declare module '*.ttf'
declare module '*.woff2'
