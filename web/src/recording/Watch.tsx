import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Notice } from '../../design/Notice.tsx'
import { Panel } from '../../design/Page.tsx'
import { When } from '../../design/When.tsx'
import { usePerson } from '../shell/me.ts'
import { Player, type Hand } from './Player.tsx'
import type { LaneMark, Selected } from './lane.ts'
import type { Found } from './questions.ts'
import { Refused, RefusalNotice } from './RefusalNotice.tsx'
import { SecondPerson } from './SecondPerson.tsx'
import { ViewDialog } from './ViewDialog.tsx'
import type { useLooking } from './view.ts'

/** The footage: closed until somebody has said what for, waited for while a second person thinks, open for an hour. */
export function Watch(props: {
  found: Found
  looking: ReturnType<typeof useLooking>
  marks: readonly LaneMark[]
  selected: Selected
  onSelect: (selected: Selected) => void
  onHand: (hand: Hand | null) => void
}) {
  const { found, looking, ...player } = props
  const t = useTranslations('recording')
  const { looking: now, ask, close } = looking
  const person = usePerson()
  if (now.state === 'open')
    return (
      <Panel
        title={t('watch.title')}
        actions={
          <>
            <span className="quiet small">
              {t('watch.until')} <When at={now.view.until} as="clock" />
            </span>
            <Button onPress={close}>{t('watch.close')}</Button>
          </>
        }
      >
        <Player
          view={now.view}
          who={`${person.name} · ${person.agency.name}`}
          playing={found.playing}
          takesFocus={ask.isSuccess}
          {...player}
        />
      </Panel>
    )
  if (now.state === 'waiting')
    return (
      <Panel title={t('watch.title')}>
        <SecondPerson
          waiting={now.waiting}
          isPending={ask.isPending}
          onLook={() => ask.mutate(now.waiting.wish)}
          onLeave={close}
        />
        {ask.isError && <RefusalNotice error={ask.error} />}
      </Panel>
    )
  return (
    <Panel title={t('watch.title')}>
      <Closed found={found} ended={now.ended} ask={ask} />
    </Panel>
  )
}

function Closed({ found, ended, ask }: { found: Found; ended: boolean; ask: ReturnType<typeof useLooking>['ask'] }) {
  const t = useTranslations('recording')
  const [asking, setAsking] = useState(false)
  const { purposes, refused } = found.viewing
  if (purposes.length === 0) return <Refused because={refused ?? 'no-rule'} />
  const open = () => {
    ask.reset()
    setAsking(true)
  }
  return (
    <div className="closed stack">
      {ended && <Notice tone="info" live title={t('watch.endedTitle')} />}
      <p>{t('watch.closed')}</p>
      <div>
        <Button weight="main" onPress={open}>
          {t('watch.open')}
        </Button>
      </div>
      <ViewDialog
        purposes={purposes}
        isOpen={asking}
        isPending={ask.isPending}
        error={ask.error}
        onAsk={wish => ask.mutate(wish)}
        onClose={() => setAsking(false)}
      />
    </div>
  )
}
