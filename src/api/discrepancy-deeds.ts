/** What a person does about a discrepancy: takes it, notes what is known, resolves it alone or with a second person, opens it again. */
import { z } from '@hono/zod-openapi'
import { presentDiscrepancy } from '../domain/present-reconciliation.ts'
import type { RefusalCode } from '../domain/refusal.ts'
import {
  approveResolution,
  assignDiscrepancy,
  type Decider,
  noteDiscrepancy,
  rejectResolution,
  reopenDiscrepancy,
  resolveDiscrepancy,
} from '../flows/decide-discrepancy.ts'
import type { Deps } from '../flows/deps.ts'
import type { Discrepancy } from '../store/discrepancies.ts'
import { discrepancyId, discrepancyObject, evidence } from './discrepancy-schemas.ts'
import { text } from './fields.ts'
import { defineRoute } from './route.ts'

type Deed<Json extends z.ZodType> = {
  verb: string
  operationId: string
  summary: string
  description: string
  json: Json
  errors: readonly RefusalCode[]
  /** True for what a checker does as well. */
  isDecision?: boolean
  act: (deps: Deps, decider: Decider, input: { id: string; json: z.output<Json> }) => Promise<Discrepancy>
}

const deed = <Json extends z.ZodType>({ verb, json, errors, isDecision, act, ...told }: Deed<Json>) =>
  defineRoute({
    method: 'post',
    path: `/v1/discrepancies/{id}/${verb}`,
    ...told,
    tag: 'Reconciliation',
    scopes: isDecision ? ['reconciliation:write', 'refunds:approve'] : ['reconciliation:write'],
    objects: { id: 'discrepancy' },
    idempotencyKey: 'natural',
    request: { params: discrepancyId, json },
    responses: { 200: { description: 'The discrepancy.', schema: discrepancyObject } },
    errors: ['not_found', ...errors],
    handle: async ({ deps, caller, params: { id }, json: input }) => {
      const decider = { scope: caller.agency, actor: caller.clientId }
      return { status: 200, json: presentDiscrepancy(await act(deps, decider, { id, json: input }), deps.now()) }
    },
  })

const version = z.int().min(0).optional()
const onlyAsRead = 'With `version`, as it was read, it is refused when anything was said of the discrepancy since.'

export const discrepancyDeedRoutes = [
  deed({
    verb: 'resolve',
    operationId: 'resolveDiscrepancy',
    summary: 'Resolve a discrepancy',
    description:
      'Returns no money to anybody: a refund or a correction is asked for by itself. A resolution that the policy of the class gives to two persons (`GET /v1/discrepancy_policies`) becomes a proposal, `proposed`, that another one approves or rejects, however it is spelt; one of another class is refused. So do own words about an amount wherever the class has a resolution for two. Any other is final, and what the discrepancy held in suspense is taken back. The history keeps who resolved it, how and why. What is resolved already is refused, so that a repetition decides nothing.',
    json: z.strictObject({ resolution: text(100), note: text(1_000), evidence: evidence.optional() }),
    errors: ['discrepancy_not_open'],
    act: (deps, decider, { id, json: { evidence: shown = [], ...said } }) =>
      resolveDiscrepancy(deps, decider, { id, ...said, evidence: shown }),
  }),
  deed({
    verb: 'approve',
    operationId: 'approveResolution',
    summary: 'Approve the resolution, or the opening again, that is proposed',
    description: `Who proposed it cannot approve it; a proposal ends by itself when the amount changes. ${onlyAsRead} What was decided already is refused, so that a repetition decides nothing.`,
    json: z.strictObject({ note: text(1_000).optional(), version }).optional(),
    errors: ['discrepancy_not_proposed', 'maker_cannot_approve', 'conflict'],
    isDecision: true,
    act: (deps, decider, { id, json }) =>
      approveResolution(deps, decider, { id, note: json?.note ?? '', version: json?.version }),
  }),
  deed({
    verb: 'reject',
    operationId: 'rejectResolution',
    summary: 'Send the resolution, or the opening again, that is proposed back',
    description: `The discrepancy is open again; where opening it again was proposed, it stays resolved. Who proposed it may withdraw it so. ${onlyAsRead} What was decided already is refused, so that a repetition decides nothing.`,
    json: z.strictObject({ note: text(1_000), version }),
    errors: ['discrepancy_not_proposed', 'conflict'],
    isDecision: true,
    act: (deps, decider, { id, json }) => rejectResolution(deps, decider, { id, ...json }),
  }),
  deed({
    verb: 'reopen',
    operationId: 'reopenDiscrepancy',
    summary: 'Open a resolved discrepancy again',
    description:
      'Its money is in suspense again. What two persons decided takes two again: it stays resolved, with `reopening` saying who asks, until another one approves or rejects that. One that is open, or asked for already, is refused, so that a repetition decides nothing.',
    json: z.strictObject({ note: text(1_000).optional() }).optional(),
    errors: ['discrepancy_not_resolved', 'already_exists'],
    act: (deps, decider, { id, json }) => reopenDiscrepancy(deps, decider, { id, note: json?.note ?? '' }),
  }),
  deed({
    verb: 'assign',
    operationId: 'assignDiscrepancy',
    summary: 'Say whose a discrepancy is',
    description: '`owner` null: nobody’s. Assigning it to the same one again changes nothing but the history.',
    json: z.strictObject({ owner: text(200).nullable(), note: text(1_000).optional() }),
    errors: ['discrepancy_not_open'],
    act: (deps, decider, { id, json }) =>
      assignDiscrepancy(deps, decider, { id, owner: json.owner, note: json.note ?? null }),
  }),
  deed({
    verb: 'notes',
    operationId: 'noteDiscrepancy',
    summary: 'Add a note with its evidence',
    description:
      'Kept in the history, also of what is resolved, and never changed. The same note again by the same caller, with nothing said since, is kept once.',
    json: z.strictObject({ note: text(1_000), evidence: evidence.default([]) }),
    errors: ['too_many_notes'],
    act: (deps, decider, { id, json }) => noteDiscrepancy(deps, decider, { id, ...json }),
  }),
]
