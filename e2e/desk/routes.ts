import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Act, ACTS } from '@vidne/server/people/people'

/** Whom a page of the desk is for, as its route says. */
export type Route = { readonly path: string; readonly for: 'anybody' | 'signed-in' | readonly Act[] }

const web = join(import.meta.dirname, '../../web/src')
const ROUTE = /path: '([^']+)',(?:(?!createRoute)[\s\S])*?staticData: \{ for: (?:'(\w[\w-]*)'|\[([^\]]*)\]) \}/g

/** Every page of the desk, read from where its routes are made; a route that cannot be read is an error, so none is left out. */
export function routesOfDesk(): Route[] {
  return globSync('**/routes.tsx', { cwd: web }).flatMap(file => {
    const text = readFileSync(join(web, file), 'utf8')
    const found = [...text.matchAll(ROUTE)].map(([, path = '', word, acts]) => ({ path, for: wordOf(word, acts) }))
    if (found.length !== text.split('createRoute({').length - 1) throw new Error(`${file} has a route that is not read`)
    return found
  })
}

function wordOf(word: string | undefined, acts: string | undefined): Route['for'] {
  if (word === 'anybody' || word === 'signed-in') return word
  return (acts ?? '').split(',').map(each => {
    const name = each.trim().replaceAll("'", '')
    const act = ACTS.find(one => one === name)
    if (act === undefined) throw new Error(`no act is called ${name}`)
    return act
  })
}
