// Owns what the portal offers: the procedures with their fees, and the agencies that carry them out. Handed in, as a portal has them from its own catalogue.

/** A fee as the form begins with it: `unit_amount` is null where only a notice from outside says it, `quantity` 0 where it is not usually owed. */
export interface PortalFee {
  fee_code: string
  kind: string
  description: string
  unit_amount: bigint | null
  quantity: number
  budget_item: string | null
}

export interface PortalProcedure {
  id: string
  code: string | null
  name: string
  /** The field of administration, under which it is listed. */
  field: string
  fees: readonly PortalFee[]
}

export interface PortalAgency {
  code: string
  name: string
}
