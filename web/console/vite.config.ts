import react from '@vitejs/plugin-react'
import {defineConfig} from 'vite'
import {earlyParts} from './tools/early.mjs'
import {writePackages} from './tools/packages.mjs'

// What the server serves from /: the document, and under /assets/ files whose names change with
// their content. Nothing is inlined: the policy of the page allows neither script nor style nor data.
export default defineConfig({
  plugins: [react(), earlyParts(), writePackages(`${import.meta.dirname}/../../build/console.packages.json`)],
  build: {
    outDir: '../../build/console',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: {polyfill: false},
    target: 'es2022',
    chunkSizeWarningLimit: 700,
    reportCompressedSize: false,
    rolldownOptions: {
      input: {index: 'index.html', early: 'src/app/early.ts'},
      // Two scripts for whatever page: one that asks and fetches at once, and one with all that each page needs,
      // since every file more costs a new window more than its bytes do.
      output: {
        codeSplitting: {
          groups: [
            {name: 'early', test: /src\/(app\/(early|pages)|api\/(first|token)|texts\/languages)\.ts$|vite\/preload-helper/, priority: 2},
            {name: 'first', tags: ['$initial'], priority: 1},
          ],
        },
      },
    },
  },
  server: {
    // `npm run dev` beside a server of its own: FILROUGE_URL says where that one answers.
    proxy: Object.fromEntries(
      ['/api', '/metrics', '/version', '/admin'].map((path) => [
        path, {target: process.env.FILROUGE_URL ?? 'http://127.0.0.1:8180', changeOrigin: true},
      ]),
    ),
  },
})
