// One call of every route, by the things of whoever is asked about: `at(place, name)` is the id of that name. The same call is made for an agency's own things,
// which must work, and with another's in each place by turns, which must find nothing.
import { bookCalls } from './calls-of-books.ts'
import { moneyCalls } from './calls-of-money.ts'
import { setupCalls } from './calls-of-setup.ts'
import type { Hand } from './office.ts'

export type At = (place: string, name: string) => string

export type Call = {
  path?: Readonly<Record<string, string>>
  query?: Readonly<Record<string, string>>
  json?: unknown
  /** A form with a file: the members and the file's text. */
  multipart?: { members: Readonly<Record<string, string>>; text: string }
}

export type Try = {
  call: (at: At) => Call
  /** Something of one's own that the answer must hold, so that an empty list proves nothing. */
  shows?: string
  /** Where each answer is much work: not everybody who may asks for it, but a program and a person. */
  isLarge?: true
  /** Who can do it with success, where not anybody with the scope. */
  hand?: Hand
  /** What one's own things are answered where the deed is refused for another reason. */
  own?: number
  /** Places in which a foreign thing is not 404: it is answered like one that does not exist, with this. */
  says?: Readonly<Record<string, number>>
  /** Places in which a thing of an agency above is known by design, and why. Ids of that agency stand in the answer all the same only where the call said them. */
  shared?: Readonly<Record<string, string>>
}

/** By operationId. */
export const calls: Readonly<Record<string, readonly Try[]>> = { ...moneyCalls, ...bookCalls, ...setupCalls }

/** Routes that ask nobody who they are, and where they are tried. */
export const publicRoutes: Readonly<Record<string, string>> = {
  issueToken: 'test/api/token.test.ts',
  getPublicKeys: 'the same for everybody',
  getHealth: 'the same for everybody',
  getReadiness: 'the same for everybody',
  readReceiptStatus: 'a published list of numbers, for whoever verifies receipts',
  getCallback: 'test/isolation/pages.ts',
  postCallback: 'test/isolation/pages.ts',
  getReturn: 'test/isolation/pages.ts',
  postReturn: 'test/isolation/pages.ts',
}
