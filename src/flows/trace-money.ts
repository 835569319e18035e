/** A tracing case (tra soát): somebody asks another where money is, gets an answer, and the case is closed. It moves no money and changes no amount. */
import { Refusal } from '../domain/refusal.ts'
import { type TracingCase, tracingDueOn } from '../domain/tracing.ts'
import { databaseError, isDuplicate } from '../store/database.ts'
import { insertTracingCase, moveTracingCase, type NewTracingCase, type TracingSubject } from '../store/tracing-cases.ts'
import type { Decider } from './decide-discrepancy.ts'
import type { Deps } from './deps.ts'
import { newTracingCode } from './new-tracing-code.ts'

export type TracingInput = Pick<NewTracingCase, 'kind' | 'finder' | 'cause' | 'counterpart' | 'evidence' | 'about'>

/** Opens a case. Throws Refusal `invalid_input` for a subject that is not there, `already_exists` while one of its kind is open about the same. */
export const openTracing = async (deps: Deps, { scope, actor }: Decider, input: TracingInput): Promise<TracingCase> => {
  const now = deps.now()
  const opened = await insertTracingCase(deps.db, scope, {
    ...input,
    id: deps.newId('trc'),
    code: newTracingCode(deps),
    dueOn: tracingDueOn(input.kind, now),
    openedBy: actor,
    openedAt: now,
    eventId: deps.newId('evt'),
  }).catch((error: unknown) => {
    if (!isDuplicate(error, 'tracing_cases_one_open')) throw error
    throw new Refusal('already_exists', 'A case of this kind about the same is open already.', { cause: error })
  })
  if (!opened) throw noSubject(input.about)
  return opened
}

const noSubject = (about: TracingSubject): Refusal => {
  const [pointer, message] =
    'discrepancy' in about
      ? ['/discrepancy', 'names no discrepancy']
      : 'order' in about
        ? ['/order', 'names no order']
        : ['/statement_line', 'names no line of a statement']
  return new Refusal('invalid_input', `${pointer} ${message}.`, { errors: [{ pointer, message }] })
}

/** Writes down what was answered, and in which document. Throws Refusal `not_found`, `tracing_case_not_open`. */
export const answerTracing = (
  deps: Deps,
  decider: Decider,
  { id, result, document }: { id: string; result: string; document: string | null },
): Promise<TracingCase> => move(deps, decider, { id, to: 'answered', result, document })

/** Ends a case, answered or not, with a reason. Throws Refusal `not_found`, `tracing_case_not_open`. */
export const closeTracing = (
  deps: Deps,
  decider: Decider,
  { id, note }: { id: string; note: string },
): Promise<TracingCase> => move(deps, decider, { id, to: 'closed', note })

type Move = { id: string } & (
  | { to: 'answered'; result: string; document: string | null }
  | { to: 'closed'; note: string }
)

const move = async (deps: Deps, { scope, actor }: Decider, wanted: Move): Promise<TracingCase> => {
  const step = { ...wanted, by: actor, now: deps.now(), eventId: deps.newId('evt') }
  const moved = await moveTracingCase(deps.db, scope, step).catch((error: unknown) => {
    if (databaseError(error)?.constraint !== 'tracing_cases_forward') throw error
    throw new Refusal('tracing_case_not_open', 'The case is answered or closed already.', { cause: error })
  })
  if (!moved) throw new Refusal('not_found', 'There is no such tracing case.')
  return moved
}
