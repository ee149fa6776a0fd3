import { type ReactNode, useId } from 'react'
import { useTranslations } from 'use-intl'
import './file-field.css'

/** Choosing files, in the desk's own words: a browser's own button speaks the language of the browser. */
export function FileField({
  label,
  hint,
  chosen,
  onChoose,
  multiple = false,
  folder = false,
  accept,
}: {
  label: string
  hint?: ReactNode
  /** What was chosen, as it is shown; undefined while nothing is. */
  chosen: string | undefined
  onChoose: (files: readonly File[]) => void
  multiple?: boolean
  folder?: boolean
  accept?: string
}) {
  const t = useTranslations('shell')
  const id = useId()
  return (
    <div className="field file-field">
      <span id={`${id}-label`} className="file-label">
        {label}
      </span>
      {hint !== undefined && (
        <div id={`${id}-hint`} className="hint">
          {hint}
        </div>
      )}
      <div className="row">
        <input
          id={id}
          type="file"
          className="unseen"
          aria-labelledby={`${id}-label`}
          {...(hint === undefined ? {} : { 'aria-describedby': `${id}-hint` })}
          {...(folder ? { webkitdirectory: '' } : {})}
          {...(accept === undefined ? {} : { accept })}
          multiple={multiple}
          onChange={event => onChoose([...(event.target.files ?? [])])}
        />
        <label htmlFor={id} className="button" aria-hidden="true">
          {t(folder ? 'file.chooseFolder' : multiple ? 'file.chooseSeveral' : 'file.choose')}
        </label>
        <span className={chosen === undefined ? 'quiet' : ''}>{chosen ?? t('file.none')}</span>
      </div>
    </div>
  )
}
