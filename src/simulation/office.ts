/** Who works at the agencies' office, each with rights of their own, and the portal's clerk who asks for what must be refused. */
import { type Caller, createCaller } from './caller.ts'
import type { Random } from './random.ts'
import type { World } from './world.ts'

export type Office = {
  world: World
  accountant: Caller
  checker: Caller
  treasurer: Caller
  portal: Caller
  random: Random
}

export const openOffice = (world: World): Office => ({
  world,
  accountant: createCaller(world, 'accountant'),
  checker: createCaller(world, 'checker'),
  treasurer: createCaller(world, 'treasurer'),
  portal: createCaller(world, 'portal'),
  random: world.random.fork('office'),
})
