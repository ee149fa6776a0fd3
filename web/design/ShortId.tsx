/** An id as people compare it by eye: its end, since the beginning of ours is the time and so alike; a machine reads it whole. */
export function ShortId({ id }: { id: string }) {
  return (
    <code title={id}>
      <span aria-hidden="true">…</span>
      {id.slice(-8)}
    </code>
  )
}
