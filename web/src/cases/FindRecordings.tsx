import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { Exhibit } from '@vidne/contract/cases'
import { useDeferredValue, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { DayField } from '../../design/DayField.tsx'
import { Checkbox, TextField } from '../../design/fields.tsx'
import { Badge } from '../../design/Notice.tsx'
import { TroubleNotice } from '../../design/TroubleNotice.tsx'
import { When } from '../../design/When.tsx'
import { vidne } from '../connection/client.ts'
import { troubleOf } from '../connection/trouble.ts'

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/
/** A choice among few; who finds too many says more. */
const SHOWN = 20

export type Found = Pick<
  Awaited<ReturnType<typeof vidne.recordings.list>>['recordings'][number],
  'id' | 'path' | 'camera' | 'wearer' | 'recordedAt' | 'receivedAt'
>
type Chosen = ReadonlyMap<string, Found>

/** Finds recordings by words, by a day, or by a number or address that is pasted. What was chosen stays, whatever is sought next. */
export function FindRecordings({
  exhibits,
  chosen,
  onChoose,
}: {
  exhibits: readonly Exhibit[]
  chosen: Chosen
  onChoose: (chosen: Chosen) => void
}) {
  const t = useTranslations('cases')
  const [text, setText] = useState('')
  const [day, setDay] = useState('')
  const found = useFound(useDeferredValue(text.trim()), useDeferredValue(day))
  const toggle = (one: Found) => {
    const next = new Map(chosen)
    if (!next.delete(one.id)) next.set(one.id, one)
    onChoose(next)
  }
  const rows = found.data?.recordings ?? []
  const elsewhere = [...chosen.values()].filter(one => rows.every(row => row.id !== one.id))
  const list = { exhibits, chosen, toggle }
  return (
    <>
      <div className="columns picker-find">
        <TextField label={t('picker.find')} hint={t('picker.findHint')} value={text} onChange={setText} type="search" />
        <DayField label={t('picker.day')} value={day} onChange={setDay} />
      </div>
      {elsewhere.length > 0 && (
        <fieldset className="stack tight picker-list">
          <legend>{t('picker.before')}</legend>
          {elsewhere.map(one => (
            <Row key={one.id} one={one} {...list} />
          ))}
        </fieldset>
      )}
      {found.isError && <TroubleNotice error={found.error} retry={() => void found.refetch()} />}
      <fieldset className="stack tight picker-list" aria-busy={found.isFetching}>
        <legend>{t('picker.found')}</legend>
        {found.isSuccess && rows.length === 0 && <p className="quiet">{t('picker.nothing')}</p>}
        {rows.map(one => (
          <Row key={one.id} one={one} {...list} />
        ))}
        {typeof found.data?.after === 'string' && <p className="quiet small">{t('picker.more', { count: SHOWN })}</p>}
      </fieldset>
      <p className="row">
        <output>{t('picker.chosen', { count: chosen.size })}</output>
        {chosen.size > 0 && (
          <Button weight="quiet" onPress={() => onChoose(new Map())}>
            {t('picker.none')}
          </Button>
        )}
      </p>
    </>
  )
}

function useFound(text: string, day: string) {
  const id = UUID.exec(text.toLowerCase())?.[0] ?? null
  return useQuery({
    queryKey: ['recordings', 'picker', id ?? text, day],
    queryFn: async (): Promise<{ recordings: readonly Found[]; after: string | null }> => {
      if (id !== null) return { recordings: await named(id), after: null }
      return vidne.recordings.list({
        state: 'present',
        sort: 'recorded',
        limit: SHOWN,
        ...(text === '' ? {} : { search: text }),
        ...(day === '' ? {} : { from: day, until: day }),
      })
    },
    placeholderData: keepPreviousData,
    retry: false,
  })
}

/** A number that is none of his is nothing found, as in any search. */
async function named(id: string): Promise<Found[]> {
  try {
    return [(await vidne.recordings.find({ id })).recording]
  } catch (error) {
    const trouble = troubleOf(error)
    if (trouble.kind === 'refused' && trouble.code === 'NOT_FOUND') return []
    throw error
  }
}

function Row({
  one,
  exhibits,
  chosen,
  toggle,
}: {
  one: Found
  exhibits: readonly Exhibit[]
  chosen: Chosen
  toggle: (one: Found) => void
}) {
  const t = useTranslations('cases')
  const there = exhibits.filter(({ footage }) => footage.state === 'there' && footage.recording === one.id)
  const name = one.path?.split('/').at(-1)
  return (
    <Checkbox isSelected={chosen.has(one.id)} onChange={() => toggle(one)}>
      <span className="row">
        <When at={one.recordedAt ?? one.receivedAt} />
        {[name, one.wearer, one.camera]
          .filter(each => each !== null && each !== undefined)
          .map(each => (
            <span key={each}>{each}</span>
          ))}
        {there.length > 0 && (
          <Badge tone="info">
            {t('picker.already', { references: there.map(exhibit => exhibit.reference).join(', ') })}
          </Badge>
        )}
      </span>
    </Checkbox>
  )
}
