import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { DayField } from '../../design/DayField.tsx'
import { Select, TextField } from '../../design/fields.tsx'
import { SuggestField } from '../../design/SuggestField.tsx'
import { type Asked, dayChoices, filterOf, orphans, states } from './asked.ts'
import { countsQuestion, unitsQuestion } from './questions.ts'
import { useCategory } from './told.tsx'

const ANY = 'any-of-them'

type Change = (change: { [K in keyof Asked]?: Asked[K] | undefined }) => void

/** The words that are looked for. They count on Enter or on the button, not with each letter. */
export function SearchField({ asked, change }: { asked: Asked; change: Change }) {
  const t = useTranslations('recordings')
  const given = asked.q ?? ''
  const [{ typed, of }, setTyped] = useState({ typed: given, of: given })
  // A search that was taken off elsewhere is off here too.
  if (of !== given) setTyped({ typed: given, of: given })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    change({ q: typed.trim() === '' ? undefined : typed.trim() })
  }
  return (
    <search>
      <form className="list-search" onSubmit={submit}>
        <TextField
          label={t('search.label')}
          hint={t('search.hint')}
          type="search"
          value={typed}
          onChange={text => setTyped({ typed: text, of })}
        />
        <Button type="submit">{t('search.act')}</Button>
      </form>
    </search>
  )
}

/** What the list can be narrowed to. */
export function Filters({ asked, change }: { asked: Asked; change: Change }) {
  const t = useTranslations('recordings')
  const counts = useCountsBeside(asked)
  // Where there is room they are in sight; on a narrow screen the list comes first.
  const [open, setOpen] = useState(() => matchMedia('(min-width: 62rem)').matches)
  const text = (key: 'camera' | 'wearer' | 'from' | 'until') => (value: string) =>
    change({ [key]: value === '' ? undefined : value })
  return (
    <details className="filter-box" open={open} onToggle={event => setOpen(event.currentTarget.open)}>
      <summary>{t('filter.title')}</summary>
      <div className="filters">
        <DayField label={t('filter.from')} value={asked.from ?? ''} onChange={text('from')} />
        <DayField label={t('filter.until')} value={asked.until ?? ''} onChange={text('until')} />
        <SuggestField
          label={t('filter.camera')}
          value={asked.camera ?? ''}
          suggestions={counts.cameras}
          onChange={text('camera')}
        />
        <SuggestField
          label={t('filter.wearer')}
          value={asked.wearer ?? ''}
          suggestions={counts.wearers}
          onChange={text('wearer')}
        />
        <CategoryFilter asked={asked} change={change} categories={counts.categories} />
        <Select
          label={t('filter.state')}
          value={asked.state ?? 'present'}
          choices={[
            { id: 'present' as const, name: t('state.present') },
            ...states.map(id => ({ id, name: t(`state.${id}`) })),
          ]}
          onChange={state => change({ state: state === 'present' ? undefined : state })}
        />
        <MoreFilters asked={asked} change={change} />
      </div>
    </details>
  )
}

function CategoryFilter({
  asked,
  change,
  categories,
}: {
  asked: Asked
  change: Change
  categories: readonly { value: string; note: string }[]
}) {
  const t = useTranslations('recordings')
  const named = useCategory()
  const known = [...new Set([...categories.map(each => each.value), ...(asked.category ? [asked.category] : [])])]
  return (
    <Select
      label={t('filter.category')}
      value={asked.category ?? ANY}
      choices={[{ id: ANY, name: t('filter.any') }, ...known.map(id => ({ id, name: named(id) }))]}
      onChange={category => change({ category: category === ANY ? undefined : category })}
    />
  )
}

