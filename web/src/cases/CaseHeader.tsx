import type { CaseHeader as Header, WholeCase } from '@vidne/contract/cases'
import { type FormEvent, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { TextField } from '../../design/fields.tsx'
import { TroubleNotice } from '../../design/TroubleNotice.tsx'
import { vidne } from '../connection/client.ts'
import { Conflict } from '../recording/work/Conflict.tsx'
import { useDoing } from './doing.ts'

type Clash = { theirs: Header & { version: number; by: string }; yours: Header }

/** Number, title and summary. Two who change them at once lose nothing. */
export function CaseHeader({ found }: { found: WholeCase }) {
  const t = useTranslations('cases')
  const { id, may, state } = found
  const [editing, setEditing] = useState<{ saw: number; texts: Header } | null>(null)
  const [clash, setClash] = useState<Clash | null>(null)
  const save = useDoing(id, async ({ saw, texts }: { saw: number; texts: Header }) => {
    const answer = await vidne.cases.change({ id, saw, ...texts })
    setClash(answer.state === 'conflict' ? answer : null)
    setEditing(null)
  })
  const texts = { number: found.number, title: found.title, summary: found.summary }
  return (
    <div className="stack">
      {found.summary !== '' && editing === null && <p className="written">{found.summary}</p>}
      {editing !== null && (
        <HeaderForm
          texts={editing.texts}
          isPending={save.isPending}
          onSave={mine => save.mutate({ saw: editing.saw, texts: mine })}
          onCancel={() => setEditing(null)}
        />
      )}
      {clash !== null && (
        <Conflict
          name={clash.theirs.by}
          theirs={<Texts {...clash.theirs} />}
          yours={<Texts {...clash.yours} />}
          onKeep={() => setClash(null)}
          onMine={() => save.mutate({ saw: clash.theirs.version, texts: clash.yours })}
        />
      )}
      {save.isError && <TroubleNotice error={save.error} />}
      {may.write && state === 'open' && editing === null && (
        <div>
          <Button onPress={() => setEditing({ saw: found.version, texts })}>{t('edit')}</Button>
        </div>
      )}
    </div>
  )
}

function Texts({ number, title, summary }: Header) {
  return (
    <div className="stack tight">
      <span>{number}</span>
      <span>{title}</span>
      <p className="written">{summary}</p>
    </div>
  )
}

function HeaderForm({
  texts,
  isPending,
  onSave,
  onCancel,
}: {
  texts: Header
  isPending: boolean
  onSave: (texts: Header) => void
  onCancel: () => void
}) {
  const t = useTranslations('cases')
  const shell = useTranslations('shell')
  const [mine, setMine] = useState(texts)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onSave(mine)
  }
  return (
    <form className="stack" onSubmit={submit}>
      <TextField label={t('number')} value={mine.number} onChange={number => setMine({ ...mine, number })} isRequired />
      <TextField label={t('caseTitle')} value={mine.title} onChange={title => setMine({ ...mine, title })} isRequired />
      <TextField
        label={t('summary')}
        lines={5}
        value={mine.summary}
        onChange={summary => setMine({ ...mine, summary })}
      />
      <div className="row">
        <Button type="submit" weight="main" isPending={isPending}>
          {t('save')}
        </Button>
        <Button weight="quiet" onPress={onCancel}>
          {shell('cancel')}
        </Button>
      </div>
    </form>
  )
}
