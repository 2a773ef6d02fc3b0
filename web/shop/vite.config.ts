import {defineConfig} from 'vite'
import {writePackages} from '../console/tools/packages.mjs'

// Pages of `filrouge demo`, served by it alone. Nothing is inlined: their policy allows no inline script or style.
export default defineConfig({
  root: import.meta.dirname,
  plugins: [writePackages(`${import.meta.dirname}/../../build/site.packages.json`)],
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
