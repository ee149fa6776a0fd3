import { createRouterClient, type RouterClient } from '@orpc/server'
import { type House, openHouse } from '@vidne/server/compose'
import { type Ground, isFounded, openGround } from '@vidne/server/ground'
import type { Actor } from '@vidne/server/people/people'
import { silentLogger } from '@vidne/server/platform/http/logging'
import { openMetrics } from '@vidne/server/platform/http/metrics'
import { readSettings } from '@vidne/server/platform/settings/settings'
import { openWeb } from '@vidne/server/web'

/** The whole API, as somebody: the same answers and refusals as over HTTP. */
export type Client = RouterClient<House['router']>

/** The rehearsal's house while its month is played: at a port of its own, known to nobody. */
export type Opened = {
  readonly ground: Ground
  readonly house: House
  readonly url: string
  /** The API as somebody of an agency, by name. */
  readonly as: (agency: string, name: string) => Promise<Client>
  readonly close: () => Promise<void>
}

/** Opens the house of a rehearsal. Media is read later, when it is served: reading takes a process for each file. */
export async function openRehearsal(data: string): Promise<Opened> {
  const settings = readSettings(data, { port: 0, logLevel: 'silent', readMedia: false })
  if (!isFounded(settings) || settings.mode !== 'rehearsal') throw new Error(`${data} is no rehearsal`)
  const ground = await openGround(settings, silentLogger)
  const house = await openHouse(ground)
  const shell = await openWeb({ settings, standing: { house }, metrics: openMetrics(), log: silentLogger })
  const known = new Map<string, Promise<Actor>>()
  const as = async (agency: string, name: string): Promise<Client> => {
    const key = `${agency} ${name}`
    const there = known.get(key) ?? actorCalled(ground, shell.url, { agency, name })
    known.set(key, there)
    return clientOf(house, await there)
  }
  return {
    ground,
    house,
    url: shell.url,
    as,
    async close() {
      for (const actor of known.values()) await ground.people.signIn.signOut(await actor)
      await shell.close()
      await house.close()
      await ground.close()
    },
  }
}

/** Takes somebody's place as a visitor does by one click, which a normal installation refuses. */
async function actorCalled({ people }: Ground, url: string, p: { agency: string; name: string }): Promise<Actor> {
  const { agency, name } = p
  const found = (await people.signIn.personas()).find(one => one.agency.id === agency && one.name === name)
  const secret = found === undefined ? null : await people.signIn.entering(url).asPersona(found.person, 'npm run demo')
  const who = secret === null ? null : await people.signIn.authenticate(secret)
  if (who === null || !who.holds) throw new Error(`there is nobody called ${name}`)
  return who.actor
}

function clientOf(house: House, actor: Actor): Client {
  return createRouterClient(house.router, {
    context: {
      actor,
      about: { id: 'demo', client: 'demo', language: 'en' },
      sees: (act, recording) => house.sees(actor, act, recording),
      recordingOf: thing => house.recordingOf(actor.agency, thing),
    },
  })
}
