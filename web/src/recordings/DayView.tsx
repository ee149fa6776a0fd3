import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useFormatter, useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { DayField } from '../../design/DayField.tsx'
import { Empty } from '../../design/Page.tsx'
import { type Column, Table } from '../../design/Table.tsx'
import { Loading, TroubleNotice } from '../../design/TroubleNotice.tsx'
import { When } from '../../design/When.tsx'
import { useLanguage } from '../words/words.tsx'
import { type Asked, filterOf } from './asked.ts'
import { countsQuestion, dayQuestion } from './questions.ts'
import { addressOf } from './RecordingGrid.tsx'
import type { Go } from './RecordingsPage.tsx'
import { useLength, useNow } from './told.tsx'

type Day = NonNullable<ReturnType<typeof useDay>['data']>

/** A day of a wearer or a camera: what was recorded, when they were on duty, and where nothing was recorded. */
export function DayView({ asked, day: given, go }: { asked: Asked; day: string | undefined; go: Go }) {
  const t = useTranslations('recordings')
  const day = useDayShown(asked, given)
  const who = asked.wearer ?? asked.camera
  const drawn = useDay(day, asked)
  if (who === undefined) return <Whose asked={asked} go={go} />
  const step = (days: number) => go({ day: dayAfter(day, days) })
  return (
    <div className="stack">
      <div className="row day-choice">
        <Button onPress={() => step(-1)}>← {t('day.before')}</Button>
        <DayField label={t('day.day')} value={day} onChange={value => value !== '' && go({ day: value })} />
        <Button onPress={() => step(1)}>{t('day.after')} →</Button>
      </div>
      {drawn.isError && <TroubleNotice error={drawn.error} retry={() => void drawn.refetch()} />}
      {drawn.isPending && <Loading />}
      {drawn.data !== undefined && <Drawn day={drawn.data} who={who} />}
    </div>
  )
}

function useDay(day: string, { wearer, camera }: Asked) {
  const whose = wearer !== undefined ? { wearer } : camera !== undefined ? { camera } : {}
  return useQuery({ ...dayQuestion({ day, ...whose }), enabled: Object.keys(whose).length > 0 })
}

/** The day that was asked for; else the newest that has something; else today. */
function useDayShown(asked: Asked, given: string | undefined): string {
  const counts = useQuery(countsQuestion(filterOf(asked))).data
  const today = useToday()
  return given ?? counts?.days[0]?.day ?? today
}

function useToday(): string {
  const { zone } = useLanguage()
  // The Swedish form of a date is that of the calendar's own: 2027-01-31.
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(useNow())
}

function dayAfter(day: string, days: number): string {
  const at = new Date(`${day}T12:00:00Z`)
  at.setUTCDate(at.getUTCDate() + days)
  return at.toISOString().slice(0, 10)
}

function Whose({ asked, go }: { asked: Asked; go: Go }) {
  const t = useTranslations('recordings')
  const { cameras = [], wearers = [] } = useQuery(countsQuestion(filterOf(asked))).data ?? {}
  const some = (kind: 'wearer' | 'camera', all: readonly { value: string }[]) =>
    all.slice(0, 12).map(({ value }) => (
      <Button key={`${kind} ${value}`} onPress={() => go({ [kind]: value })}>
        {value}
      </Button>
    ))
  return (
    <Empty
      title={t('day.choose')}
      action={<div className="row">{[...some('wearer', wearers), ...some('camera', cameras)]}</div>}
    >
      {t('day.chooseText')}
    </Empty>
  )
}

function Drawn({ day, who }: { day: Day; who: string }) {
  const t = useTranslations('recordings')
  const length = useLength()
  const from = Date.parse(day.from)
  const whole = Date.parse(day.until) - from
  // What began the day before is drawn from midnight.
  const place = (span: { from: string; until: string }) => {
    const [start, end] = [Math.max(Date.parse(span.from), from), Math.min(Date.parse(span.until), from + whole)]
    return { left: `${((start - from) / whole) * 100}%`, width: `${(Math.max(0, end - start) / whole) * 100}%` }
  }
  const sum = (spans: readonly { from: string; until: string }[]) =>
    length(spans.reduce((ms, span) => ms + Date.parse(span.until) - Date.parse(span.from), 0))
  if (day.spans.length === 0 && day.duties.length === 0) return <Empty title={t('day.nothing')} />
  return (
    <>
      <p>{t('day.sum', { recorded: sum(day.spans), gaps: sum(day.gaps) })}</p>
      <figure aria-label={t('day.drawn', { who })} className="stack tight">
        <div className="day-drawn" aria-hidden="true">
          <Hours from={from} whole={whole} />
          {day.duties.map(duty => (
            <span key={duty.operation} className="day-duty" style={place(duty)} title={duty.title} />
          ))}
          {day.gaps.map(gap => (
            <span key={gap.from} className="day-gap" style={place(gap)} />
          ))}
          {day.spans.map(span => (
            <span key={span.recording} className="day-span" data-exact={span.exact} style={place(span)} />
          ))}
        </div>
        <ul className="legend small" aria-hidden="true">
          <li className="of-duty">{t('day.duty')}</li>
          <li className="of-span">{t('day.recorded')}</li>
          <li className="of-gap">{t('day.gap')}</li>
        </ul>
      </figure>
      <InWords day={day} />
    </>
  )
}

const HOURS = [0, 3, 6, 9, 12, 15, 18, 21] as const

function Hours({ from, whole }: { from: number; whole: number }) {
  const format = useFormatter()
  return HOURS.map(hour => {
    const at = from + hour * 3_600_000
    return (
      <span key={hour} className="day-hour" style={{ left: `${((at - from) / whole) * 100}%` }}>
        {format.dateTime(new Date(at), 'clock')}
      </span>
    )
  })
}

type Line = { key: string; from: string; until: string | null; recording: string | null; what: string }

/** The same for whoever cannot see the drawing, and for whoever wants the recording. */
function InWords({ day }: { day: Day }) {
  const t = useTranslations('recordings')
  const lines: Line[] = [
    ...day.duties.map(duty => ({
      ...duty,
      key: duty.operation,
      recording: null,
      what: `${t('day.duty')}: ${duty.title}`,
    })),
    ...day.gaps.map(gap => ({ ...gap, key: `gap ${gap.from}`, recording: null, what: t('day.gap') })),
    ...day.spans.map(span => ({
      key: span.recording,
      from: span.from,
      until: span.exact ? span.until : null,
      recording: span.recording,
      what: [t('day.recorded'), span.camera, span.wearer].filter(each => each !== null).join(' · '),
    })),
  ].toSorted((a, b) => Date.parse(a.from) - Date.parse(b.from))
  const columns: Column<Line>[] = [
    { id: 'from', name: t('day.from'), cell: line => <When at={line.from} as="exactClock" /> },
    {
      id: 'until',
      name: t('day.until'),
      cell: line => (line.until === null ? t('day.unknownEnd') : <When at={line.until} as="exactClock" />),
    },
    {
      id: 'what',
      name: t('day.what'),
      cell: line =>
        line.recording === null ? line.what : <Link to={addressOf({ id: line.recording })}>{line.what}</Link>,
    },
  ]
  return <Table caption={t('day.table')} hideCaption={false} columns={columns} rows={lines} keyOf={line => line.key} />
}
