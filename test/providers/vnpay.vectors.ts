/** The signature vectors of VNPAY. */
import { readVectors, type Vector } from './vectors.ts'

export const { vectors, policyCases, vectorsOf } = readVectors('vnpay')

export { bodyOf, type Vector } from './vectors.ts'

/** Whether npm `vnpay` 2.5.0 was found to read this message as the vector does. */
export const sdkAgrees = ({ crossCheck }: Vector): boolean => crossCheck['vnpay-2.5.0'] === 'agree'

export const accountOf = ({ secret }: Pick<Vector, 'secret'>): Record<string, unknown> => ({
  tmn_code: 'TESTTMN1',
  hash_secret: secret,
  payment_url: 'https://sandbox.vnpayment.vn/paymentv2/vpcpay.html',
  api_url: 'https://sandbox.vnpayment.vn/merchant_webapi/api/transaction',
  server_ip: '198.51.100.7',
})
