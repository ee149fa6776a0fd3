/** A way into the desk, named by the task. It is shown to whom its page is for, which the page's route says. */
export type Way = { to: string; name: WayName }
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
  { to: '/today', name: 'today' },
  { to: '/recordings', name: 'recordings' },
  { to: '/bring-in', name: 'bringIn' },
  { to: '/charging-room', name: 'board' },
  { to: '/cases', name: 'cases' },
  { to: '/approvals', name: 'approvals' },
  { to: '/retention', name: 'retention' },
  { to: '/rules', name: 'rules' },
  { to: '/people', name: 'people' },
  { to: '/administration', name: 'administration' },
  { to: '/check', name: 'check' },
]
