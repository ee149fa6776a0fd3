import { useTranslations } from 'use-intl'
import { Badge, type Tone } from '../../design/Notice.tsx'
import { When } from '../../design/When.tsx'
import { useNames } from '../words/names.ts'
import type { Answered } from './questions.ts'

const tones: Record<Answered['state'], Tone | 'none'> = {
  done: 'good',
  declined: 'stop',
  refused: 'stop',
  lapsed: 'wait',
  withdrawn: 'none',
}

/** What became of one's own questions: the state first, then whose word it was, and why. */
export function AnsweredList({ answered }: { answered: readonly Answered[] }) {
  const t = useTranslations('approvals')
  const names = useNames()
  return (
    <ul className="answered">
      {answered.map(one => (
        <li key={one.id} className="stack tight">
          <div className="row">
            <Badge tone={tones[one.state]}>{t(`state.${one.state}`)}</Badge>
            <strong>{names('approval', one.kind)}</strong>
          </div>
          <p className="quiet small">
            <When at={one.endedAt} /> {one.by !== null && t('by', { name: one.by })}
          </p>
          {one.reason !== null && <blockquote>{one.reason}</blockquote>}
          {one.because !== null && <p>{one.because}</p>}
        </li>
      ))}
    </ul>
  )
}
