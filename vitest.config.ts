import { defineConfig } from 'vitest/config'

const exclude = ['**/node_modules/**', '**/dist/**']

/** How long what is waited for may stay away before it counts as broken: on a machine with too much to do all comes late. */
const expect = { poll: { timeout: 60_000 } }

/** Parts that need no server start at once; the others share one PostgreSQL, one S3 store and one template of the embedded database. */
export default defineConfig({
  test: {
    maxWorkers: 4,
    projects: [
      {
        test: {
          name: 'formats',
          include: [
            '{tlog,evidence,policies,locales,verifier,media,vectors,contract,web}/**/*.test.ts',
            'checks/*.test.ts',
          ],
          exclude,
          pool: 'forks',
          expect,
          testTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'house',
          include: ['{server,dock-agent,cli,demo,e2e}/**/*.test.ts'],
          exclude,
          pool: 'forks',
          expect,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          globalSetup: [
            'server/src/platform/testing/own-places.ts',
            'server/src/platform/testing/databases.ts',
            'server/src/platform/testing/store-of-run.ts',
          ],
        },
      },
    ],
  },
})
