import {defineConfig} from 'vite'

// Pages of `filrouge demo`, served by it alone. Nothing is inlined: their policy allows no inline script or style.
export default defineConfig({
  root: import.meta.dirname,
  build: {
    outDir: '../../build/site/shop',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: {polyfill: false},
    target: 'es2022',
    reportCompressedSize: false,
    rollupOptions: {input: ['index', 'shop', 'till', 'kiosk'].map((page) => `${import.meta.dirname}/${page}.html`)},
  },
})
