import { stillWords } from './platform/still.ts'
import type { Dock } from './dock/dock.ts'
import type { Ground } from './ground.ts'
import type { Keep } from './keep/keep.ts'
import type { RecordStage } from './record/record.ts'

/** What runs by the clock; `cron`: five fields, UTC. */
export type Scheduled = { readonly name: string; readonly cron: string; readonly work: () => Promise<void> }

type Working = {
  readonly record: Pick<RecordStage, 'lookForDeviations'>
  readonly dock: Pick<Dock, 'expire' | 'readMedia'>
  readonly keep: Pick<Keep, 'standing' | 'run' | 'settle'>
  readonly standsStill: () => Promise<unknown>
}

/** All that the house does without being asked. What deletes on time, and what is looked for, hangs on this list. */
export function workByTheClock({ people, log }: Pick<Ground, 'people' | 'log'>, stages: Working): Scheduled[] {
  const { record, dock, keep, standsStill } = stages
  const each = async (work: (agency: string) => Promise<unknown>) => {
    for (const agency of await people.agencies()) await work(agency)
  }
  const unlessStill = (work: () => Promise<unknown>) => async () => {
    if ((await standsStill()) === null) await work()
  }
  const run = async () => {
    // An empty database has no agencies to run for, and that must not look like quiet.
    const stop = await keep.standing()
    if (stop !== null) log.error({ because: stop.code }, stillWords('en', stop))
    await each(agency => keep.run(agency, null))
  }
  const mail = async () => void (await people.mail.round(await people.agencies()))
  return [
    { name: 'keep-run', cron: '0 * * * *', work: run },
    { name: 'keep-settle', cron: '20 * * * *', work: unlessStill(() => each(agency => keep.settle(agency))) },
    { name: 'people-hourly', cron: '5 * * * *', work: unlessStill(() => people.hourly()) },
    {
      name: 'record-deviations',
      cron: '50 * * * *',
      work: unlessStill(() => each(agency => record.lookForDeviations(agency))),
    },
    ...(people.mail.sends ? [{ name: 'people-mail', cron: '* * * * *', work: mail }] : []),
    { name: 'dock-expire', cron: '35 * * * *', work: async () => void (await dock.expire()) },
    { name: 'dock-read', cron: '*/10 * * * *', work: async () => void (await dock.readMedia()) },
  ]
}
