/** Which of two Workers answers at an address. */
/** Whether an app has an address, whatever the method: the wild ones stand for what is done at all of them. */
export const hasAddress = ({ routes }: { routes: readonly { path: string }[] }): ((path: string) => boolean) => {
  const patterns = [...new Set(routes.map(({ path }) => path))].filter((path) => !path.includes('*')).map(patternOf)
  return (path) => patterns.some((pattern) => pattern.test(path))
}

/** Parameters as Hono writes them: `:name`, or `:name{expression}` for a part of a segment. */
const patternOf = (path: string): RegExp => {
  const source = path.split('/').map((segment) => (segment.startsWith(':') ? '[^/]+' : segment.replaceAll('.', '\\.')))
  return new RegExp(`^${source.join('/')}$`)
}
