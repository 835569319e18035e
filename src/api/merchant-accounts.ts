/** Administration of merchant accounts: an agency's contracts and credentials with providers. */
import { z } from '@hono/zod-openapi'
import { presentMerchantAccount } from '../domain/present-administration.ts'
import { addMerchantAccount } from '../flows/add-merchant-account.ts'
import { changeMerchantAccount, readMerchantAccount, rotateMerchantKey } from '../flows/change-merchant-account.ts'
import { retireKey } from '../flows/retire-key.ts'
import { listMerchantAccounts } from '../store/merchant-accounts.ts'
import { withoutUndefined } from './changes.ts'
import { agencyCodeField, idField } from './fields.ts'
import { firstAnswer } from './first-answer.ts'
import {
  accountInput,
  accountObject,
  accountOf,
  accountPatch,
  credentialsInput,
  statementProfile,
} from './merchant-account-schemas.ts'
import { pageAnswer, pageOf, pageQuery, readPage } from './paging.ts'
import { defineRoute } from './route.ts'

const params = z.strictObject({ id: idField('mac') })
const found = { 200: { description: 'The merchant account.', schema: accountObject } }

export const merchantAccountRoutes = [
  defineRoute({
    method: 'post',
    path: '/v1/merchant_accounts',
    operationId: 'addMerchantAccount',
    summary: 'Add a merchant account',
    description:
      'Credentials and settings are checked together by the provider’s own rules; a wrong one is named, never repeated. Production refuses credentials that a provider publishes for tests, and addresses without https.',
    tag: 'Administration',
    scopes: ['admin'],
    idempotencyKey: 'accepted',
    request: { json: accountInput },
    responses: { 201: { description: 'The merchant account, without its credentials.', schema: accountObject } },
    errors: ['not_found', 'insecure_url', 'host_not_allowed'],
    handle: async ({ deps, caller, json, idempotencyKey }) => {
      const input = { account: accountOf(json), credentials: json.credentials, key: idempotencyKey, body: json }
      return firstAnswer(await addMerchantAccount(deps, caller, input))
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/merchant_accounts',
    operationId: 'listMerchantAccounts',
    summary: 'List merchant accounts',
    description:
      'In the order in which they were added. `agency_code` keeps that agency’s and those of the agencies below it.',
    tag: 'Administration',
    scopes: ['admin', 'reconciliation:read'],
    request: {
      query: z.strictObject({
        ...pageQuery,
        agency_code: agencyCodeField.optional(),
        provider: z.string().min(1).max(40).optional(),
      }),
    },
    responses: { 200: { description: 'A page of merchant accounts.', schema: pageOf(accountObject) } },
    handle: async ({ deps, caller, query }) => {
      const { limit, after } = readPage('merchant_accounts', query)
      const filter = { after, limit: limit + 1, agencyCode: query.agency_code, provider: query.provider }
      const rows = await listMerchantAccounts(deps.db, caller, filter)
      return {
        status: 200,
        json: pageAnswer(rows, {
          list: 'merchant_accounts',
          limit,
          keyOf: ({ id }) => id,
          present: presentMerchantAccount,
        }),
      }
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/merchant_accounts/{id}',
    operationId: 'readMerchantAccount',
    summary: 'Read a merchant account',
    tag: 'Administration',
    scopes: ['admin', 'reconciliation:read'],
    objects: { id: 'merchant_account' },
    request: { params },
    responses: found,
    handle: async ({ deps, caller, params: { id } }) => ({
      status: 200,
      json: presentMerchantAccount(await readMerchantAccount(deps, caller, id)),
    }),
  }),
  defineRoute({
    method: 'patch',
    path: '/v1/merchant_accounts/{id}',
    operationId: 'changeMerchantAccount',
    summary: 'Change a merchant account',
    description:
      '`settings` replaces all settings. A disabled account starts no payment; money of earlier ones is still booked.',
    tag: 'Administration',
    scopes: ['admin'],
    objects: { id: 'merchant_account' },
    request: { params, json: accountPatch },
    responses: found,
    errors: ['insecure_url', 'host_not_allowed', 'conflict'],
    handle: async ({ deps, caller, params: { id }, json }) => {
      const changes = withoutUndefined({
        title: json.title,
        status: json.status,
        settings: json.settings,
        payeeAccount: json.payee_account,
        providerFee: json.provider_fee === null ? {} : json.provider_fee,
        cutoff: json.cutoff,
        settlementDays: json.settlement_days,
        statementProfile: json.statement_profile,
      })
      return { status: 200, json: presentMerchantAccount(await changeMerchantAccount(deps, caller, { id, changes })) }
    },
  }),
  defineRoute({
    method: 'put',
    path: '/v1/merchant_accounts/{id}/statement_profile',
    operationId: 'setStatementProfile',
    summary: 'Say how the account’s own files are written',
    description:
      'The same as `statement_profile` of a change, for those who import statements. Statements that are in keep the profile that they were read by.',
    tag: 'Reconciliation',
    scopes: ['admin', 'reconciliation:write'],
    objects: { id: 'merchant_account' },
    idempotencyKey: 'natural',
    request: { params, json: statementProfile },
    responses: found,
    handle: async ({ deps, caller, params: { id }, json }) => {
      const changes = { statementProfile: json }
      return { status: 200, json: presentMerchantAccount(await changeMerchantAccount(deps, caller, { id, changes })) }
    },
  }),
  defineRoute({
    method: 'post',
    path: '/v1/merchant_accounts/{id}/rotate_key',
    operationId: 'rotateMerchantKey',
    summary: 'Rotate the credentials',
    description:
      'The new credentials are used at once for what we send; callbacks signed with the former are accepted for `overlap_hours` more. With 0, as after a leak, every former key ends at once. A repetition is `secret_in_use`, or with 0 rotates to the same credentials again.',
    tag: 'Administration',
    scopes: ['admin'],
    objects: { id: 'merchant_account' },
    idempotencyKey: 'natural',
    request: {
      params,
      json: z
        .strictObject({ credentials: credentialsInput, overlap_hours: z.int().min(0).max(720).default(24) })
        .openapi('KeyRotation'),
    },
    responses: found,
    errors: ['secret_in_use', 'conflict', 'insecure_url'],
    handle: async ({ deps, caller, params: { id }, json }) => {
      const rotation = { id, credentials: json.credentials, overlapHours: json.overlap_hours }
      return { status: 200, json: presentMerchantAccount(await rotateMerchantKey(deps, caller, rotation)) }
    },
  }),
  defineRoute({
    method: 'post',
    path: '/v1/merchant_accounts/{id}/keys/{key_id}/retire',
    operationId: 'retireMerchantKey',
    summary: 'End a former key now',
    description:
      'Refused with `secret_in_use` for the current key, while the key proved a callback within the last day, and while a payment that was started under it has no end yet. After a leak rotate with an overlap of 0 instead. A key that is still in use when its overlap ends is kept longer, for 30 days at most. A repetition changes nothing.',
    tag: 'Administration',
    scopes: ['admin'],
    objects: { id: 'merchant_account', key_id: 'merchant_key' },
    idempotencyKey: 'natural',
    request: { params: z.strictObject({ id: idField('mac'), key_id: idField('key') }) },
    responses: found,
    errors: ['secret_in_use'],
    handle: async ({ deps, caller, params: { id, key_id } }) => ({
      status: 200,
      json: presentMerchantAccount(await retireKey(deps, caller, { id, keyId: key_id })),
    }),
  }),
]
