import { expect, test } from 'vitest'
import { Gathering, GatheringPerKey } from './gathering.ts'

const gate = () => Promise.withResolvers<void>()

test('what is asked while a round is under way goes into the next, all of it', async () => {
  const rounds: number[][] = []
  const first = gate()
  const gathering = new Gathering<number, number>({
    most: 3,
    round: async asked => {
      rounds.push([...asked])
      if (rounds.length === 1) await first.promise
      return asked.map(one => one * 10)
    },
  })
  const one = gathering.ask(1)
  await new Promise(turn => setTimeout(turn, 5))
  const rest = [2, 3, 4, 5].map(n => gathering.ask(n))
  await new Promise(turn => setTimeout(turn, 5))
  expect(rounds).toEqual([[1]])
  first.resolve()
  expect(await Promise.all([one, ...rest])).toEqual([10, 20, 30, 40, 50])
  expect(rounds).toEqual([[1], [2, 3, 4], [5]])
})

test('a round that fails fails for those in it, and the next is done', async () => {
  const gathering = new Gathering<string, string>({
    most: 2,
    round: async asked => {
      if (asked.includes('bad')) throw new Error('the round broke')
      return asked
    },
  })
  const asked = ['a', 'bad', 'c'].map(one => gathering.ask(one))
  const settled = await Promise.allSettled(asked)
  expect(settled.map(one => one.status)).toEqual(['rejected', 'rejected', 'fulfilled'])
  expect(await gathering.ask('d')).toBe('d')
})

test('a round that answers too few has failed: nobody is given another’s answer', async () => {
  const gathering = new Gathering<number, number>({ most: 9, round: async asked => asked.slice(1) })
  const settled = await Promise.allSettled([gathering.ask(1), gathering.ask(2)])
  expect(settled.map(one => one.status)).toEqual(['rejected', 'rejected'])
})

test('keys never share a round', async () => {
  const rounds: string[] = []
  const gatherings = new GatheringPerKey<number, number>({
    most: 9,
    round: async (key, asked) => {
      rounds.push(`${key} ${asked.join()}`)
      return asked
    },
  })
  await Promise.all([gatherings.ask('a', 1), gatherings.ask('b', 2), gatherings.ask('a', 3)])
  expect(rounds.toSorted()).toEqual(['a 1,3', 'b 2'])
})
