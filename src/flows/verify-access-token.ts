/**
 * A token of another issuer is taken for access alone. What that issuer signs besides (ID tokens, tokens to renew with, logout tokens) may be for the same audience, and says by
 * its type or by claims of its own what it is (RFC 8725, sections 3.11 and 3.12). Not every issuer writes the type that RFC 9068 has for access tokens, so none is asked for.
 */
import { errors, type JWTPayload, type JWTVerifyGetKey, type JWTVerifyOptions, jwtVerify } from 'jose'

/** Verifies as `jwtVerify` does. Throws its errors, and JWTInvalid for a genuine token of another kind. */
export const verifyAccessToken = async (
  token: string,
  keys: JWTVerifyGetKey,
  options: JWTVerifyOptions,
): Promise<{ payload: JWTPayload }> => {
  const { payload, protectedHeader } = await jwtVerify(token, keys, options)
  if (!accessTypes.has((protectedHeader.typ ?? 'jwt').toLowerCase()) || isOfAnotherKind(payload))
    throw new errors.JWTInvalid('the token is none for access')
  return { payload }
}

const accessTypes = new Set(['jwt', 'at+jwt', 'application/at+jwt'])

/** OpenID Connect Core 1.0, section 2 (`nonce`, hashes) and Back-Channel Logout 1.0, section 2.4 (`events`); `typ` and `token_use` are what Keycloak and Cognito write. */
const isOfAnotherKind = ({ nonce, at_hash, c_hash, events, typ, token_use }: JWTPayload): boolean =>
  [nonce, at_hash, c_hash, events].some((claim) => claim !== undefined) ||
  (typ !== undefined && typ !== 'Bearer') ||
  (token_use !== undefined && token_use !== 'access')
