import { useEffect, useState } from 'react'
import { When } from '../../design/When.tsx'
import { installationNow } from './view.ts'

const PLACES = ['above', 'middle', 'below'] as const

/** Who looks and when, across the picture: a picture of the screen says whose screen it was. The footage itself is never touched. */
export function Watermark({ who, purpose }: { who: string; purpose: string }) {
  const [now, setNow] = useState(installationNow)
  useEffect(() => {
    const tick = setInterval(() => setNow(installationNow()), 1000)
    return () => clearInterval(tick)
  }, [])
  return (
    <div className="watermark" aria-hidden="true" data-purpose={purpose}>
      {PLACES.map(place => (
        <span key={place}>
          {who} · <When at={now} as="exact" />
        </span>
      ))}
    </div>
  )
}
