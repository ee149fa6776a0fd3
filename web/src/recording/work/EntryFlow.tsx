import { type ComponentType, useEffect, useRef, useState } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import { Button } from '../../../design/Button.tsx'
import { Confirm, Dialog } from '../../../design/Dialog.tsx'
import { Notice } from '../../../design/Notice.tsx'
import { TroubleNotice } from '../../../design/TroubleNotice.tsx'
import { Conflict } from './Conflict.tsx'
import './work.css'

/** Something written, with the version that an edit says it saw. */
export type Entry<Content> = { id: string; version: number; by: string; at: string; content: Content }
export type Edit = { entry: string; saw: number }
type Clash<Content> = { state: 'conflict'; theirs: Entry<Content> | null }

/** How entries of one kind are written and taken away; each answers a conflict instead of overwriting. */
export type Writing<Content> = {
  write: (content: Content, edit: Edit | null) => Promise<{ state: 'written' } | Clash<Content>>
  remove: (edit: Edit) => Promise<{ state: 'removed' } | Clash<Content>>
  /** Every version of an entry, newest first; absent where they are not shown. */
  versions?: (entry: string) => Promise<Version<Content>[]>
}

/** `content` null: it was taken away. */
type Version<Content> = { version: number; by: string; at: string; content: Content | null }

export type FormProps<Content> = {
  value: Content | null
  isPending: boolean
  onSave: (content: Content) => void
  onCancel: () => void
}

type Flow<Content> = Writing<Content> & {
  entries: readonly Entry<Content>[]
  mayWrite: boolean
  /** What the button says that begins a new one. */
  add: string
  none: string
  Form: ComponentType<FormProps<Content>>
  /** `entry`: where the one that stands is shown, and not one side of a conflict or an earlier version. */
  Shown: ComponentType<{ content: Content; entry?: Entry<Content> }>
}

/** `saw`: the version that stood when the editing began, whatever others save meanwhile. */
type Editing<Content> = { id: string | null; saw: number; value: Content | null }
type Clashed<Content> = { edit: Edit | null; theirs: Entry<Content> | null; yours: Content }

type Saving<Content> = ReturnType<typeof useSaving<Content>>

/** What is being written, what clashed, and what went wrong. */
function useSaving<Content>(write: Writing<Content>['write']) {
  const [editing, setEditing] = useState<Editing<Content> | null>(null)
  const [clash, setClash] = useState<Clashed<Content> | null>(null)
  const [isPending, setPending] = useState(false)
  const [trouble, setTrouble] = useState<unknown>(null)
  const save = async (content: Content, edit: Edit | null) => {
    setPending(true)
    setTrouble(null)
    try {
      const answer = await write(content, edit)
      setClash(answer.state === 'conflict' ? { edit, theirs: answer.theirs, yours: content } : null)
      setEditing(null)
    } catch (error) {
      setTrouble(error)
    } finally {
      setPending(false)
    }
  }
  return { editing, setEditing, clash, setClash, isPending, trouble, setTrouble, save }
}

/** A list of entries of one kind that several people write at once: nobody's words are lost, whoever saves first. */
export function EntryFlow<Content>(flow: Flow<Content>) {
  const { entries, mayWrite, add, none } = flow
  const saving = useSaving(flow.write)
  const { editing, setEditing, clash, setClash, trouble, save } = saving
  const [stays, setStays] = useState<Stays | null>(null)
  const begin = useBack(editing === null)
  const mine = ({ theirs, yours }: Clashed<Content>) =>
    void save(yours, theirs === null ? null : { entry: theirs.id, saw: theirs.version })
  return (
    <div className="stack">
      {entries.length === 0 && editing === null && <p className="quiet">{none}</p>}
      <ol className="entries">
        {entries.map(entry => (
          <li key={entry.id}>
            {editing?.id === entry.id ? (
              <Writer flow={flow} saving={saving} edit={{ entry: entry.id, saw: editing.saw }} />
            ) : (
              <One
                {...flow}
                entry={entry}
                onEdit={() => setEditing({ id: entry.id, saw: entry.version, value: entry.content })}
                onTrouble={saving.setTrouble}
                onStays={setStays}
              />
            )}
          </li>
        ))}
      </ol>
      {clash !== null && <Clashing {...flow} clash={clash} onKeep={() => setClash(null)} onMine={() => mine(clash)} />}
      {stays !== null && <NotTaken stays={stays} />}
      {trouble !== null && <TroubleNotice error={trouble} />}
      {editing !== null && editing.id === null && <Writer flow={flow} saving={saving} edit={null} />}
      {mayWrite && editing === null && (
        <div>
          <Button ref={begin} onPress={() => setEditing({ id: null, saw: 0, value: null })}>
            {add}
          </Button>
        </div>
      )}
    </div>
  )
}

