// How far a long piece of work is, told to whoever waits for it.

/** `share` is what of it is done, from 0 to 1, where that is known. */
export type Progress = (text: string, share?: number) => void
