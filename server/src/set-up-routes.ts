import { ofInstallation } from '@vidne/locales/installation'
import { foundingWords } from './founding-refused.ts'
import { type Open, open } from './open-door.ts'
import type { SetUp } from './set-up.ts'

/** The wizard that founds an installation: for whoever has the link that the server printed, as long as there is none. */
export const setUpRoutes = {
  look: open.setUp.look.handler(async ({ input, context, errors }) => {
    const setUp = heldBy(context, input.secret)
    if (setUp === null) throw errors.NOT_FOUND(over(context))
    const { data, places, packs } = setUp
    return { data, places: { ...places }, packs: packs.map(one => ({ ...one })), secure: context.secure }
  }),
  found: open.setUp.found.handler(async ({ input, context, errors }) => {
    const setUp = heldBy(context, input.secret)
    if (setUp === null) throw errors.NOT_FOUND(over(context))
    const done = await setUp.found(input)
    if ('refused' in done)
      throw errors.ODD_INPUT({ data: { sentence: foundingWords(context.about.language, done.refused) } })
    return { ...done }
  }),
}

function heldBy({ setUp, house }: Open, secret: string): SetUp | null {
  return house === null && setUp !== null && setUp.holds(secret) ? setUp : null
}

const over = ({ about }: Open) => ({ data: { sentence: ofInstallation(about.language, 'signIn.setUpOver', {}) } })
