// Which gateway the cases of a file go through: the one of their own process unless the file has named another, which then stands before the same database.

import type { StageGateway } from '../pages/kit.ts'
import type { Door } from './door.ts'

/** Another gateway: how its one door is gone through, and how it serves a stage of citizens' pages. */
export type OtherGateway = { door: Door; stage: StageGateway }

let other: OtherGateway | null = null

/** For every case of this file that opens its stage, or goes through the door, after this. */
export const useGateway = (gateway: OtherGateway): void => {
  other = gateway
}

export const otherGateway = (): OtherGateway | null => other
