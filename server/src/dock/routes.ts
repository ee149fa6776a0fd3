import { api } from '../api.ts'
import { may } from '../people/people.ts'
import type { Dock } from './dock.ts'

export function dockRoutes(dock: Dock) {
  return {
    known: api.dock.known.handler(async ({ input, context, errors }) => {
      if (!may(context.actor, 'dock'))
        throw errors.NOT_ALLOWED({ data: { sentence: 'Your roles do not allow you to dock.' } })
      return dock.known(context.actor.agency, input.camera, input.sha256)
    }),
  }
}
