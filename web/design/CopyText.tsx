import { useState } from 'react'
import { Button } from './Button.tsx'
import './copy-text.css'

/** A text that is shown once, to be taken away: to be read, marked, or copied by one click. */
export function CopyText({ label, text, act, done }: { label: string; text: string; act: string; done: string }) {
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
  }
  return (
    <div className="copy-text">
      <input className="figures" readOnly aria-label={label} value={text} onFocus={event => event.target.select()} />
      <Button onPress={() => void copy()}>{act}</Button>
      <output className="quiet small">{copied ? done : ''}</output>
    </div>
  )
}
