/**
 * Numbers under which banks file movements of money, as the services that watch an account hand them on. Most name a movement for ever. Some banks count anew
 * after some thousand: public logs of calls about accounts at ACB show four digits. Such a number is one movement's only together with something else.
 */
export const isLastingNumber = (number: string): boolean => number.length >= 8
