// Each rule that says no is left out once. Some invariant must break, and the way there can be read; where none does, the rule is idle or the model is too small.
import { describe, expect, it } from 'vitest'
import { type Broken, explore, tellTrace } from './explore.ts'
import { presets } from './presets.ts'
import { ruleNames, without } from './rules.ts'

/** The world in which each rule is missed. A rule that is not here has no test, and fails the first one below. */
const missedIn: Readonly<Record<string, string>> = {
  'door.payer.orderTakesMoney': 'late',
  'door.payer.amountEqualsDue': 'accounting',
  'door.payer.referenceIsItsOwn': 'two orders',
  'door.payer.nothingGoesBack': 'surplus',
  'door.payer.wasNotRefusedAsLate': 'late',
  'door.fact.isNews': 'late',
  'door.arrival.isNotToldTwice': 'numbers',
  'door.reopening.wasNotSettledByPerson': 'accounting',
  'door.proposal.isNotProposed': 'late',
  'door.proposal.wasNotRefused': 'surplus',
  'order.start.orderIsOpen': 'late',
  'order.start.deadlineIsAhead': 'starting',
  'order.expire.deadlineHasPassed': 'deadlines',
  'order.expire.providersWereHeard': 'starting',
  'order.giveUp.itsTimeIsOver': 'late',
  'refund.request.isNotDisputed': 'disputed',
  'refund.request.noneIsOpen': 'again',
  'refund.request.somethingIsLeft': 'again',
  'refund.amount.isLeft': 'again',
  'refund.approve.awaitsDecision': 'again',
  'refund.approve.checkerIsNotMaker': 'again',
  'refund.approve.payeeIsAsSeen': 'by hand',
  'refund.approve.isNotDisputed': 'disputed',
  'refund.approve.moneyIsThere': 'reversing',
  'refund.reject.awaitsDecision': 'again',
  'refund.handOver.mayBeSent': 'again',
  'refund.handOver.isNotDisputed': 'disputed',
  'refund.handOver.moneyIsThere': 'reversing',
  'refund.release.moneyIsThere': 'reversing',
  'refund.settle.isUnderWay': 'settling',
  'refund.settle.speakerIsNotMaker': 'settling',
  'refund.confirm.isUnderWay': 'by hand',
  'refund.confirm.speakerIsNotMaker': 'by hand',
  'refund.confirm.speakerIsNotAlone': 'by hand',
  'refund.bounce.speakerIsNotMaker': 'by hand',
  'refund.told.isNotMoreThanAsked': 'settling',
  'extension.not_open': 'deadlines',
  'extension.past': 'deadlines',
  'extension.firm': 'deadlines',
  'extension.used_up': 'deadlines',
  'extension.not_yet': 'deadlines',
  'steps.versionIsCompared': 'racing',
  'steps.referenceStandsAtCommit': 'two orders',
  'steps.dossierStandsAtCommit': 'two orders',
  'steps.attemptIsWrittenFirst': 'starting',
  'steps.startSilenceIsUnknown': 'starting',
  'steps.refundIsMarkedFirst': 'refunding',
  'steps.refundSilenceIsUnknown': 'again',
  'steps.referenceIsKept': 'refunding',
  'steps.repeatIsSafe': 'refunding',
  'steps.leaseIsHeld': 'refunding',
  'steps.keyIsNew': 'again',
  'door.proposal.nothingIsUnderWay': 'one twice',
  'steps.denialOfRefundWaits': 'again',
}

const leaveOut = (rule: string): Broken | null => {
  const preset = presets.find(({ name }) => name === missedIn[rule])
  if (!preset) throw new Error(`no world is named for ${rule}`)
  const { start, bounds } = preset
  // Without a rule there may be states without end.
  return explore({ start, bounds, rules: without(rule), statesMax: 50_000 }).broken
}
const traceWithout = (rule: string): string => {
  const broken = leaveOut(rule)
  return broken ? tellTrace(broken) : 'nothing is broken'
}

it('names a world for every rule that the code runs', () => {
  expect(Object.keys(missedIn).toSorted()).toEqual(ruleNames.toSorted())
})

describe('an invariant breaks without', () => {
  it.for(ruleNames)('%s', (rule) => {
    const broken = leaveOut(rule)
    expect(broken, `${rule} is idle, or the model is too small`).not.toBeNull()
    expect(broken?.trace.length).toBeGreaterThan(0)
  })
})

describe('the way there', () => {
  it('is told in words where an order is paid with another amount', () => {
    expect(traceWithout('door.payer.amountEqualsDue')).toMatchInlineSnapshot(`
      "1. a citizen begins attempt @a to pay order 1
      2. the provider of @a takes 149999 đ, and tells of it
      broken: what pays an order is what it owes (order 1 owes 150000 đ)"
    `)
  })
  it('is told in words where a stale decision is committed', () => {
    expect(traceWithout('steps.versionIsCompared')).toMatchInlineSnapshot(`
      "1. a process has read, and is about to commit: a citizen begins attempt @a to pay order 1
      2. the portal cancels order 1
      3. it commits what it had read: a citizen begins attempt @a to pay order 1
      broken: nobody is sent to pay what is not owed (order 1 is cancelled, and its deadline is ahead)"
    `)
  })
  it('is told in words where a refund is sent before it is marked', () => {
    expect(traceWithout('steps.refundIsMarkedFirst')).toMatchInlineSnapshot(`
      "1. a citizen begins attempt @a to pay order 1
      2. the provider of @a takes 150000 đ, and tells of it
      3. the maker asks for 150000 đ of @a back
      4. checker approves R1@a
      5. the provider is asked for R1@a at once
      6. the process crashes after R1@a was called for and before it is written
      7. the provider is asked for R1@a at once
      broken: a provider is never asked to return more than it took (it took 150000 đ of @a and was asked for 300000 đ)"
    `)
  })
})
