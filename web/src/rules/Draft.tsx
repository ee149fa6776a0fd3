import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Answer } from '../../design/Answer.tsx'
import { Button } from '../../design/Button.tsx'
import { Select, TextField } from '../../design/fields.tsx'
import { FileField } from '../../design/FileField.tsx'
import { Panel } from '../../design/Page.tsx'
import { vidne } from '../connection/client.ts'
import { Compare, type Drafted, Publish, Replay } from './Trying.tsx'
import { type Changeable, changeable, draftIn, typedAs, withChange } from './override.ts'

/** A next version: what shall be different, what that changes, what it would have decided, and asking for it. */
export function Draft() {
  const t = useTranslations('rules')
  const [text, setText] = useState('{}')
  const [file, setFile] = useState<string>()
  const [unit, setUnit] = useState<string | null>(null)
  const of = unit === null ? {} : { unit }
  const shown = useQuery({ queryKey: ['rules', 'shown', unit], queryFn: () => vidne.policy.show(of) })
  const told = useQuery({ queryKey: ['rules', 'in-words'], queryFn: () => vidne.policy.inWords({}) })
  const says = new Map(
    told.data?.sections.flatMap(({ items }) => items.map(item => [item.path, item.says] as const)) ?? [],
  )
  const draft = draftIn(text)
  const empty = draft === null || Object.keys(draft).length === 0
  const take = async ([one]: readonly File[]) => {
    if (one === undefined) return
    setFile(one.name)
    setText(await one.text())
  }
  return (
    <div className="stack">
      <p className="quiet">{t('draft.lead')}</p>
      <Panel title={t('draft.change')}>
        <ForWhom unit={unit} onChange={setUnit} />
        <Answer of={shown}>
          {({ policy }) => (
            <OneValue
              values={changeable(policy)}
              says={says}
              onAdd={(one, wish) => setText(JSON.stringify(withChange(draft ?? {}, one, wish), null, 2))}
            />
          )}
        </Answer>
        <FileField
          label={t('draft.file')}
          accept="application/json,.json"
          chosen={file}
          onChoose={files => void take(files)}
        />
        <TextField
          label={t('draft.json')}
          lines={6}
          value={text}
          onChange={setText}
          error={draft === null ? t('draft.odd') : undefined}
        />
      </Panel>
      {empty ? (
        <p className="quiet">{t('draft.empty')}</p>
      ) : (
        <Steps key={`${unit} ${text}`} draft={{ override: draft, ...of }} />
      )}
    </div>
  )
}

/** Each draft has steps of its own: what was found of another says nothing of this one. */
function Steps({ draft }: { draft: Drafted }) {
  return (
    <>
      <Compare draft={draft} />
      <Replay draft={draft} />
      <Publish draft={draft} />
    </>
  )
}

const AGENCY = 'the agency'

/** Whose rules they shall be: the agency's, or tighter ones of one of its units. Where there is no unit, nothing is asked. */
function ForWhom({ unit, onChange }: { unit: string | null; onChange: (unit: string | null) => void }) {
  const t = useTranslations('rules')
  const units = useQuery({ queryKey: ['units'], queryFn: () => vidne.units.list() }).data ?? []
  if (units.length === 0) return null
  return (
    <Select
      label={t('unit')}
      value={unit === null ? AGENCY : `unit ${unit}`}
      choices={[{ id: AGENCY, name: t('agency') }, ...units.map(({ name }) => ({ id: `unit ${name}`, name }))]}
      onChange={id => onChange(id === AGENCY ? null : id.slice('unit '.length))}
    />
  )
}

type Add = (one: Changeable, wish: { value: Changeable['value']; source: string }) => void

type Asked = { values: readonly Changeable[]; says: ReadonlyMap<string, string>; onAdd: Add }

function OneValue({ values, says, onAdd }: Asked) {
  const t = useTranslations('rules')
  const [path, setPath] = useState<string | null>(null)
  const [typed, setTyped] = useState('')
  const [source, setSource] = useState('')
  const [tried, setTried] = useState(false)
  const one = values.find(each => each.path === path)
  const value = one === undefined ? null : typedAs(one.value, typed)
  const add = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (one === undefined || value === null || source.trim() === '') return
    onAdd(one, { value, source: source.trim() })
    setTried(false)
    setTyped('')
  }
  return (
    <form className="stack" onSubmit={add} noValidate>
      <Select
        label={t('draft.value')}
        choices={values.map(each => ({
          id: each.path,
          name: each.path,
          hint: says.get(each.path) ?? `${t('draft.now')}: ${String(each.value)}`,
        }))}
        value={path}
        onChange={setPath}
      />
      {one !== undefined && (
        <>
          <p>
            {t('draft.now')}: {says.get(one.path)} <code>{String(one.value)}</code>
          </p>
          <TextField
            label={t('draft.new')}
            hint={t('draft.newHint')}
            value={typed}
            onChange={setTyped}
            isRequired
            error={tried && value === null ? t('draft.newHint') : undefined}
          />
          <TextField
            label={t('draft.basis')}
            hint={t('draft.basisHint')}
            value={source}
            onChange={setSource}
            isRequired
            error={tried && source.trim() === '' ? t('draft.basisHint') : undefined}
          />
          <div>
            <Button type="submit">{t('draft.add')}</Button>
          </div>
        </>
      )}
    </form>
  )
}
