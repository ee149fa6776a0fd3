import { type CalendarDate, type CalendarDateTime, parseDate, parseDateTime, today } from '@internationalized/date'
import { type ReactNode, useState } from 'react'
import {
  Button,
  Calendar,
  CalendarCell,
  CalendarGrid,
  CalendarHeading,
  DateInput,
  DatePicker,
  DateSegment,
  Dialog,
  Group,
  Label,
  Popover,
  Text,
} from 'react-aria-components'
import { useTimeZone } from 'use-intl'
import { useMe } from '../src/shell/me.ts'
import { dayIn } from '../src/words/zoned.ts'
import { Fault } from './Fault.tsx'
import './day-field.css'

type Held = CalendarDate | CalendarDateTime

/**
 * A day, or a day and a time, in the desk's own language whatever the browser's is: typed part by part, or chosen from a calendar.
 * `value` and what is told: `YYYY-MM-DD`, or `YYYY-MM-DDTHH:MM` as the clocks of the agency's zone show it; empty while it is not whole.
 */
export function DayField({
  label,
  hint,
  error,
  value,
  onChange,
  withTime = false,
  isRequired = false,
}: {
  label: string
  hint?: ReactNode
  error?: string | undefined
  value: string
  onChange: (value: string) => void
  withTime?: boolean
  isRequired?: boolean
}) {
  const { shown, change, left } = useTyped(value, withTime, onChange)
  return (
    <DatePicker<Held>
      className="field day-field"
      value={shown}
      onChange={change}
      onBlur={left}
      placeholderValue={useToday()}
      granularity={withTime ? 'minute' : 'day'}
      hourCycle={24}
      shouldForceLeadingZeros
      isRequired={isRequired}
      {...(error === undefined ? {} : { isInvalid: true })}
    >
      <Label>{label}</Label>
      {hint !== undefined && (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
      <Group className="day-group">
        <DateInput className="day-parts">{segment => <DateSegment segment={segment} className="day-part" />}</DateInput>
        <Button className="day-open">
          <span aria-hidden="true">▾</span>
        </Button>
      </Group>
      <Fault error={error} />
      <Popover className="popover">
        <Dialog className="day-dialog">
          <Month />
        </Dialog>
      </Popover>
    </DatePicker>
  )
}

function Month() {
  return (
    <Calendar>
      <header className="day-month">
        <Button slot="previous" className="button quiet">
          <span aria-hidden="true">←</span>
        </Button>
        <CalendarHeading className="day-heading" />
        <Button slot="next" className="button quiet">
          <span aria-hidden="true">→</span>
        </Button>
      </header>
      <CalendarGrid className="day-grid">{date => <CalendarCell date={date} className="day-cell" />}</CalendarGrid>
    </Calendar>
  )
}

/** Years before this are still being typed. */
const FIRST_YEAR = 1000
const CENTURY = 2000

/** Holds back a year that is still being typed, digit by digit; left at two digits, it is of this century. */
function useTyped(value: string, withTime: boolean, onChange: (value: string) => void) {
  const [typing, setTyping] = useState<Held | null>(null)
  const tell = (next: Held | null) => {
    setTyping(null)
    onChange(next === null ? '' : next.toString().slice(0, withTime ? 'YYYY-MM-DDTHH:MM'.length : 'YYYY-MM-DD'.length))
  }
  return {
    shown: typing ?? heldOf(value, withTime),
    change: (next: Held | null) => (next !== null && next.year < FIRST_YEAR ? setTyping(next) : tell(next)),
    left: () => {
      if (typing !== null) tell(typing.year < 100 ? typing.set({ year: CENTURY + typing.year }) : null)
    },
  }
}

/** Null for what is no day: an address can carry anything. */
function heldOf(value: string, withTime: boolean): Held | null {
  try {
    return value === '' ? null : withTime ? parseDateTime(value) : parseDate(value)
  } catch {
    return null
  }
}

/** The installation's own day in the agency's zone: where the calendar opens. */
function useToday(): CalendarDate {
  const now = useMe().data?.installation.now ?? null
  const zone = useTimeZone() ?? 'UTC'
  return now === null ? today(zone) : parseDate(dayIn(zone, Date.parse(now)))
}
