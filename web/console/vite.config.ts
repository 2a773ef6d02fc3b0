import react from '@vitejs/plugin-react'
import {defineConfig} from 'vite'
import {writePackages} from './tools/packages.mjs'

// What the server serves from /: the document, and under /assets/ files whose names change with
// their content. Nothing is inlined: the policy of the page allows neither script nor style nor data.
export default defineConfig({
  plugins: [react(), writePackages(`${import.meta.dirname}/../../build/console.packages.json`)],
  build: {
    outDir: '../../build/console',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: {polyfill: false},
    target: 'es2022',
    chunkSizeWarningLimit: 700,
    reportCompressedSize: false,
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
