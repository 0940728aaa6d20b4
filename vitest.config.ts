import { defineConfig } from 'vitest/config'

export const config = defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'threads',
    maxWorkers: 2,
    testTimeout: 30000,
    hookTimeout: 30000,
    // Bundles that tests make are run as they are.
    server: { deps: { external: [/\/\.cache\/scripts\//] } },
  },
})

// Vitest reads its configuration from the default export only.
export { config as default }
