import { useFormatter } from 'use-intl'
import './button.css'

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const

/** A way to a file, that says how long it is before one fetches it. */
export function Download({ href, bytes, words }: { href: string; bytes: number; words: (size: string) => string }) {
  const size = useSize()
  return (
    <a className="button main" href={href} download>
      {words(size(bytes))}
    </a>
  )
}

/** A length in the unit that people read: 3.4 MB. */
export function useSize(): (bytes: number) => string {
  const format = useFormatter()
  return bytes => {
    const step = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(bytes, 1)) / 3)))
    const unit = UNITS[step] ?? 'byte'
    return format.number(bytes / 1000 ** step, { style: 'unit', unit, maximumFractionDigits: 1 })
  }
}
