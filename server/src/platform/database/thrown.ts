/** WASI's number for a disk without room. */
const NO_ROOM = 51

/** What the engine throws is not always an Error: its file system throws objects that hold a number, and no words. */
export function textOfThrown(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null) return String(thrown)
  const read = (name: string): unknown => Reflect.get(thrown, name)
  const [message, errno] = [read('message'), read('errno')]
  if (errno === NO_ROOM) return 'there is no room left on its disk'
  if (typeof message === 'string' && message !== '') return message
  return typeof errno === 'number' ? `its file system refused (${errno})` : 'it gave no reason'
}
