/** What everybody in a simulated town shares: time, chance, faults, the network, the gateway, and the providers. */
import type { Simulators } from '../simulators/simulator.ts'
import type { Cluster } from './cluster.ts'
import type { Customs } from './customs.ts'
import type { FaultKind } from './fault-kinds.ts'
import type { Happenings } from './happenings.ts'
import type { Network } from './network.ts'
import type { Random } from './random.ts'
import type { Schedule } from './schedule.ts'
import type { Faults } from './script.ts'

export type Account = { provider: string; id: string; credentials: Readonly<Record<string, string>> }
export type ClientName = 'portal' | 'accountant' | 'checker' | 'treasurer' | 'admin'

export type World = {
  schedule: Schedule
  random: Random
  faults: Faults
  network: Network
  cluster: Cluster
  publicUrl: string
  /** The providers' side as it is now: another one after a provider has changed its keys. */
  simulators: Simulators
  accounts: Account[]
  clients: Readonly<Record<ClientName, { id: string; secret: string }>>
  customs: Customs
  /** Counts what people do. */
  happenings: Happenings
  /** What portals and citizens have seen, for comparing. */
  seen: Seen
  /** Calls that a provider's side is answering at this moment. */
  answering: number
}

export type Seen = {
  orders: Map<string, { number: number }>
  /** Events that the portal got by webhook. */
  webhooks: Set<string>
  /** Payments of which their provider says both that they succeeded and that they failed: its name, and our reference. */
  contradicted: Set<string>
  /** Payments that their provider's file leaves out, or lists with another amount, and their refunds with them: its name, and our reference. */
  listedWrongly: Set<string>
  requests: number
  calls: number
  refundsAsked: number
  filesImported: number
  /** Refunds that were paid out by hand, by refund. */
  transfers: Map<string, Transfer>
  /** Which attempt a transfer was meant for whose text does not say so, by the number that its bank gave it. */
  strays: Map<string, string>
  /** The forms of our own pages that were sent, by order: whoever sent one may have sent it any number of times. */
  pressed: Map<string, { forms: Set<string>; deadlines: Set<string> }>
  /** How often somebody asked for money that was disputed. */
  askedInVain: number
  /** What somebody was granted who tried what nobody may. */
  granted: { what: string; rows: readonly unknown[] }[]
}

/** A transfer that was really made, whatever the gateway was told of it. */
export type Transfer = {
  refund: string
  provider: string
  amount: bigint
  reference: string
  paidOn: string
  isConfirmed: boolean
  /** The credit by which the bank gave it back; `isTold` when the gateway has confirmed that it was told. */
  back: { reference: string; on: string; isTold: boolean } | null
}

export const newSeen = (): Seen => ({
  orders: new Map(),
  webhooks: new Set(),
  contradicted: new Set(),
  listedWrongly: new Set(),
  requests: 0,
  calls: 0,
  refundsAsked: 0,
  filesImported: 0,
  transfers: new Map(),
  strays: new Map(),
  pressed: new Map(),
  askedInVain: 0,
  granted: [],
})

/** The number by which faults name a citizen's payment. */
export const paymentNumber = (citizen: number, payment: number): number => citizen * 10 + payment

/** Any answer as whoever reads it sees it: any path may be looked at, and what is not there is undefined. */
export interface Json {
  readonly [name: string]: Json
}

export const rowsOf = (list: Json | undefined): readonly Json[] => (Array.isArray(list) ? list : [])

export const second = 1_000
export const minute = 60 * second
export const hour = 60 * minute
export const day = 24 * hour

export type FaultCounts = Readonly<Partial<Record<FaultKind, number>>>
