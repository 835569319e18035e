// How a test has a process that it starts hold its calls against openapi.yaml, and by what it knows that one was otherwise.
import { pathToFileURL } from 'node:url'

/** What such a line begins with. */
export const notDescribed = 'not as described:'

/** For the environment of the process. */
export const describedProcess = (): { NODE_OPTIONS: string } => {
  const loaded = pathToFileURL(new URL('described-process.ts', import.meta.url).pathname).href
  return { NODE_OPTIONS: [process.env.NODE_OPTIONS, `--import ${loaded}`].filter(Boolean).join(' ') }
}
