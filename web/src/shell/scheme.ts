const KEPT = 'vidne.scheme'

export const schemes = ['device', 'light', 'dark'] as const
export type Scheme = (typeof schemes)[number]

/** Light or dark: as the device says, unless somebody chose on it. */
export function chosenScheme(): Scheme {
  const kept = localStorage.getItem(KEPT)
  return schemes.find(each => each === kept) ?? 'device'
}

export function applyScheme(scheme: Scheme = chosenScheme()): void {
  localStorage.setItem(KEPT, scheme)
  if (scheme === 'device') delete document.documentElement.dataset['scheme']
  else document.documentElement.dataset['scheme'] = scheme
}
