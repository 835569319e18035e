/**
 * Links that open a bank's app with a transfer filled in. Shape: vietqr.io, "Deeplink App ngân hàng" (www.vietqr.io/deeplink.md, read 11/2026). Apps: those that its
 * changelog says fill the transfer in: OCB (2.12, 28/05/2024), ACB (2.15, 31/10/2025), BIDV (2.16, 09/01/2026), VietinBank (2.17, 13/02/2026), MB (2.18, 31/07/2026).
 * Codes of banks: "API danh sách ngân hàng" (www.vietqr.io/api-bank). The link goes by way of vietqr.io, which learns account, amount and text: an operator decides
 * whether it is shown.
 */

const apps = [
  { app: 'acb', name: 'ACB ONE' },
  { app: 'bidv', name: 'BIDV SmartBanking' },
  { app: 'mb', name: 'MB Bank' },
  { app: 'ocb', name: 'OCB OMNI' },
  { app: 'icb', name: 'VietinBank iPay' },
] as const

/** The code of the bank that is paid, by its BIN. A bank that is not here has no links. */
const codes: ReadonlyMap<string, string> = new Map([
  ['970405', 'vba'],
  ['970407', 'tcb'],
  ['970415', 'icb'],
  ['970416', 'acb'],
  ['970418', 'bidv'],
  ['970422', 'mb'],
  ['970436', 'vcb'],
])

export type AppTransfer = {
  bankBin: string
  account: string
  holder: string | null
  amount: bigint
  purpose: string | null
}

/** The links, by the app's name. `service` is the address of the service that leads to the app; `back` is where the app leads after paying, without a query: the description wants it as it is, and so the `@` of `ba`. */
export const bankAppLinks = (
  transfer: AppTransfer,
  { service, back }: { service: string; back: string },
): { name: string; href: string }[] => {
  const code = codes.get(transfer.bankBin)
  if (code === undefined) return []
  const { account, amount, purpose, holder } = transfer
  const about = [
    `am=${amount}`,
    ...(purpose === null ? [] : [`tn=${encodeURIComponent(purpose)}`]),
    `ba=${encodeURIComponent(account)}@${code}`,
    ...(holder === null ? [] : [`bn=${encodeURIComponent(holder)}`]),
    `url=${back}`,
  ]
  return apps.map(({ app, name }) => ({ name, href: `${service}?app=${app}&${about.join('&')}` }))
}
