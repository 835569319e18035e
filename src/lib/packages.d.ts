// Files that come without types of their own.

/** A font in the Worker's bundle: an ArrayBuffer (rule `Data` of wrangler.toml). */
declare module '*.ttf'
declare module '*.woff2'
