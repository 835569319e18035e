// Docker's compose: the file and everything that it builds, mounts and asks for is there.
import { X509Certificate } from 'node:crypto'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { type Machine, need, Refused, readWords, type StandIn, textOf, variablesIn } from './machine.ts'

const verbs: Record<string, string[]> = { up: ['--build', '--detach'], down: [], ps: [] }

const file = z.object({
  services: z.record(
    z.string(),
    z.object({
      build: z.union([z.string(), z.object({ context: z.string(), dockerfile: z.string() })]).optional(),
      volumes: z.array(z.string()).default([]),
    }),
  ),
})

/** `docker compose --file FILE up`. */
export const docker: StandIn = (machine, [command, ...words]) => {
  if (command !== 'compose') throw new Refused(`no command ${command}`)
  const { given, plain } = readWords(words, { switches: Object.values(verbs).flat(), values: ['--file'] })
  const [verb = '', ...services] = plain
  const known = need(verbs[verb], `command compose ${verb}`)
  const strange = [...given.keys()].filter((name) => name !== '--file' && !known.includes(name))
  if (strange.length > 0) throw new Refused(`${verb} has no ${strange}`)
  const path = need(given.get('--file'), 'file that is named')
  const text = textOf(path)
  // Its own folder is the project's, and `.env` is looked for there.
  const folder = dirname(path)
  const variables = variablesIn(textOf(join(folder, '.env')))
  for (const [, name = ''] of text.matchAll(/\$\{(\w+):\?\}/g))
    if (!variables[name]) throw new Refused(`required variable ${name} is missing a value`)
  const all = file.parse(parse(text, { merge: true })).services
  for (const name of services) need(all[name], `service ${name}`)
  for (const { build, volumes } of Object.values(all)) lookAtPaths(folder, build, volumes)
  lookAtCertificate(machine, variables)
  machine.note(`docker compose ${verb} ${variables.PUBLIC_URL}`)
}

type Service = z.infer<typeof file>['services'][string]

const lookAtPaths = (folder: string, build: Service['build'], volumes: string[]): void => {
  const { context, dockerfile } = typeof build === 'object' ? build : { context: build, dockerfile: 'Dockerfile' }
  if (context !== undefined) textOf(join(folder, context, dockerfile))
  const mounted = volumes.map((volume) => volume.split(':')[0] ?? '').filter((path) => path.startsWith('.'))
  for (const path of mounted) if (!existsSync(join(folder, path))) throw new Refused(`nothing to mount at ${path}`)
}

/** The proxy is user 99 and ends where it cannot read its certificate and key. */
const lookAtCertificate = (machine: Machine, variables: Record<string, string>): void => {
  const folder = machine.here(variables.FRONT_CERTIFICATES ?? '')
  const pem = textOf(join(folder, 'front.pem'))
  if (!new X509Certificate(pem).subject || !pem.includes('PRIVATE KEY'))
    throw new Refused('no certificate with its key')
  const owned = `chown 99 ${folder}`.replaceAll(machine.root, '')
  if (!machine.done().includes(owned)) throw new Refused(`user 99 cannot read ${folder}`)
}
