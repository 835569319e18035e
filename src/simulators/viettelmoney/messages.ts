// Owns Viettel Money's wire rules: which values are signed in which order, one after the other. Source: the vendor's sample pack (C#, Java, Node, PHP).
import { hmacBase64, sameText } from '../signing.ts'

const names = (text: string): readonly string[] => text.split(' ')

export const signedNames = {
  PAYMENT: names('billcode command merchant_code order_id trans_amount version'),
  VERIFY: names('billcode merchant_code order_id trans_amount'),
  VERIFY_REPLY: names('billcode error_code merchant_code order_id trans_amount'),
  RESULT: names('billcode cust_msisdn error_code merchant_code order_id payment_status trans_amount vt_transaction_id'),
  RESULT_REPLY: names('error_code merchant_code order_id'),
  INQUIRY: names('cmd merchant_code order_id version'),
  INQUIRY_RESPONSE: names('merchant_code order_id payment_status version'),
  REFUND: names('cmd merchant_code order_id originalRequestId refundType trans_amount version'),
  REFUND_RESPONSE: names('error_code merchant_code order_id version'),
} as const

export type MessageKind = keyof typeof signedNames
export type Message = Record<string, string>

export interface Keys {
  access_code: string
  hash_key: string
}

export const checkSum = (kind: MessageKind, message: Message, keys: Keys): Promise<string> =>
  hmacBase64('SHA-1', keys.hash_key, keys.access_code + signedNames[kind].map((name) => message[name] ?? '').join(''))

export const isSigned = async (kind: MessageKind, message: Message, keys: Keys): Promise<boolean> =>
  sameText(message.check_sum ?? '', await checkSum(kind, message, keys))

/** Form or query text, the check sum last. As in the samples only its `=` is escaped, so that a `+` arrives as a space. */
export const signedForm = async (kind: MessageKind, message: Message, keys: Keys): Promise<string> =>
  `${new URLSearchParams(message)}&check_sum=${(await checkSum(kind, message, keys)).replaceAll('=', '%3d')}`

/** The parameters of a query or form; null when one comes twice. */
export const readForm = (text: string): Message | null => {
  const pairs = [...new URLSearchParams(text)]
  const message = Object.fromEntries(pairs)
  return Object.keys(message).length === pairs.length ? message : null
}

/** The members of a JSON answer that are text; nothing for what is no JSON object. */
export const readJson = (text: string): Message => {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return {}
    return Object.fromEntries(
      Object.entries(value).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
    )
  } catch {
    return {}
  }
}
