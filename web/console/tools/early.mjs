// A plugin of Vite: what the document names so that the browser need not find it one after the other: app/early.ts,
// as a script of its own before the large ones, and the letters. In the document of `npm run dev` they are not: the
// page does without.
const kLetters = /inter-latin-wght-normal-.*\.woff2$/

export function earlyParts() {
  return {
    name: 'filrouge-early',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_html, {bundle}) {
        const script = Object.values(bundle).find(({moduleIds}) => moduleIds?.some((id) => id.endsWith('/app/early.ts')))
        const letters = Object.keys(bundle).find((name) => kLetters.test(name))
        if (!script || !letters) throw new Error('the early script or the letters were not built')
        return [
          {tag: 'script', attrs: {type: 'module', async: true, crossorigin: true, src: `/${script.fileName}`}, injectTo: 'head-prepend'},
          {tag: 'link', attrs: {rel: 'preload', as: 'font', type: 'font/woff2', crossorigin: true, href: `/${letters}`}, injectTo: 'head'},
        ]
      },
    },
  }
}
