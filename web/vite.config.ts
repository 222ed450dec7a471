import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { chunkGroups } from './build/chunks.ts'
import { compressedTwins } from './build/compressed-twins.ts'

/** Where `npm run dev:web` finds a started system. */
const SYSTEM = process.env['USMS_URL'] ?? 'http://localhost:4000'

export default defineConfig({
  root: import.meta.dirname,
  base: '/app/',
  plugins: [react(), compressedTwins()],
  build: {
    outDir: 'dist',
    // Which chunk needs which: the check of the sign-in page's size reads it.
    manifest: true,
    // These know light-dark(); what stands in for it where it is not known cannot be switched by Mantine's attribute.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // Small files stay files: the policy of the page takes fonts and scripts from this origin alone.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: { codeSplitting: { groups: chunkGroups } },
      // "use client" in Mantine's files is for servers that render; there is none here.
      onLog: (level, log, print) => {
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') print(level, log)
      },
    },
  },
  server: { proxy: { '/public': SYSTEM, '/proxy': SYSTEM, '/owner': SYSTEM, '/resolve': SYSTEM } },
})
