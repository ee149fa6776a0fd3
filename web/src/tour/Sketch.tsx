/** The stations of the tour, in their order; also the names of their words. */
export const sketches = ['byte', 'leap', 'missing', 'defence'] as const
export type SketchName = (typeof sketches)[number]

/** A small picture beside the words that say the same. */
export function Sketch({ name }: { name: SketchName }) {
  return (
    <svg className="sketch" viewBox="0 0 160 64" aria-hidden="true" focusable="false">
      {drawn[name]}
    </svg>
  )
}

const pieces = Array.from({ length: 8 }, (_, at) => 8 + at * 18)

const drawn = {
  byte: (
    <>
      {pieces.map((x, at) => (
        <rect key={x} x={x} y="20" width="14" height="24" className={at === 5 ? 'mark' : 'line'} />
      ))}
      <path d="M105 4v12m-4-5 4 5 4-5" className="mark" />
    </>
  ),
  leap: (
    <>
      {pieces.map((x, at) => (
        <rect key={x} x={x} y="28" width="14" height="16" className={at < 5 && at !== 2 ? 'gone' : 'line'} />
      ))}
      <path d="M12 20q42-24 88 0m-7-6 7 6-9 2" className="mark" />
    </>
  ),
  missing: (
    <>
      {pieces.map((x, at) =>
        at === 4 ? (
          <path key={x} d={`M${x} 24l14 16m0-16-14 16`} className="mark" />
        ) : (
          <rect key={x} x={x} y="24" width="14" height="16" className="line" />
        ),
      )}
    </>
  ),
  defence: (
    <>
      <rect x="46" y="10" width="68" height="46" className="line" />
      <path d="M46 24h68M80 10v14M66 40l10 9 18-16" className="mark" />
    </>
  ),
} as const
