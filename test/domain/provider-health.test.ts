import { expect, it } from 'vitest'
import { type HealthEvidence, healthOf } from '../../src/domain/provider-health.ts'

const seen = (more: Partial<HealthEvidence>) =>
  healthOf({
    attempts: 0,
    captured: 0,
    silent: 0,
    calls: 0,
    unanswered: 0,
    latencyMs: 0,
    isBreakerOpen: false,
    ...more,
  })

it.each([
  ['unknown', {}],
  ['up', { attempts: 1 }],
  ['up', { calls: 1, unanswered: 1 }],
  ['up', { attempts: 4, silent: 4, calls: 4, unanswered: 4 }],
  ['degraded', { attempts: 5, silent: 2 }],
  ['up', { attempts: 7, silent: 2 }],
  ['degraded', { calls: 6, unanswered: 2 }],
  ['up', { calls: 7, unanswered: 2 }],
  ['degraded', { calls: 10, unanswered: 8 }],
  ['down', { calls: 10, unanswered: 9 }],
  ['down', { calls: 5, unanswered: 5 }],
  ['degraded', { attempts: 9, captured: 1, calls: 9, unanswered: 9 }],
  ['degraded', { calls: 5, latencyMs: 40_000 }],
  ['up', { calls: 5, latencyMs: 39_999 }],
  ['up', { calls: 4, latencyMs: 400_000 }],
  ['down', { isBreakerOpen: true }],
  ['down', { isBreakerOpen: true, attempts: 50, calls: 50 }],
] as const)('is %s when seen so: %j', (status, evidence) => expect(seen(evidence)).toBe(status))
