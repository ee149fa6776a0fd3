import { useFormatter, useTranslations } from 'use-intl'
import type { Provenance } from './kept.ts'

const UNITS = [
  ['gigabyte', 1_000_000_000],
  ['megabyte', 1_000_000],
  ['kilobyte', 1_000],
] as const

/** A length as people say it: 3.4 MB. */
export function useBytes(): (bytes: number) => string {
  const format = useFormatter()
  return bytes => {
    const [unit, size] = UNITS.find(([, least]) => bytes >= least) ?? ['byte', 1]
    return format.number(bytes / size, {
      style: 'unit',
      unit,
      unitDisplay: 'short',
      maximumFractionDigits: size < 1e6 ? 0 : 1,
    })
  }
}

/** How long something still takes, no more exactly than anybody can know. */
export function useLeft(): (seconds: number) => string {
  const t = useTranslations('bring-in')
  return seconds => {
    if (seconds < 50) return t('left.moment')
    if (seconds < 5400) return t('left.minutes', { count: Math.round(seconds / 60) })
    return t('left.hours', { count: Math.round(seconds / 3600) })
  }
}

/** Where something comes from, in one line. */
export function useProvenanceLine(): (said: Provenance) => string {
  const t = useTranslations('bring-in')
  const format = useFormatter()
  return ({ origin, camera, giver, legalBasis, clockOffsetMs }) => {
    const minutes = Math.abs(clockOffsetMs ?? 0) / 60_000
    const time = format.number(minutes, {
      style: 'unit',
      unit: 'minute',
      unitDisplay: 'long',
      maximumFractionDigits: 1,
    })
    const clock =
      clockOffsetMs === null
        ? t('said.clock.unknown')
        : clockOffsetMs === 0
          ? t('said.clock.right')
          : t(clockOffsetMs > 0 ? 'said.clock.ahead' : 'said.clock.behind', { time })
    const parts = [
      t(`provenance.${origin}.name`),
      ...(origin === 'own-camera' ? [camera === null ? t('said.noCamera') : t('said.camera', { camera })] : []),
      ...(giver === null ? [] : [t('said.giver', { giver })]),
      ...(legalBasis === null ? [] : [legalBasis]),
      clock,
    ]
    return parts.join(' · ')
  }
}
