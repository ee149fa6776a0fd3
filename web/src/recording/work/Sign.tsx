import type { Sign as SignName } from '@vidne/contract/work'

const shapes: Record<SignName, string> = {
  'red-triangle': 'M8 1 15 14H1z',
  'amber-diamond': 'M8 0 16 8 8 16 0 8z',
  'green-circle': 'M8 0a8 8 0 1 1 0 16A8 8 0 1 1 8 0z',
  'blue-square': 'M1 1h14v14H1z',
  'violet-star': 'M8 0l2.4 5.2 5.6.7-4.2 3.9 1.1 5.7L8 12.6l-4.9 2.9 1.1-5.7L0 5.9l5.6-.7z',
}

/** The sign of a marker: a shape of its own beside its colour. */
export function Sign({ sign, label }: { sign: SignName; label: string }) {
  return (
    // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- the shape takes the colour of the scheme, as no file of a picture does
    <svg className={`sign ${sign}`} viewBox="0 0 16 16" role="img" aria-label={label}>
      <path d={shapes[sign]} />
    </svg>
  )
}

export const signs: readonly SignName[] = [
  'red-triangle',
  'amber-diamond',
  'green-circle',
  'blue-square',
  'violet-star',
]
