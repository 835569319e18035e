// What stands still while a unit of work has the town to itself, and what does not.
import { expect, test } from 'vitest'
import { untilStill } from '../../src/node/commands/simulate/ground.ts'
import type { GatewayProcess } from '../../src/simulation/gateway-process.ts'
import { openHappenings } from '../../src/simulation/happenings.ts'
import { createRandom } from '../../src/simulation/random.ts'
import { createSchedule } from '../../src/simulation/schedule.ts'
import { openFaults } from '../../src/simulation/script.ts'
import { createTurns } from '../../src/simulation/turns.ts'

const start = new Date('2026-11-23T00:00:00Z')
const inASecond = new Date(start.getTime() + 1_000)
const aliveAs = (name: string) => ({ name, isAlive: () => true, die: () => undefined }) as GatewayProcess
const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

test('whoever gives way turn after turn has gone on before anything else begins', async () => {
  const schedule = createSchedule({ start, turn: untilStill })
  const seen: string[] = []
  schedule.after(1, 'one', () => {
    void (async () => {
      for (let turns = 0; turns < 9; turns += 1) await nextTurn()
      seen.push('nine turns later')
    })()
    return undefined
  })
  schedule.after(2, 'two', () => void seen.push('the next one'))
  await schedule.runUntil(inASecond)
  expect(seen).toEqual(['nine turns later', 'the next one'])
})

test('a unit is asked within by its own process alone, and others wait until it is over', async () => {
  const schedule = createSchedule({ start, turn: untilStill })
  const turns = createTurns({
    schedule,
    faults: openFaults([]),
    happenings: openHappenings(),
    latency: createRandom('1'),
  })
  const [one, other] = [aliveAs('one'), aliveAs('other')]
  const seen: string[] = []
  const ask = async (process: GatewayProcess) => {
    const { isNested, over } = await turns.gateOf(process)()
    seen.push(`${process.name} ${isNested ? 'within' : 'by itself'}`)
    over()
  }
  schedule.start('a unit', async () => {
    const { over } = await turns.gateOf(one)()
    void ask(other)
    await ask(one)
    await nextTurn()
    seen.push('over')
    over()
  })
  await schedule.runUntil(inASecond)
  expect(seen).toEqual(['one within', 'over', 'other by itself'])
})
