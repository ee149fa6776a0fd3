import { useTranslations } from 'use-intl'
import { Button } from '../../../design/Button.tsx'
import type { Of } from './forms.tsx'
import { usePicture } from './picture.ts'
import { placeText } from './place.ts'
import { Sign } from './Sign.tsx'

export function NoteShown({ content }: { content: Of<'note'> }) {
  return <p className="written">{content.words}</p>
}

/** Where in the footage: a way to it where a player stands beside, else the words alone. */
function Place({ from, until }: { from: number; until: number | null }) {
  const t = useTranslations('work')
  const { seek } = usePicture()
  const words = until === null ? placeText(from) : `${placeText(from)} – ${placeText(until)}`
  if (seek === null) return <span className="numbers">{words}</span>
  return (
    <Button weight="quiet" onPress={() => seek(from)} aria-label={t('go', { place: words })}>
      <span className="numbers">{words}</span>
    </Button>
  )
}

export function MarkerShown({ content }: { content: Of<'marker'> }) {
  const t = useTranslations('work')
  return (
    <div className="row">
      <Sign sign={content.sign} label={t(`signs.${content.sign}`)} />
      <Place {...content} />
      <span className="written">{content.words}</span>
    </div>
  )
}

export function LineShown({ content }: { content: Of<'line'> }) {
  return (
    <div className="stack tight">
      <div className="row">
        <Place {...content} />
        {content.speaker !== '' && <strong>{content.speaker}</strong>}
      </div>
      <p className="written">{content.words}</p>
    </div>
  )
}

export function IncidentShown({ content }: { content: Of<'incident'> }) {
  return (
    <div className="stack tight">
      <strong>{content.reference}</strong>
      {content.words !== '' && <p className="written">{content.words}</p>}
    </div>
  )
}
