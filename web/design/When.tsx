import { useFormatter } from 'use-intl'

type Form = 'day' | 'shortDay' | 'moment' | 'exact' | 'clock' | 'exactClock'

/** A moment in the agency's zone, in the language of the desk; machines read it exactly. */
export function When({ at, as = 'moment' }: { at: string | number | Date; as?: Form }) {
  const format = useFormatter()
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return <span>{String(at)}</span>
  return (
    <time dateTime={date.toISOString()} className="numbers">
      {format.dateTime(date, as)}
    </time>
  )
}
