// The gateway's events on a developer's own machine, which no webhook from outside reaches.
import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { webhookSecret } from '../../domain/webhook-signature.ts'
import { webhookUrlProblem } from '../../domain/webhook-url.ts'
import { demoFilePath, readDemoFile } from '../demo-file.ts'
import { endOfFeed, type Followed, forwardFeed } from '../listen/forward-feed.ts'
import { keepPlace, type Place, readPlace } from '../listen/kept-places.ts'
import { type FeedClient, openFeed } from '../listen/read-feed.ts'
import { readPrivateFile } from '../private-file.ts'
import { type Command, type CommandAnswer, type CommandContext, needed, type Options, UsageError } from './command.ts'

export const listenCommand: Command = {
  group: 'Develop and try',
  usage: '--forward-to URL [--from-start] [--once] [--gateway URL --client-file FILE]',
  summary: 'Send each event to a URL on this machine as a signed webhook, until Ctrl-C',
  about:
    'A line for each with the answer; what is not taken is sent four times more and then given up. Started again it goes on where it was; the first time it begins with what comes. With --json it prints an object for each event, and one at the end',
  example: 'npx lephi listen --forward-to http://127.0.0.1:3000/webhooks',
  options: {
    'forward-to': { type: 'string', value: 'URL', help: 'where the events go: https, or this machine' },
    'from-start': { type: 'boolean', help: 'from the first event on that the client may read' },
    once: { type: 'boolean', help: 'end with the last event that there is' },
    gateway: { type: 'string', value: 'URL', help: 'another gateway than that of demo.json' },
    'client-file': {
      type: 'string',
      value: 'FILE',
      help: 'its client_id and client_secret, as POST /v1/clients answers them',
    },
  },
  found: 'an event was given up, or the gateway refuses',
  run: async (context) => {
    const { config, options, print, tell, interruption } = context
    const url = targetOf(options)
    const { gateway, client } = await clientOf(context)
    const signal = interruption()
    const feed = openFeed(gateway, client, signal)
    const listener = [gateway, client.client_id, url].join(' ')
    const kept = await readPlace(config.dataDir, listener)
    const place: Place = { after: null, secret: webhookSecret(randomBytes(32).toString('base64url')), ...kept }
    if (options['from-start'] === true) place.after = null
    else if (kept === null) place.after = await endOfFeed({ feed, signal, tell })
    if (signal.aborted) return answerOf({ taken: 0, givenUp: 0, after: kept?.after ?? null })
    await keepPlace(config.dataDir, listener, place)
    tell(`${gateway} → ${url}, after ${place.after ?? 'nothing'}; signed with ${place.secret}`)
    const followed = await forwardFeed({
      ...place,
      feed,
      url,
      signal,
      tell,
      isOnce: options.once === true,
      done: async ({ id, type, order }, { status, error, tries, isTaken }) => {
        await keepPlace(config.dataDir, listener, { ...place, after: id })
        const line = { event: id, type, order, status, error, tries, taken: isTaken }
        const answer = `${status ?? error}${tries > 1 ? ` after ${tries} tries` : ''}${isTaken ? '' : ', given up'}`
        print(options.json === true ? JSON.stringify(line) : `${type} ${id} ${order ?? ''} → ${answer}`)
      },
    })
    return answerOf(followed)
  },
}

const answerOf = ({ taken, givenUp, after }: Followed): CommandAnswer => ({
  exitCode: givenUp > 0 ? 1 : 0,
  lines: [`${taken} events were taken, ${givenUp} were given up; the last one is ${after ?? 'none'}`],
  json: { taken, given_up: givenUp, last_event: after },
})

const targetOf = (options: Options): string => {
  const url = needed(options, 'forward-to')
  // As for an endpoint of the demo: what is sent has personal data in it, and crosses no network without TLS.
  const problem = webhookUrlProblem(url, { mode: 'demo', privateHosts: [] })
  if (problem) throw new UsageError(`--forward-to ${problem}`)
  return url
}

const clientFile = z.object({ client_id: z.string().min(1), client_secret: z.string().min(1) })

/** A secret in a file and not in the command line, which every user of a machine can read. */
const clientOf = async ({ config, options }: CommandContext): Promise<{ gateway: string; client: FeedClient }> => {
  const named = [options.gateway, options['client-file']].filter((value) => value !== undefined)
  if (named.length === 0) {
    const demo = await readDemoFile(config.dataDir)
    if (!demo)
      throw new UsageError(
        `there is no ${demoFilePath(config.dataDir)}: npm start writes it; or give --gateway and --client-file`,
      )
    return { gateway: demo.base_url, client: demo.clients.portal }
  }
  const gateway = needed(options, 'gateway').replace(/\/$/, '')
  if (!/^https?:$/.test(URL.parse(gateway)?.protocol ?? ''))
    throw new UsageError('--gateway must be an http(s) address')
  const path = needed(options, 'client-file')
  const text = await readPrivateFile(path)
  if (text === null) throw new UsageError(`--client-file: there is no ${path}`)
  const client = clientFile.safeParse(parse(text))
  if (!client.success)
    throw new UsageError('--client-file: needs client_id and client_secret, as POST /v1/clients answers')
  return { gateway, client: client.data }
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
