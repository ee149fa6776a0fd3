import type { CaseEntry, CaseEntryContent } from '@vidne/contract/cases'
import { createContext, type ReactNode, use, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Checkbox, TextField } from '../../design/fields.tsx'
import { Panel } from '../../design/Page.tsx'
import { TroubleNotice } from '../../design/TroubleNotice.tsx'
import { vidne } from '../connection/client.ts'
import { type Edit, type Entry, EntryFlow, type FormProps, type Writing } from '../recording/work/EntryFlow.tsx'
import { EntryForm } from '../recording/work/forms.tsx'
import { useDoing } from './doing.ts'

type Of<Kind extends CaseEntryContent['kind']> = Extract<CaseEntryContent, { kind: Kind }>
type Shared = { id: string; entries: readonly CaseEntry[]; mayWrite: boolean }

/** What has to be done for a case, and what people noted of it. */
export function CaseWork({ id, entries, mayWrite }: Shared) {
  const t = useTranslations('cases')
  const tasks = entries.flatMap(entry => (entry.content.kind === 'task' ? [{ ...entry, content: entry.content }] : []))
  const notes = entries.flatMap(entry => (entry.content.kind === 'note' ? [{ ...entry, content: entry.content }] : []))
  const [first, second] = [useWriting(id, 'task'), useWriting(id, 'note')]
  return (
    <div className="columns">
      <Panel title={t('task.title')}>
        <Ticking id={id} mayWrite={mayWrite}>
          <EntryFlow
            {...first}
            entries={tasks}
            mayWrite={mayWrite}
            add={t('task.add')}
            none={t('task.none')}
            Form={TaskForm}
            Shown={TaskShown}
          />
        </Ticking>
      </Panel>
      <Panel title={t('note.title')}>
        <EntryFlow
          {...second}
          entries={notes}
          mayWrite={mayWrite}
          add={t('note.add')}
          none={t('note.none')}
          Form={NoteForm}
          Shown={NoteShown}
        />
      </Panel>
    </div>
  )
}

function useWriting<Kind extends CaseEntryContent['kind']>(id: string, kind: Kind): Writing<Of<Kind>> {
  const isOf = (content: CaseEntryContent): content is Of<Kind> => content.kind === kind
  const narrowed = (theirs: CaseEntry | null): Entry<Of<Kind>> | null => {
    if (theirs === null) return null
    const { content } = theirs
    return isOf(content) ? { ...theirs, content } : null
  }
  const write = useDoing(id, ({ content, edit }: { content: Of<Kind>; edit: Edit | null }) =>
    vidne.cases.write({ id, content, ...edit }),
  )
  const remove = useDoing(id, (edit: Edit) => vidne.cases.remove({ id, ...edit }))
  return {
    async write(content, edit) {
      const answer = await write.mutateAsync({ content, edit })
      return answer.state === 'written' ? { state: 'written' } : { state: 'conflict', theirs: narrowed(answer.theirs) }
    },
    async remove(edit) {
      const answer = await remove.mutateAsync(edit)
      return answer.state === 'removed' ? answer : { state: 'conflict', theirs: narrowed(answer.theirs) }
    },
  }
}

type Tick = ((task: Entry<Of<'task'>>) => void) | null
const TickContext = createContext<Tick>(null)

/** Ticking says which version was seen: who ticked meanwhile is shown with the list anew. */
function Ticking({ id, mayWrite, children }: { id: string; mayWrite: boolean; children: ReactNode }) {
  const tick = useDoing(id, ({ id: entry, version: saw, content }: Entry<Of<'task'>>) =>
    vidne.cases.write({ id, entry, saw, content: { ...content, done: !content.done } }),
  )
  return (
    <TickContext value={mayWrite && !tick.isPending ? tick.mutate : null}>
      {children}
      {tick.isError && <TroubleNotice error={tick.error} />}
    </TickContext>
  )
}

function TaskForm({ value, onSave, ...rest }: FormProps<Of<'task'>>) {
  const t = useTranslations('cases')
  const [words, setWords] = useState(value?.words ?? '')
  const submit = () => words.trim() !== '' && onSave({ kind: 'task', words: words.trim(), done: value?.done ?? false })
  return (
    <EntryForm {...rest} onSubmit={submit}>
      <TextField label={t('task.words')} value={words} onChange={setWords} isRequired />
    </EntryForm>
  )
}

function TaskShown({ content, entry }: { content: Of<'task'>; entry?: Entry<Of<'task'>> }) {
  const tick = use(TickContext)
  return (
    <Checkbox
      isSelected={content.done}
      isDisabled={tick === null || entry === undefined}
      onChange={() => entry !== undefined && tick?.(entry)}
    >
      {content.words}
    </Checkbox>
  )
}

function NoteForm({ value, onSave, ...rest }: FormProps<Of<'note'>>) {
  const t = useTranslations('cases')
  const [words, setWords] = useState(value?.words ?? '')
  const submit = () => words.trim() !== '' && onSave({ kind: 'note', words: words.trim() })
  return (
    <EntryForm {...rest} onSubmit={submit}>
      <TextField label={t('note.words')} lines={4} value={words} onChange={setWords} isRequired />
    </EntryForm>
  )
}

function NoteShown({ content }: { content: Of<'note'> }) {
  return <p className="written">{content.words}</p>
}
