/// <reference types="vite/client" />

declare module 'virtual:contract' {
  export const contract: typeof import('@vidne/contract/contract').contract &
    typeof import('@vidne/contract/open').openContract
}
