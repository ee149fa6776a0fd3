import type { Role } from '@vidne/contract/roles'
import type { BrowserContext } from 'playwright-core'

/** A page of the desk, and in whose place it is looked at; null: nobody is signed in. `first`: the first of a list is opened. */
export type DeskPage = {
  readonly name: string
  readonly path: string
  readonly as: { readonly role: Role; readonly agency: RegExp } | null
  readonly first?: 'recording' | 'case' | 'person'
}

const london = /Southwark|London|Met/
const denmark = /politi/i
const as = (role: Role, agency: RegExp) => ({ role, agency })

/** Every page of the desk, each as somebody sees it whose work it is. */
export const deskPages: readonly DeskPage[] = [
  { name: 'first', path: '/', as: null },
  { name: 'sign-in', path: '/sign-in', as: null },
  { name: 'tour', path: '/tour', as: null },
  { name: 'check', path: '/check', as: null },
  { name: 'shared', path: '/shared', as: null },
  { name: 'invitation', path: '/invitation', as: null },
  { name: 'today-wearer', path: '/today', as: as('wearer', denmark) },
  { name: 'today-sergeant', path: '/today', as: as('supervisor', denmark) },
  { name: 'today-clerk', path: '/today', as: as('evidence-clerk', london) },
  { name: 'today-site-head', path: '/today', as: as('site-head', /./) },
  { name: 'happened', path: '/today/happened', as: as('site-head', /./) },
  { name: 'recordings', path: '/recordings', as: as('evidence-clerk', london) },
  { name: 'recording', path: '/recordings', as: as('evidence-clerk', london), first: 'recording' },
  { name: 'bring-in', path: '/bring-in', as: as('evidence-clerk', london) },
  { name: 'charging-room', path: '/charging-room', as: as('evidence-clerk', london) },
  { name: 'cases', path: '/cases', as: as('evidence-clerk', london) },
  { name: 'case', path: '/cases', as: as('evidence-clerk', london), first: 'case' },
  { name: 'approvals', path: '/approvals', as: as('supervisor', denmark) },
  { name: 'retention', path: '/retention', as: as('evidence-clerk', london) },
  { name: 'rules', path: '/rules', as: as('data-protection-officer', /./) },
  { name: 'people', path: '/people', as: as('agency-administrator', /./) },
  { name: 'person', path: '/people', as: as('agency-administrator', /./), first: 'person' },
  { name: 'account', path: '/account', as: as('evidence-clerk', london) },
  { name: 'administration', path: '/administration', as: as('agency-administrator', /./) },
  { name: 'audit', path: '/administration/audit', as: as('data-protection-officer', /./) },
]

type Persona = { person: string; roles: string[]; agency: { name: string } }

/** Takes the place of somebody who has the role in the demo; false where nobody has. */
export async function takePlace(
  context: BrowserContext,
  url: string,
  who: NonNullable<DeskPage['as']>,
): Promise<boolean> {
  const asked = await context.request.get(`${url}/api/sign-in/personas`)
  const personas = (await asked.json()) as Persona[]
  const fitting = personas.filter(one => one.roles.includes(who.role))
  const found = fitting.find(one => who.agency.test(one.agency.name)) ?? fitting[0]
  if (found === undefined) return false
  const taken = await context.request.post(`${url}/api/sign-in/persona`, {
    data: { person: found.person },
    headers: { origin: url },
  })
  return taken.ok()
}

/** Where the page lies: of a list's first, the address of that one. Null: there is none of it. */
export async function addressOf(context: BrowserContext, url: string, page: DeskPage): Promise<string | null> {
  if (page.first === undefined) return url + page.path
  const lists = { recording: '/api/recordings?limit=1', case: '/api/cases', person: '/api/people' }
  const answer = (await (await context.request.get(url + lists[page.first])).json()) as unknown
  const id = firstId(answer)
  return id === null ? null : `${url}${page.path}/${id}`
}

function firstId(answer: unknown): string | null {
  if (Array.isArray(answer)) return answer.length === 0 ? null : firstId(answer[0])
  if (typeof answer !== 'object' || answer === null) return null
  if ('id' in answer && typeof answer.id === 'string') return answer.id
  return (
    Object.values(answer)
      .map(firstId)
      .find(id => id !== null) ?? null
  )
}
