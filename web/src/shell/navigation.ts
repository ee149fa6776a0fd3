/** A way into the desk, named by the task. `acts`: shown to whoever may do one of them; none: to everybody who is signed in. */
export type Way = { to: string; name: WayName; acts: readonly string[] }
type WayName =
  | 'today'
  | 'recordings'
  | 'bringIn'
  | 'board'
  | 'cases'
  | 'approvals'
  | 'retention'
  | 'rules'
  | 'people'
  | 'administration'
  | 'check'

/** In the order of a working day. A room adds its line when its page stands. */
export const ways: readonly Way[] = [
  { to: '/today', name: 'today', acts: [] },
  { to: '/recordings', name: 'recordings', acts: ['list'] },
  { to: '/bring-in', name: 'bringIn', acts: ['dock'] },
  { to: '/charging-room', name: 'board', acts: ['see-dock'] },
  { to: '/cases', name: 'cases', acts: ['see-cases'] },
  { to: '/approvals', name: 'approvals', acts: ['see-approvals'] },
  { to: '/retention', name: 'retention', acts: ['due'] },
  { to: '/rules', name: 'rules', acts: ['see-policy'] },
  { to: '/people', name: 'people', acts: ['see-people'] },
  { to: '/administration', name: 'administration', acts: ['see-installation', 'see-audit'] },
  { to: '/check', name: 'check', acts: [] },
]
