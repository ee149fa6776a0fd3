import Uppy from '@uppy/core'
import Tus from '@uppy/tus'

/**
 * A page as somebody would write it who knows Uppy and has never heard of Vidne: files that are dropped on it go to
 * `/upload/` on the server it came from. What the page was told stands in its address, behind the hash.
 */
const told = new URLSearchParams(location.hash.slice(1))

const uppy = new Uppy({ autoProceed: true }).use(Tus, {
  endpoint: '/upload/',
  headers: { authorization: `Bearer ${told.get('token')}` },
})

document.body.addEventListener('dragover', event => event.preventDefault())
document.body.addEventListener('drop', event => {
  event.preventDefault()
  const dropped = [...(event.dataTransfer?.files ?? [])]
  uppy.addFiles(dropped.map(file => ({ name: file.name, type: file.type, data: file })))
})

Object.assign(globalThis, { uppy })
