/** What `error_code` and `payment_status` say about money. */

export type Standing = 'paid' | 'failed' | 'pending' | 'nothing_yet'

/** `payment_status` (README.md, V1): -1 nothing happened yet, 0 waiting, 1 paid, 2 failed, 3 result unknown. An unlisted one is pending. */
const standings: Readonly<Record<string, Standing>> = { '-1': 'nothing_yet', '1': 'paid', '2': 'failed' }

/** Paid only when both say so; a contradiction waits. */
export const standingOf = ({ errorCode, paymentStatus }: { errorCode: string; paymentStatus: string }): Standing => {
  const standing = (Object.hasOwn(standings, paymentStatus) ? standings[paymentStatus] : null) ?? 'pending'
  return standing === 'paid' && errorCode !== '00' ? 'pending' : standing
}

/** One digit, perhaps negative: what lies beside it in the signed text are digits too, so nothing longer can be one. */
export const isPaymentStatus = (text: string): boolean => /^(?:-1|[0-9])$/.test(text)

export const isErrorCode = (text: string): boolean => /^[0-9]{2}$/.test(text)
