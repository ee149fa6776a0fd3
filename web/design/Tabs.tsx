import type { ReactNode } from 'react'
import { Tab, TabList, TabPanel, Tabs as Sides } from 'react-aria-components'
import './tabs.css'

export type Side<K extends string> = { id: K; name: string; content: ReactNode }

/** Several sides of one thing, one in sight. */
export function Tabs<K extends string>({
  label,
  sides,
  chosen,
  onChoose,
}: {
  label: string
  sides: readonly Side<K>[]
  chosen?: K
  onChoose?: (side: K) => void
}) {
  const choose = (key: unknown) => {
    const found = sides.find(each => each.id === key)
    if (found !== undefined) onChoose?.(found.id)
  }
  return (
    <Sides className="tabs" onSelectionChange={choose} {...(chosen === undefined ? {} : { selectedKey: chosen })}>
      <TabList aria-label={label} className="tab-list">
        {sides.map(side => (
          <Tab key={side.id} id={side.id} className="tab">
            {side.name}
          </Tab>
        ))}
      </TabList>
      {sides.map(side => (
        <TabPanel key={side.id} id={side.id} className="tab-panel">
          {side.content}
        </TabPanel>
      ))}
    </Sides>
  )
}
