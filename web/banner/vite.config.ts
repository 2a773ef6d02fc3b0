import {defineConfig} from 'vite'
import {version} from './src/version.ts'

// One classic script, so that Consent Mode's denials stand before any tag that follows it is run.
export default defineConfig({
  root: import.meta.dirname,
  build: {
    outDir: `../../build/site/banner/${version}`,
    emptyOutDir: true,
    target: 'es2022',
    lib: {entry: 'src/main.ts', formats: ['iife'], name: 'filrougeConsent', fileName: () => 'banner.js'},
    reportCompressedSize: false,
  },
})
