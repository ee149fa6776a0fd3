import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { Answer } from '../../design/Answer.tsx'
import { Select } from '../../design/fields.tsx'
import { Badge, Notice } from '../../design/Notice.tsx'
import { Empty, Panel } from '../../design/Page.tsx'
import { Table } from '../../design/Table.tsx'
import { When } from '../../design/When.tsx'
import { vidne } from '../connection/client.ts'
import { useNames } from '../words/names.ts'
import { RecordingName } from '../words/RecordingName.tsx'
import { useNow } from '../words/now.ts'
import { useLanguage } from '../words/words.tsx'
import { dayIn } from '../words/zoned.ts'

type Due = Awaited<ReturnType<typeof vidne.keep.due>>
type Item = Due['items'][number]
type Blocked = Due['blocked'][number]

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const SPANS = ['7', '31', '92'] as const
/** So many lines of what is kept back are drawn; the count says how many there are. */
const SHOWN = 100

/** Day by day what falls due, by category, and what keeps which of it back. */
export function Forecast() {
  const t = useTranslations('retention')
  const now = useNow()
  const [span, setSpan] = useState<(typeof SPANS)[number]>('31')
  const by = Math.ceil(now / HOUR_MS) * HOUR_MS + Number(span) * DAY_MS
  const found = useQuery({
    queryKey: ['retention', 'due', by],
    queryFn: () => vidne.keep.due({ by: new Date(by).toISOString() }),
  })
  return (
    <div className="stack">
      <Select
        label={t('span')}
        choices={SPANS.map(days => ({ id: days, name: t('days', { days: Number(days) }) }))}
        value={span}
        onChange={setSpan}
      />
      <Answer of={found}>
        {due => (
          <>
            {due.stop !== null && (
              <Notice tone="stop" title={t('stop')}>
                {due.stop.sentence}
              </Notice>
            )}
            <Calendar due={due} now={now} />
          </>
        )}
      </Answer>
    </div>
  )
}

function Calendar({ due: { items, blocked }, now }: { due: Due; now: number }) {
  const t = useTranslations('retention')
  const { zone } = useLanguage()
  const today = dayIn(zone, now)
  const dayOf = ({ deleteAfter }: Item) => {
    const day = dayIn(zone, Date.parse(deleteAfter))
    return day < today ? '' : day
  }
  const days = [...Map.groupBy(items, dayOf)].toSorted(([a], [b]) => (a < b ? -1 : 1))
  const stops = new Map(blocked.map(one => [one.recording, one.because]))
  return (
    <>
      <Panel title={t('sides.forecast')}>
        {items.length === 0 ? (
          <Empty title={t('total', { count: 0 })}>{t('noneText')}</Empty>
        ) : (
          <>
            <p>{t('total', { count: items.length })}</p>
            <Table
              caption={t('sides.forecast')}
              rows={days}
              keyOf={([day]) => day}
              columns={[
                {
                  id: 'day',
                  name: t('day'),
                  cell: ([day, [first]]) =>
                    day === '' || first === undefined ? t('overdue') : <When at={first.deleteAfter} as="day" />,
                },
                { id: 'rule', name: t('rule'), cell: ([, all]) => <ByRule items={all} /> },
                { id: 'goes', name: t('goes'), cell: ([, all]) => all.length, numeric: true },
                { id: 'stops', name: t('blockers'), cell: ([, all]) => <Stops items={all} stops={stops} /> },
              ]}
            />
          </>
        )}
      </Panel>
      <Kept blocked={blocked} />
    </>
  )
}

function ByRule({ items }: { items: readonly Item[] }) {
  const names = useNames()
  return (
    <ul className="plain">
      {[...Map.groupBy(items, ({ rule }) => rule)].map(([rule, all]) => (
        <li key={rule}>
          {names('rule', rule)} ({all.length})
        </li>
      ))}
    </ul>
  )
}

function Stops({ items, stops }: { items: readonly Item[]; stops: ReadonlyMap<string, Blocked['because']> }) {
  const t = useTranslations('retention')
  const known = items.flatMap(({ recording }) => stops.get(recording) ?? [])
  if (known.length === 0) return <span className="quiet">–</span>
  return [...Map.groupBy(known, one => one)].map(([because, all]) => (
    <Badge key={because} tone="wait">
      {t(`because.${because}`)} ({all.length})
    </Badge>
  ))
}

/** What does not go, or not yet: each with the reason, and until when it stands. */
function Kept({ blocked }: { blocked: readonly Blocked[] }) {
  const t = useTranslations('retention')
  const names = useNames()
  return (
    <Panel title={t('blocked')}>
      {blocked.length === 0 ? (
        <p className="quiet">{t('blockedNone')}</p>
      ) : (
        <>
          {blocked.length > SHOWN && <p className="quiet">{t('shown', { shown: SHOWN, count: blocked.length })}</p>}
          <Table
            caption={t('blocked')}
            rows={blocked.slice(0, SHOWN)}
            keyOf={one => `${one.recording} ${one.because}`}
            columns={[
              {
                id: 'recording',
                name: t('recording'),
                cell: one => <RecordingName id={one.recording} about={one.about} />,
              },
              { id: 'because', name: t('blockers'), cell: one => t(`because.${one.because}`) },
              { id: 'rule', name: t('rule'), cell: one => names('rule', one.rule) },
              {
                id: 'would',
                name: t('would'),
                cell: one => (one.deleteAfter === null ? t('never') : <When at={one.deleteAfter} as="shortDay" />),
              },
              {
                id: 'until',
                name: t('until'),
                cell: one => (one.until === null ? '–' : <When at={one.until} as="shortDay" />),
              },
            ]}
          />
        </>
      )}
    </Panel>
  )
}
