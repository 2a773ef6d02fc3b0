// A constructed sheet: a policy without 'unsafe-inline' allows it. A site changes the look by the custom
// properties; none of them can make one of the two answers louder than the other.
export const style = `
:host { --surface: var(--filrouge-surface, light-dark(#fff, #1d1b20)); --text: var(--filrouge-text, light-dark(#1f1b24, #f3eef6));
  --soft: light-dark(#57505f, #c6bece); --line: light-dark(#8a8292, #8f8799); --accent: var(--filrouge-accent, light-dark(#8c1d2f, #ffb3ba));
  --on-accent: var(--filrouge-on-accent, light-dark(#fff, #3d0713)); color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; color: var(--text); }
:host([theme=light]) { color-scheme: light; } :host([theme=dark]) { color-scheme: dark; }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
.bar { position: fixed; inset: auto 0 0; z-index: 2147483000; max-height: 85vh; overflow: auto; background: var(--surface); color: var(--text);
  border-top: 1px solid var(--line); box-shadow: 0 -8px 32px #0003; }
.inner { max-width: 60rem; margin: auto; padding: 1.25rem 1.25rem 1.5rem; }
h2 { font-size: 1.125rem; line-height: 1.3; margin: 0 0 .375rem; outline: none; }
p { margin: 0 0 .75rem; max-width: 70ch; } .soft { color: var(--soft); font-size: .9375rem; }
.short { margin: 0 0 1rem; padding: 0; list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; }
.short li::before { content: '· '; color: var(--accent); }
.answers { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .625rem; }
button { font: inherit; min-height: 2.75rem; padding: .5rem 1.125rem; border-radius: .5rem; border: 1px solid var(--accent); cursor: pointer;
  background: transparent; color: var(--accent); }
button.answer { background: var(--accent); color: var(--on-accent); font-weight: 600; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
a { color: var(--accent); }
dialog { width: min(40rem, calc(100vw - 2rem)); max-height: calc(100vh - 2rem); padding: 1.25rem; border: 1px solid var(--line); border-radius: .875rem;
  background: var(--surface); color: var(--text); }
dialog::backdrop { background: #0008; }
.head { display: flex; gap: 1rem; justify-content: space-between; align-items: start; }
.close { border: 0; padding: 0; min-width: 2.75rem; font-size: 1.5rem; line-height: 1; flex: none; color: inherit; }
ul.purposes { list-style: none; margin: 0 0 1rem; padding: 0; }
.purposes li { padding: .75rem 0; border-top: 1px solid color-mix(in srgb, var(--line) 45%, transparent); }
.purposes label { display: flex; gap: 1rem; align-items: center; justify-content: space-between; font-weight: 600; min-height: 2rem; cursor: pointer; }
.purposes p { margin: .125rem 4.5rem 0 0; }
input[role=switch] { appearance: none; flex: none; width: 3rem; height: 1.75rem; border-radius: 1rem; margin: 0; border: 2px solid var(--line); position: relative; cursor: pointer; }
input[role=switch]::before { content: ''; position: absolute; inset: .1875rem auto .1875rem .1875rem; aspect-ratio: 1; border-radius: 50%; background: var(--line); }
input[role=switch]:checked { background: var(--accent); border-color: var(--accent); }
input[role=switch]:checked::before { inset: .1875rem .1875rem .1875rem auto; background: var(--on-accent); }
input[role=switch]:disabled { border-style: dashed; cursor: not-allowed; }
.reopen { position: fixed; inset: auto auto .75rem .75rem; z-index: 2147482000; background: var(--surface); box-shadow: 0 2px 10px #0003; font-size: .875rem; min-height: 2.25rem; padding: .25rem .875rem; border-radius: 2rem; }
@media (forced-colors: active) { input[role=switch]:checked { background: Highlight; } button { border: 1px solid ButtonText; } }
`
