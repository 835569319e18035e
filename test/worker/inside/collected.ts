// Stands in for vitest where cases run in workerd: they are collected, and whoever serves the Worker runs them. `expect` is vitest's own.
export { expect } from '../../../node_modules/vitest/dist/index.js'

type Body = () => unknown
export type Case = { group: string; title: string; run: Body }

const groups: string[] = []
export const cases: Case[] = []

export const describe = (name: string, body: Body): void => {
  groups.push(name)
  body()
  groups.pop()
}

export const test = (title: string, run: Body): void => {
  cases.push({ group: groups.join(' '), title, run })
}
export const it = test