function MoreFilters({ asked, change }: { asked: Asked; change: Change }) {
  const t = useTranslations('recordings')
  const units = useQuery(unitsQuestion).data ?? []
  const any = { id: ANY, name: t('filter.any') }
  return (
    <>
      <Select
        label={t('filter.unit')}
        value={asked.unit ?? ANY}
        choices={[any, ...units.map(({ id, name }) => ({ id, name }))]}
        onChange={unit => change({ unit: unit === ANY ? undefined : unit })}
      />
      <Select
        label={t('filter.held')}
        value={asked.held === undefined ? ANY : asked.held ? 'yes' : 'no'}
        choices={[any, { id: 'yes', name: t('held.yes') }, { id: 'no', name: t('held.no') }]}
        onChange={held => change({ held: held === ANY ? undefined : held === 'yes' })}
      />
      <Select
        label={t('filter.days')}
        value={asked.days === undefined ? ANY : String(asked.days)}
        choices={[any, ...dayChoices.map(days => ({ id: String(days), name: t('within', { days }) }))]}
        onChange={days => change({ days: days === ANY ? undefined : Number(days) })}
      />
      <Select
        label={t('filter.without')}
        value={asked.without === undefined ? ANY : `no-${asked.without}`}
        choices={[any, ...orphans.map(id => ({ id: `no-${id}`, name: t(`without.${id}`) }))]}
        onChange={id => change({ without: orphans.find(each => id === `no-${each}`) })}
      />
    </>
  )
}

/** Cameras, wearers and categories among what the other filters leave, with how many each: `200+` where only the newest were counted. */
function useCountsBeside(asked: Asked) {
  const { camera: _camera, wearer: _wearer, category: _category, ...others } = asked
  const format = useFormatter()
  const counts = useQuery(countsQuestion(filterOf(others))).data
  const noted = (each: { value: string; count: number }) => ({
    value: each.value,
    note: `${format.number(each.count)}${counts?.newest === true ? '+' : ''}`,
  })
  return {
    cameras: counts?.cameras.map(noted) ?? [],
    wearers: counts?.wearers.map(noted) ?? [],
    categories: counts?.categories.map(noted) ?? [],
  }
}

/** What the list is narrowed to now, each with a way to take it off. */
export function ActiveFilters({ asked, change }: { asked: Asked; change: Change }) {
  const t = useTranslations('recordings')
  const told = useTold(asked)
  if (told.length === 0) return null
  return (
    <ul className="active-filters" aria-label={t('filter.active')}>
      {told.map(({ key, name, value }) => (
        <li key={key}>
          <Button
            className="chip"
            aria-label={t('filter.remove', { name, value })}
            onPress={() => change({ [key]: undefined })}
          >
            <span className="quiet">{name}</span> {value} <span aria-hidden="true">×</span>
          </Button>
        </li>
      ))}
      <li>
        <Button weight="quiet" onPress={() => change(Object.fromEntries(told.map(({ key }) => [key, undefined])))}>
          {t('filter.clear')}
        </Button>
      </li>
    </ul>
  )
}

function useTold(asked: Asked): { key: keyof Asked; name: string; value: string }[] {
  const t = useTranslations('recordings')
  const format = useFormatter()
  const category = useCategory()
  const units = useQuery({ ...unitsQuestion, enabled: asked.unit !== undefined }).data ?? []
  const day = (text: string) => format.dateTime(new Date(`${text}T12:00:00Z`), { dateStyle: 'medium', timeZone: 'UTC' })
  const told: { [K in keyof Asked]-?: (value: NonNullable<Asked[K]>) => [string, string] } = {
    q: value => [t('search.label'), value],
    from: value => [t('filter.from'), day(value)],
    until: value => [t('filter.until'), day(value)],
    camera: value => [t('filter.camera'), value],
    wearer: value => [t('filter.wearer'), value],
    unit: value => [t('filter.unit'), units.find(unit => unit.id === value)?.name ?? value],
    category: value => [t('filter.category'), category(value)],
    state: value => [t('filter.state'), t(`state.${value}`)],
    held: value => [t('filter.held'), t(value ? 'held.yes' : 'held.no')],
    days: value => [t('filter.days'), t('within', { days: value })],
    without: value => [t('filter.without'), t(`without.${value}`)],
    area: () => [t('filter.area'), t('filter.map')],
  }
  return (Object.keys(told) as (keyof Asked)[]).flatMap(key => {
    const value = asked[key]
    if (value === undefined) return []
    const [name, words] = (told[key] as (value: unknown) => [string, string])(value)
    return [{ key, name, value: words }]
  })
}
