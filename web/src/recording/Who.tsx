/** Somebody, with what they are here. */
export function Who({ name, roles }: { name: string; roles: readonly string[] }) {
  return (
    <span className="who">
      {name}
      {roles.length > 0 && <span className="quiet small block">{roles.join(', ')}</span>}
    </span>
  )
}