/** What was to be taken away was not what stands now; `by` null: it was gone already. */
type Stays = { readonly by: string | null }

function NotTaken({ stays: { by } }: { stays: Stays }) {
  const t = useTranslations('work')
  if (by === null) return <Notice tone="info" live title={t('stays.gone')} />
  return (
    <Notice tone="wait" live title={t('stays.title', { name: by })}>
      <p>{t('stays.text')}</p>
    </Notice>
  )
}

/** When a form goes, the keyboard is where one began, and not at the top of the page. */
function useBack(closed: boolean) {
  const begin = useRef<HTMLButtonElement>(null)
  const wasOpen = useRef(false)
  useEffect(() => {
    if (closed && wasOpen.current) begin.current?.focus()
    wasOpen.current = !closed
  }, [closed])
  return begin
}

function Writer<Content>({
  flow: { Form },
  saving: { editing, isPending, save, setEditing },
  edit,
}: {
  flow: Flow<Content>
  saving: Saving<Content>
  edit: Edit | null
}) {
  return (
    <Form
      value={editing?.value ?? null}
      isPending={isPending}
      onSave={content => void save(content, edit)}
      onCancel={() => setEditing(null)}
    />
  )
}

function Clashing<Content>({
  clash,
  Shown,
  onKeep,
  onMine,
}: Pick<Flow<Content>, 'Shown'> & { clash: Clashed<Content>; onKeep: () => void; onMine: () => void }) {
  return (
    <Conflict
      name={clash.theirs?.by ?? ''}
      theirs={clash.theirs === null ? null : <Shown content={clash.theirs.content} />}
      yours={<Shown content={clash.yours} />}
      onKeep={onKeep}
      onMine={onMine}
    />
  )
}

/** One entry as it stands, who wrote it, and what can be done with it. */
function One<Content>({
  entry,
  mayWrite,
  Shown,
  remove,
  versions,
  onEdit,
  onTrouble,
  onStays,
}: Flow<Content> & {
  entry: Entry<Content>
  onEdit: () => void
  onTrouble: (error: unknown) => void
  onStays: (stays: Stays | null) => void
}) {
  const t = useTranslations('work')
  const format = useFormatter()
  const [asks, setAsks] = useState(false)
  const when = format.dateTime(new Date(entry.at), 'moment')
  const takeAway = () => {
    setAsks(false)
    onStays(null)
    remove({ entry: entry.id, saw: entry.version }).then(
      answer => answer.state === 'conflict' && onStays({ by: answer.theirs?.by ?? null }),
      onTrouble,
    )
  }
  return (
    <article className="entry">
      <Shown content={entry.content} entry={entry} />
      <div className="row apart">
        <span className="quiet small">{t('by', { name: entry.by, when })}</span>
        {versions !== undefined && entry.version > 1 && <Earlier entry={entry.id} versions={versions} Shown={Shown} />}
        {mayWrite && (
          <span className="row">
            <Button weight="quiet" onPress={onEdit}>
              {t('edit')}
            </Button>
            <Button weight="quiet" onPress={() => setAsks(true)}>
              {t('remove')}
            </Button>
          </span>
        )}
      </div>
      <Confirm
        title={t('removeTitle')}
        consequence={t('removeText')}
        act={t('remove')}
        danger
        isOpen={asks}
        onClose={() => setAsks(false)}
        onConfirm={takeAway}
      />
    </article>
  )
}

/** What stood there before, so that nothing that somebody wrote is out of sight. */
function Earlier<Content>({
  entry,
  versions,
  Shown,
}: Pick<Flow<Content>, 'Shown'> & { entry: string; versions: (entry: string) => Promise<Version<Content>[]> }) {
  const t = useTranslations('work')
  const format = useFormatter()
  const [found, setFound] = useState<Version<Content>[] | null>(null)
  const show = () => void versions(entry).then(all => setFound(all.slice(1)))
  return (
    <>
      <Button weight="quiet" onPress={show}>
        {t('earlier')}
      </Button>
      <Dialog title={t('earlier')} isOpen={found !== null} onClose={() => setFound(null)}>
        <ol className="entries">
          {(found ?? []).map(({ version, by, at, content }) => (
            <li key={version} className="entry">
              {content === null ? <p className="quiet">{t('takenAway')}</p> : <Shown content={content} />}
              <span className="quiet small">
                {t('by', { name: by, when: format.dateTime(new Date(at), 'moment') })}
              </span>
            </li>
          ))}
        </ol>
      </Dialog>
    </>
  )
}
