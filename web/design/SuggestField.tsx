import { useId, useState } from 'react'

/** A line of text with suggestions of the browser's own. What was typed counts on Enter, on leaving, or when a suggestion is taken. */
export function SuggestField({
  label,
  value,
  suggestions,
  onChange,
}: {
  label: string
  value: string
  suggestions: readonly { value: string; note?: string }[]
  onChange: (value: string) => void
}) {
  const id = useId()
  const [{ typed, of }, setState] = useState({ typed: value, of: value })
  if (of !== value) setState({ typed: value, of: value })
  const setTyped = (text: string) => setState({ typed: text, of })
  const give = (text: string) => {
    if (text.trim() !== value) onChange(text.trim())
  }
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        list={`${id}-list`}
        value={typed}
        maxLength={200}
        autoComplete="off"
        onChange={event => {
          setTyped(event.target.value)
          if (suggestions.some(each => each.value === event.target.value)) give(event.target.value)
        }}
        onBlur={() => give(typed)}
        onKeyDown={event => event.key === 'Enter' && give(typed)}
      />
      <datalist id={`${id}-list`}>
        {suggestions.map(each => (
          <option key={each.value} value={each.value}>
            {each.note}
          </option>
        ))}
      </datalist>
    </div>
  )
}
