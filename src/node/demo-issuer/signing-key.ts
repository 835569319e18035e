// The key that the demo's issuer signs with: derived, so that a second start has the same one.
import { createECDH } from 'node:crypto'
import type { JWK } from 'oidc-provider'
import type { DemoSecrets } from '../demo-keys.ts'

/** A private key of P-256 for ES256. One in 2^32 secrets would be no key of that curve; then Node throws. */
export const demoSigningKey = (secrets: DemoSecrets): JWK => {
  const curve = createECDH('prime256v1')
  curve.setPrivateKey(secrets.secret('issuer signing key', 32), 'base64url')
  // Uncompressed: 0x04, x, y (SEC 1, section 2.3.3).
  const point = curve.getPublicKey()
  return {
    kty: 'EC',
    crv: 'P-256',
    use: 'sig',
    alg: 'ES256',
    kid: secrets.id('key', 'issuer'),
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33, 65).toString('base64url'),
    d: secrets.secret('issuer signing key', 32),
  }
}
