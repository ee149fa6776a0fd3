/// <reference types="vite/client" />

declare module 'virtual:contract' {
  export const contract: typeof import('@vidne/contract/contract').contract &
    typeof import('@vidne/contract/open').openContract
}

/** The same player without what streams of others need; it brings no types of its own. */
declare module 'hls.js/light' {
  export { default } from 'hls.js'
}
