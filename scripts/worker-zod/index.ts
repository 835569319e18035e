// What the Workers have for `zod` (wrangler.toml, `alias`): zod without its messages in fifty languages, which esbuild keeps because `locales` is a value of the namespace `z`, and without the reading
// of other people's JSON Schema. A seventh of the front's upload, and nobody hears of it: the one language that is spoken is imported where it is (src/api/input.ts).
import * as z from './parts.ts'

export * from './parts.ts'
export { z }
