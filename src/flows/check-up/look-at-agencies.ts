/** Whether every agency has what a payment of its fees needs: a merchant account, prices to compare with, and what a receipt must bear. */
import { broken, cutShort, doubtful, type Finding, fine, listed, orFine } from '../../domain/finding.ts'
import { businessDay } from '../../lib/time.ts'
import { readAgencyStandings, readSharedSeries } from '../../store/check-up.ts'
import type { Deps } from '../deps.ts'

const agenciesMax = 10_000
const seriesMax = 100

export const lookAtAgencies = async (
  deps: Pick<Deps, 'db' | 'now'>,
  max: number = agenciesMax,
): Promise<readonly Finding[]> => {
  const all = await readAgencyStandings(deps.db, { day: businessDay(deps.now()), limit: max })
  if (all.length === 0)
    return [broken('agencies', { found: 'there is none', todo: 'Enter the tree of agencies: npx lephi setup' })]
  const without = (lacks: (agency: (typeof all)[number]) => boolean): string[] =>
    all.filter(lacks).map(({ agencyCode }) => agencyCode)
  const noAccount = without(({ hasAccount }) => !hasAccount)
  const noFees = without(({ hasFees, comparesFees }) => comparesFees && !hasFees)
  const noTaxCode = without(({ hasTaxCode }) => !hasTaxCode)
  const shared = await readSharedSeries(deps.db, seriesMax)
  return [
    ...cutShort('agencies', { looked: all.length, max }),
    ...orFine('agencies', `${all.length}, and each is served by a merchant account`, [
      ...(noAccount.length > 0
        ? [
            doubtful('agencies', {
              found: `no merchant account serves ${listed(noAccount)}: nobody can pay there`,
              todo: 'Add an account of the agency, or of one above it: npx lephi setup, or POST /v1/merchant_accounts',
            }),
          ]
        : []),
    ]),
    noFees.length > 0
      ? doubtful('fees', {
          found: `no price holds today for ${listed(noFees)}: what a portal asks for is compared with nothing`,
          todo: 'Import the fee schedule (fees.csv of npx lephi setup), or set fee_check to off where none is wanted',
        })
      : fine('fees', 'every agency that compares prices has some that hold today'),
    ...orFine('receipts', 'every agency has a tax code and series of its own', [
      ...(noTaxCode.length > 0
        ? [
            broken('receipts', {
              found: `no receipt can be issued for ${listed(noTaxCode)}: there is no tax code`,
              todo: 'Add tax_code to agencies.csv and run npx lephi setup again, or PATCH /v1/agencies/{agency_code}; receipts that wait are issued then',
            }),
          ]
        : []),
      ...shared.map(({ taxCode, serial, agencies }) =>
        doubtful('receipts', {
          found: `${listed(agencies)} have the tax code ${taxCode} and number receipts in the same series ${serial}`,
          todo: 'Give each another receipt_serial_phi and receipt_serial_le_phi before the first receipt',
        }),
      ),
    ]),
  ]
}
