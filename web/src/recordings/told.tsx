import { useState } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import { Badge, type Tone } from '../../design/Notice.tsx'
import { useMe } from '../shell/me.ts'
import type { Row } from './questions.ts'

const DAY_MS = 86_400_000

/** The installation's own time: in a rehearsal it is not that of this device. */
export function useNow(): number {
  const now = useMe().data?.installation.now
  const [opened] = useState(() => Date.now())
  return now === null || now === undefined ? opened : Date.parse(now)
}

const tones: Record<Row['state'], Tone | 'none'> = {
  received: 'wait',
  sealed: 'info',
  countersigned: 'good',
  due: 'wait',
  erasing: 'wait',
  deleted: 'none',
}

/** How far a recording has come, and what stands against its going. */
export function StateOf({ row }: { row: Row }) {
  const t = useTranslations('recordings')
  return (
    <span className="badges">
      <Badge tone={tones[row.state]}>{t(`state.${row.state}`)}</Badge>
      {row.held && <Badge tone="info">{t('row.hold')}</Badge>}
      {row.bytesLost && <Badge tone="stop">{t('row.lost')}</Badge>}
      {row.parsable === false && <Badge tone="none">{t('row.unreadable')}</Badge>}
    </span>
  )
}

/** In how many days it goes, as far as that stands. */
export function useGoes(): (row: Row) => string {
  const t = useTranslations('recordings')
  const now = useNow()
  return row => {
    if (row.state === 'deleted' || row.state === 'erasing') return t('row.gone')
    if (row.held) return t('row.hold')
    if (row.deleteAfter === null) return t('row.decides')
    const days = Math.ceil((Date.parse(row.deleteAfter) - now) / DAY_MS)
    return days < 0 ? t('row.overdue') : t('row.left', { days })
  }
}

type Category = Parameters<ReturnType<typeof useTranslations<'recordings'>>>[0] extends infer Key
  ? Key extends `category.${infer Name}`
    ? Name
    : never
  : never

/** A rule by its name in words; one that an agency made itself, by its own. */
export function useCategory(): (rule: string) => string {
  const t = useTranslations('recordings')
  return rule => (t.has(`category.${rule as Category}`) ? t(`category.${rule as Category}`) : rule.replaceAll('_', ' '))
}

/** `1:02:03`, `2:03`: how long something is, as players show it. */
export function useLength(): (ms: number) => string {
  const format = useFormatter()
  return ms => {
    const seconds = Math.round(ms / 1000)
    const two = (value: number) => format.number(value, { minimumIntegerDigits: 2 })
    const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
    return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`
  }
}
