// Scripts that run before a page's own: a browser's picker is a window of the system, which no test can answer.

/** As most browsers are: files come from inputs, and are forgotten with the page. */
export const noPickers = `delete window.showOpenFilePicker; delete window.showDirectoryPicker`

/** A picker that a test can answer: it gives a file of the origin's own storage, by a handle like any other. */
export const ownPicker = `
window.showDirectoryPicker = async () => {
  const root = await navigator.storage.getDirectory()
  const card = await root.getDirectoryHandle('card', { create: true })
  const clips = await card.getDirectoryHandle('clips', { create: true })
  for (const [folder, name] of [[clips, 'deep.mp4'], [card, 'flat.mp4']]) {
    const writing = await (await folder.getFileHandle(name, { create: true })).createWritable()
    await writing.write(crypto.getRandomValues(new Uint8Array(3000)))
    await writing.close()
  }
  return card
}
window.showOpenFilePicker = async () => {
  const root = await navigator.storage.getDirectory()
  const handle = await root.getFileHandle('kept.mp4', { create: true })
  const writing = await handle.createWritable()
  await writing.write(new Uint8Array(20 * 1048576).map((_, at) => (at * 7919) >> 8))
  await writing.close()
  return [handle]
}`
