// Somebody must be out at once: an account was stolen, or the issuer does not tell us of people who left.
import { writeAudit } from '../../flows/write-audit.ts'
import { endOpenSessions } from '../../store/end-sessions.ts'
import { type Command, UsageError } from './command.ts'

export const endSessionsCommand: Command = {
  group: 'Keys and people',
  usage: '--subject ISSUER#SUBJECT | --all',
  summary: 'End every session of one person in the console, or of everybody',
  about: 'Each is on record. Close the account at its issuer first, or the person signs in again',
  example: "npx lephi end-sessions --subject 'https://id.example.vn#lan'",
  options: {
    subject: { type: 'string', value: 'ISSUER#SUBJECT', help: 'one person, as the audit log names them' },
    all: { type: 'boolean', help: 'everybody' },
  },
  run: async ({ open, options }) => {
    const subject = typeof options.subject === 'string' ? options.subject : null
    if ((subject === null) === (options.all !== true)) throw new UsageError('give --subject or --all')
    if (subject !== null && !subject.includes('#')) throw new UsageError('--subject is ISSUER#SUBJECT')
    const { deps } = await open()
    const ended = await endOpenSessions(deps.db, { subject, at: deps.now() })
    // Whoever has this machine needs no token, but what is done is on record all the same.
    const about = { action: 'session.ended', requestId: 'cli', clientAddress: '', query: { by: 'operator' } } as const
    for (const session of ended) await writeAudit(deps, { ...about, actor: session.subject, scope: session.agency })
    const people = new Set(ended.map((session) => session.subject)).size
    return {
      exitCode: 0,
      lines: [`${ended.length} sessions of ${people} people have ended`],
      json: { ended: ended.length, people },
    }
  },
}
