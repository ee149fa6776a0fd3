import type { ReactNode } from 'react'
import './table.css'

export type Column<Row> = {
  id: string
  name: string
  cell: (row: Row) => ReactNode
  /** Figures stand right, under each other. */
  numeric?: boolean
}

/**
 * A table of some rows, as people compare them. On a narrow screen each row becomes a block that names its values. A list of
 * thousands is drawn by the recordings' own grid instead.
 */
export function Table<Row>({
  caption,
  columns,
  rows,
  keyOf,
  hideCaption = true,
}: {
  caption: string
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  keyOf: (row: Row) => string
  hideCaption?: boolean
}) {
  return (
    // Wider than its place it is moved sideways, and who uses keys can do that only where it takes the focus.
    // A group and no landmark: the panel around it is one, often of the same name.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex, jsx-a11y/prefer-tag-over-role
    <div role="group" className="table-frame" aria-label={caption} tabIndex={0}>
      <table className="table">
        <caption className={hideCaption ? 'unseen' : ''}>{caption}</caption>
        <thead>
          <tr>
            {columns.map(column => (
              <th key={column.id} scope="col" className={column.numeric ? 'numeric' : ''}>
                {column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(row => (
            <tr key={keyOf(row)}>
              {columns.map((column, index) =>
                index === 0 ? (
                  <th key={column.id} scope="row" data-name={column.name}>
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.id} data-name={column.name} className={column.numeric ? 'numeric' : ''}>
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
