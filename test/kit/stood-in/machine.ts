// What the stand-ins know of the server that they play: its root, and what was done there so far.
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export type Machine = {
  root: string
  /** The same text with the server's own folders in this root. */
  here: (text: string) => string
  /** One line for each thing that was done, oldest first. */
  done: () => string[]
  note: (line: string) => void
}

/** What the real program would not have taken. */
export class Refused extends Error {}

/** A stand-in of a program: it throws `Refused`, or writes down what it did. */
export type StandIn = (machine: Machine, words: string[]) => void | Promise<void>

const serverFolders = /(?<![\w:./-])\/(?=(?:etc|lib|opt|run|var)\b)/g

/** The server whose root that folder is. */
export const machineAt = (root: string): Machine => {
  const record = join(root, 'done')
  return {
    root,
    here: (text) => text.replaceAll(serverFolders, `${root}/`),
    done: () => (existsSync(record) ? readFileSync(record, 'utf8').split('\n').slice(0, -1) : []),
    note: (line) => appendFileSync(record, `${line.replaceAll(root, '')}\n`),
  }
}

type Known = { switches?: string[]; values?: string[] }
export type Words = { given: Map<string, string>; plain: string[] }

/** Splits options from other words; `switches` stand alone, `values` are followed by theirs, and no others are known. */
export const readWords = (words: string[], { switches = [], values = [] }: Known): Words => {
  const given = new Map<string, string>()
  const plain: string[] = []
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? ''
    const [name = '', value = ''] = word.startsWith('--') ? word.split(/=(.*)/s) : [word]
    if (!word.startsWith('-')) plain.push(word)
    else if (switches.includes(name)) given.set(name, value)
    else if (!values.includes(name)) throw new Refused(`no option ${name}`)
    else if (word.includes('=')) given.set(name, value)
    else {
      at += 1
      given.set(name, need(words[at], `a value of ${name}`))
    }
  }
  return { given, plain }
}

/** That which has to be there. */
export const need = <Value>(value: Value | undefined | null, what: string): Value => {
  if (value === undefined || value === null) throw new Refused(`there is no ${what}`)
  return value
}

/** The text of a file that has to be there. */
export const textOf = (path: string): string => {
  if (!existsSync(path)) throw new Refused(`there is no file ${path}`)
  return readFileSync(path, 'utf8')
}

/** `NAME=value` lines, without those of comments. */
export const variablesIn = (text: string): Record<string, string> =>
  Object.fromEntries([...text.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]))
