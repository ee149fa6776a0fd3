import { type DragEvent, useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { TroubleNotice } from '../../design/TroubleNotice.tsx'
import { type ChosenFile, ofDrop, ofInput, pick, picksHandles } from './choosing.ts'

/** Files or a folder: dropped, or chosen by two buttons that say the same. */
export function Chooser({ onChoose, folders = true }: { onChoose: (files: ChosenFile[]) => void; folders?: boolean }) {
  const t = useTranslations('bring-in')
  const [over, setOver] = useState(false)
  const [trouble, setTrouble] = useState<unknown>(null)
  const inputs = { files: useRef<HTMLInputElement>(null), folder: useRef<HTMLInputElement>(null) }
  const take = (asked: Promise<ChosenFile[]>) => {
    setTrouble(null)
    asked.then(files => files.length > 0 && onChoose(files), setTrouble)
  }
  const choose = (what: 'files' | 'folder') => (picksHandles ? take(pick(what)) : inputs[what].current?.click())
  const input = (what: 'files' | 'folder') => (
    <input
      ref={inputs[what]}
      type="file"
      hidden
      multiple
      data-choose={what}
      {...(what === 'folder' ? { webkitdirectory: '' } : {})}
      onChange={event => {
        take(Promise.resolve(ofInput([...(event.target.files ?? [])])))
        event.target.value = ''
      }}
    />
  )
  const hover = (event: DragEvent) => {
    event.preventDefault()
    setOver(true)
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    take(ofDrop(event.dataTransfer))
  }
  return (
    <div
      role="presentation"
      className="bring-drop"
      data-over={over}
      onDragOver={hover}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <p className="lead">{t('choose.drop')}</p>
      <div className="row">
        <Button onPress={() => choose('files')}>{t('choose.files')}</Button>
        {folders && <Button onPress={() => choose('folder')}>{t('choose.folder')}</Button>}
      </div>
      {input('files')}
      {folders && input('folder')}
      {trouble !== null && <TroubleNotice error={trouble} />}
    </div>
  )
}
