import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'
import { minifyContractRouter } from '@orpc/contract'
import locales from '@react-aria/optimize-locales-plugin'
import react from '@vitejs/plugin-react'
import { contract } from '@vidne/contract/contract'
import { openContract } from '@vidne/contract/open'
import { defineConfig, type Plugin } from 'vite'

/**
 * The contract as the browser needs it: methods, paths and refusals, without its schemas. So the bundle carries no zod,
 * and the client is still typed by the contract itself.
 */
function contractWithoutSchemas(): Plugin {
  const name = 'virtual:contract'
  return {
    name: 'vidne-contract',
    resolveId: id => (id === name ? `\0${name}` : null),
    load: id =>
      id === `\0${name}`
        ? `export const contract = ${JSON.stringify(minifyContractRouter({ ...contract, ...openContract }))}`
        : null,
  }
}

const squeezed = /\.(?:js|css|html|svg|json|webmanifest)$/
const brotli = promisify(brotliCompress)
const zip = promisify(gzip)

/** Compressed once, from what was written: a server that sends the same file to every desk need not do it again each time. */
function compressedBeside(): Plugin {
  return {
    name: 'vidne-compressed',
    apply: 'build',
    async writeBundle({ dir = '' }, bundle) {
      for (const name of Object.keys(bundle).filter(one => squeezed.test(one))) {
        const path = join(dir, name)
        const written = await readFile(path)
        await writeFile(`${path}.br`, await brotli(written))
        await writeFile(`${path}.gz`, await zip(written))
      }
    },
  }
}

export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [
    react(),
    { ...locales.vite({ locales: ['en-US', 'da-DK', 'sv-SE', 'de-DE'] }), enforce: 'pre' },
    contractWithoutSchemas(),
    compressedBeside(),
  ],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    // Nothing in the page itself: the policy for content forbids it, and rightly.
    assetsInlineLimit: 0,
    assetsDir: 'desk',
    modulePreload: { polyfill: false },
    manifest: true,
    reportCompressedSize: false,
  },
})
