/** The seal over the ledger: the signed roots of its days, and the proof that an entry is under one of them. */
import { z } from '@hono/zod-openapi'
import { covers, systemScope } from '../domain/agency-scope.ts'
import { presentSeal, type SignedSeal, tenantOf } from '../domain/ledger-seal.ts'
import { Refusal } from '../domain/refusal.ts'
import { type EntryProof, proveEntry } from '../flows/prove-entry.ts'
import { toHex } from '../lib/hex.ts'
import { listSeals } from '../store/ledger-seals.ts'
import { chooseType } from './accept.ts'
import { agencyCodeField, day, idField, instantOut } from './fields.ts'
import { pageAnswer, pageOf, pageQuery, readPage } from './paging.ts'
import { defineRoute } from './route.ts'

const hash = z.string().openapi({ description: 'SHA-256, lowercase hex.', pattern: '^[0-9a-f]{64}$' })

const sealObject = z
  .strictObject({
    agency_code: z.string().openapi({ description: 'The agency at the top of the tree, whose ledger it is.' }),
    day: z.string().openapi({ description: 'The business day in which the records got their places in the chain.' }),
    first_place: z.int(),
    last_place: z.int().openapi({ description: 'One less than first_place on a day without records.' }),
    count: z.int(),
    root: hash,
    chain_hash: hash,
    previous_root: hash.nullable(),
    sealed_at: instantOut,
    format: z.int().openapi({ description: '1: entries and facts have places in the chain. 2: events as well.' }),
    kid: z.string(),
    jws: z
      .string()
      .openapi({ description: 'All of it signed, as one compact JWS; the key is in /.well-known/jwks.json.' }),
  })
  .openapi('LedgerSeal')

const proofObject = z
  .strictObject({
    entry: z.string(),
    place: z.int(),
    canonical: z.string().openapi({ description: 'The entry and its postings, byte for byte as they were hashed.' }),
    leaf_hash: hash,
    index: z.int().openapi({ description: 'From 0, among the leaves of the day.' }),
    tree_size: z.int(),
    path: z
      .array(hash)
      .openapi({ description: 'The hashes beside the way to the root, the nearest to the leaf first.' }),
    seal: sealObject,
  })
  .openapi('LedgerProof')

const joseType = 'application/jose'

export const ledgerRoutes = [
  defineRoute({
    method: 'get',
    path: '/v1/ledger/seals',
    operationId: 'listLedgerSeals',
    summary: 'The signed roots of the ledger’s days',
    description:
      'Every business day has one, also a day without entries. As application/jose, one compact JWS a line: what `npx lephi verify-ledger --seals` compares the ledger with.',
    tag: 'Ledger',
    scopes: ['reports:read'],
    audit: { file: 'ledger_seals.exported' },
    request: {
      query: z.strictObject({
        ...pageQuery,
        from: day.optional(),
        to: day.optional(),
        agency_code: agencyCodeField.optional(),
      }),
    },
    responses: {
      200: {
        description: 'A page, oldest first.',
        schema: pageOf(sealObject),
        contentTypes: ['application/json', joseType],
      },
    },
    errors: ['not_found', 'not_acceptable'],
    handle: async ({ deps, caller, query, request }) => {
      const type = chooseType(request.headers.get('accept'), ['application/json', joseType])
      const { limit, after } = readPage('ledger_seals', query)
      const rows = await listSeals(deps.db, {
        agencyCode: wantedTenant(caller.agency, query.agency_code),
        from: query.from ?? null,
        to: query.to ?? null,
        after: after === null ? null : keyAfter(after),
        limit: limit + 1,
      })
      const page = pageAnswer(rows, { list: 'ledger_seals', limit, keyOf, present: presentSeal })
      if (type === 'application/json') return { status: 200, json: page, headers: { vary: 'accept' } }
      const body = page.data.map(({ jws }) => jws).join('\n')
      const headers = { 'content-type': joseType, 'cache-control': 'no-store', vary: 'accept' }
      return new Response(body, { status: 200, headers: { ...headers, ...linkToNext(request.url, page.next_cursor) } })
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/ledger/entries/{id}/proof',
    operationId: 'proveLedgerEntry',
    summary: 'Prove that an entry is in the sealed ledger',
    description:
      'A Merkle inclusion proof (RFC 9162, section 2.1.3) under the signed root of the day in which the entry was chained. The leaf is SHA-256 of a zero byte and `canonical`.',
    tag: 'Ledger',
    scopes: ['reports:read'],
    objects: { id: 'journal_entry' },
    request: { params: z.strictObject({ id: idField('jrn') }) },
    responses: { 200: { description: 'The proof.', schema: proofObject } },
    errors: ['not_found', 'entry_not_sealed'],
    handle: async ({ deps, caller, params }) => ({
      status: 200,
      json: presentProof(await proveEntry(deps, caller.agency, params.id)),
    }),
  }),
]

/** Where a page holds texts alone, the next one is named as RFC 8288 says. */
const linkToNext = (url: string, cursor: string | null): Record<string, string> => {
  if (cursor === null) return {}
  const next = new URL(url)
  next.searchParams.set('cursor', cursor)
  return { link: `<${next.pathname}${next.search}>; rel="next"` }
}

/** A caller sees the seals of their own province; who speaks for the whole system may name one. */
const wantedTenant = (scope: string, agencyCode: string | undefined): string | null => {
  if (agencyCode === undefined) return scope === systemScope ? null : tenantOf(scope)
  if (!covers(scope, agencyCode) && agencyCode !== tenantOf(scope))
    throw new Refusal('not_found', 'There is no such agency.')
  return tenantOf(agencyCode)
}

const keyOf = (seal: SignedSeal): string => `${seal.day} ${seal.agencyCode}`
const keyAfter = (key: string) => ({ day: key.slice(0, 10), agencyCode: key.slice(11) })

const presentProof = ({ entryId, place, canonical, leaf, inclusion, seal }: EntryProof) => ({
  entry: entryId,
  place,
  canonical,
  leaf_hash: toHex(leaf),
  index: inclusion.index,
  tree_size: inclusion.size,
  path: inclusion.path.map(toHex),
  seal: presentSeal(seal),
})
