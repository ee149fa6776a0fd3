/* oxlint-disable jsx-a11y/prefer-tag-over-role -- rows of a grid that is drawn in parts: see RecordingGrid */
import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import { useTranslations } from 'use-intl'
import { When } from '../../design/When.tsx'
import type { Row } from './questions.ts'
import { StateOf, useCategory, useGoes, useLength } from './told.tsx'

/** What the list says of one recording, in the order of its columns; beside each other, or on a narrow screen under each other. */
export const RowCells = memo(function RowCells({
  row,
  address,
  chosen,
}: {
  row: Row
  address: string
  chosen: boolean
}) {
  const t = useTranslations('recordings')
  const [goes, category, length] = [useGoes(), useCategory(), useLength()]
  const unknown = <span className="quiet">{t('row.unknown')}</span>
  const duty = [row.unit, row.operation?.title].filter(each => each !== null && each !== undefined)
  const rules = [...new Set([...(row.rule === null ? [] : [row.rule]), ...row.categories])]
  return (
    <>
      <span role="gridcell" aria-colindex={1} className="pick">
        <span className="pick-box" aria-hidden="true" data-chosen={chosen} />
        <span className="unseen">{chosen ? t('column.select') : ''}</span>
      </span>
      <span role="gridcell" aria-colindex={2} className="cell recorded">
        <Link to={address} tabIndex={-1}>
          {row.recordedAt === null ? (
            <>
              {t('row.noTime')} <When at={row.receivedAt} />
            </>
          ) : (
            <When at={row.recordedAt} />
          )}
        </Link>
      </span>
      <span role="gridcell" aria-colindex={3} className="cell length numbers">
        {row.durationMs === null ? '' : length(row.durationMs)}
      </span>
      <span role="gridcell" aria-colindex={4} className="cell camera">
        {row.camera ?? unknown}
      </span>
      <span role="gridcell" aria-colindex={5} className="cell wearer">
        {row.wearer ?? unknown}
      </span>
      <span role="gridcell" aria-colindex={6} className="cell duty">
        {duty.join(' · ')}
      </span>
      <span role="gridcell" aria-colindex={7} className="cell category">
        {rules.map(category).join(', ')}
      </span>
      <span role="gridcell" aria-colindex={8} className="cell state">
        <StateOf row={row} />
      </span>
      <span role="gridcell" aria-colindex={9} className="cell goes">
        {goes(row)}
      </span>
      <span role="gridcell" aria-colindex={10} className="cell file figures">
        {row.path}
      </span>
    </>
  )
})
