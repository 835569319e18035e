/** Why a signing key of ours is believed no more, by the names that OpenID Federation 1.0 has for historical keys. */
export const revocationReasons = ['unspecified', 'compromised', 'superseded'] as const
export type RevocationReason = (typeof revocationReasons)[number]
