// What a statement leaves behind on its connection: behind a pooler that lends one for a transaction, it would meet whoever gets that connection next, and be gone for whoever left it.
import { lineOf, type Source } from './source.ts'

/** The first goes past any pooler (DATABASE_MIGRATIONS_URL), the second has a server of its own. */
const pastPoolers = /^src\/(store\/online-migration\.ts|node\/commands\/simulate\/)/

const lasting: Record<string, RegExp> = {
  'a lock of the session': /\bpg_(?:try_)?advisory_(?:un)?lock(?:_shared|_all)?\b/i,
  'a setting of the session': /set_config\([^()]*,\s*false\s*\)|(?:^|;)\s*(?:re)?set\s+(?!local\b|constraints\b)\w/,
  'a temporary table': /create temp(?:orary)? table(?![^;]*on commit drop)/i,
  'a statement that is kept': /(?:^|;)\s*prepare\s/i,
  'a cursor that outlives its transaction': /\bwith hold\b/i,
  'a subscription': /(?:^|;)\s*(?:un)?listen\s/i,
}

/** Where SQL of the gateway does that. */
export const sessionState = (sources: readonly Source[]): string[] =>
  sources
    .filter(({ path }) => path.startsWith('src/') && !pastPoolers.test(path))
    .flatMap((source) =>
      source.nodes
        .filter(
          (node) => node.type === 'TemplateLiteral' || (node.type === 'Literal' && typeof node.value === 'string'),
        )
        .flatMap((node) => {
          const text = source.text.slice(node.start + 1, node.end - 1)
          return Object.entries(lasting).flatMap(([what, pattern]) =>
            pattern.test(text) ? [`${source.path}:${lineOf(source, node)} leaves ${what}`] : [],
          )
        }),
    )

/** The same of functions in the database, which are called within a transaction: only what they could leave is looked for. */
export const sessionStateOf = (migrations: readonly { path: string; text: string }[]): string[] =>
  migrations.flatMap(({ path, text }) =>
    ['a lock of the session', 'a setting of the session', 'a temporary table'].flatMap((what) =>
      text
        .split('--> statement-breakpoint')
        .some((statement) => lasting[what]?.test(statement.replaceAll(/--.*$/gm, '')))
        ? [`${path} leaves ${what}`]
        : [],
    ),
  )
