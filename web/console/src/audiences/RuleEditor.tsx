// Where a rule is written. The editor stands in a shadow tree: there its style is a constructed sheet,
// which the page's policy allows, and not a <style> in the document, which it refuses.
import {autocompletion, closeBrackets, completionKeymap, type CompletionContext} from '@codemirror/autocomplete'
import {defaultKeymap, history, historyKeymap} from '@codemirror/commands'
import {linter, setDiagnostics, type Diagnostic} from '@codemirror/lint'
import {EditorState} from '@codemirror/state'
import {Decoration, EditorView, keymap, placeholder, ViewPlugin, type DecorationSet, type ViewUpdate} from '@codemirror/view'
import {useEffect, useRef} from 'react'
import {useTranslation} from 'react-i18next'
import type {EventName, RuleVerdict} from '../api/shapes'
import {useSaid, type Say} from '../texts/said'
import {tokensOf} from './grammar'
import {unitsOfBytes} from './offsets'

const look = EditorView.theme({
  '&': {fontSize: '13.5px', color: 'var(--ink)', backgroundColor: 'var(--card)', border: '1px solid var(--line-strong)', borderRadius: '6px'},
  '&.cm-focused': {outline: '2px solid var(--focus)', outlineOffset: '1px'},
  '.cm-content': {fontFamily: 'var(--mono)', padding: '10px 4px', minHeight: '104px', caretColor: 'var(--ink)'},
  '.cm-line': {padding: '0 8px', lineHeight: '1.6'},
  '.cm-cursor': {borderLeftColor: 'var(--ink)'},
  '.cm-placeholder': {color: 'var(--ink-3)'},
  '.cm-selectionBackground, &.cm-focused .cm-selectionBackground': {backgroundColor: 'var(--blue-soft) !important'},
  '.r-keyword': {color: 'var(--ink-2)', fontWeight: '600'},
  '.r-function': {color: 'var(--blue)'},
  '.r-string': {color: 'var(--good)'},
  '.r-number': {color: 'var(--warn)'},
  '.r-operator': {color: 'var(--ink-2)'},
  '.cm-lintRange-error': {backgroundImage: 'none', textDecoration: 'underline wavy var(--red) 1.5px', textUnderlineOffset: '4px', backgroundColor: 'var(--red-soft)'},
  '.cm-tooltip': {backgroundColor: 'var(--raised)', color: 'var(--ink)', border: '1px solid var(--line)', borderRadius: '6px', boxShadow: 'var(--shadow-high)'},
  '.cm-tooltip-autocomplete > ul': {fontFamily: 'var(--mono)', fontSize: '12.5px'},
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': {backgroundColor: 'var(--hover)', color: 'var(--ink)'},
  '.cm-completionDetail': {color: 'var(--ink-2)', fontStyle: 'normal', marginLeft: '12px'},
})

const colours = ViewPlugin.fromClass(class {
  decorations: DecorationSet
  constructor(view: EditorView) { this.decorations = marksOf(view) }
  update(update: ViewUpdate) { if (update.docChanged) this.decorations = marksOf(update.view) }
}, {decorations: (plugin) => plugin.decorations})

function marksOf(view: EditorView) {
  const marks = tokensOf(view.state.doc.toString()).filter(({kind}) => kind !== 'name')
  return Decoration.set(marks.map(({kind, from, to}) => Decoration.mark({class: `r-${kind}`}).range(from, to)))
}

// Chromium keeps the look of coloured text that is typed over by a style in the markup, which the policy of
// the page refuses and reports: so a selection is gone before what is typed in its place arrives.
const typedOver = EditorView.domEventHandlers({
  beforeinput(event, view) {
    if (event.inputType === 'insertText' && !view.state.selection.main.empty) view.dispatch(view.state.replaceSelection(''), {userEvent: 'delete.selection'})
    return false
  },
})

const words = ['any(', 'count(', 'sum(', 'avg(', 'min(', 'max(', 'first(', 'last(', 'distinct(', 'trait(', 'consent(', 'and ', 'or ', 'not ', 'then ',
  'within ', 'where ', 'last 7 days', 'last 30 days', 'last 90 days', 'today', 'this month', 'channel = ', 'including bots']

// Events first, then their properties after a dot, then the words of the language.
function completer(events: () => EventName[], purposes: () => string[]) {
  return (context: CompletionContext) => {
    const consent = context.matchBefore(/consent\([\w.]*$/)
    if (consent) return {from: consent.from + 8, options: purposes().map((label) => ({label, type: 'constant'}))}
    const property = context.matchBefore(/[\p{L}][\p{L} ]*\.\w*$/u)
    if (property) {
      const [name = '', part = ''] = property.text.split('.')
      const known = events().find((event) => name.endsWith(event.name))
      const builtIn = ['revenue', 'quantity', 'product', 'place', 'channel', 'products.category', 'products.product']
      const options = [...builtIn.map((label) => ({label, type: 'property'})),
        ...(known?.properties ?? []).map(({name: label, count}) => ({label, detail: String(count), type: 'property'}))]
      return {from: context.pos - part.length, options}
    }
    const word = context.matchBefore(/[\p{L}]+$/u)
    if (!word && !context.explicit) return null
    return {
      from: word?.from ?? context.pos,
      options: [...events().map(({name, count}) => ({label: name, detail: String(count), type: 'class', boost: 2})), ...words.map((label) => ({label, type: 'keyword'}))],
    }
  }
}

function diagnosticsOf(text: string, verdict: (RuleVerdict & {of: string}) | undefined, said: Say): Diagnostic[] {
  if (!verdict || verdict.valid || verdict.of !== text || verdict.offset === undefined) return []
  const from = Math.min(unitsOfBytes(text, verdict.offset), text.length)
  const to = Math.min(Math.max(unitsOfBytes(text, verdict.offset + (verdict.length ?? 1)), from), text.length)
  // What is missing at the end is marked at the last letter.
  return [{from: from === to ? Math.max(0, from - 1) : from, to, severity: 'error', message: said(verdict.message ?? '')}]
}

export interface RuleEditorProps {
  value: string
  onChange: (text: string) => void
  verdict: (RuleVerdict & {of: string}) | undefined
  events: EventName[]
  purposes: string[]
  onSubmit?: () => void
}

export function RuleEditor({value, onChange, verdict, events, purposes, onSubmit}: RuleEditorProps) {
  const {t, i18n} = useTranslation()
  const said = useSaid()
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(null)
  const latest = useRef({onChange, events, purposes, onSubmit})
  latest.current = {onChange, events, purposes, onSubmit}

  useEffect(() => {
    const root = host.current!.shadowRoot ?? host.current!.attachShadow({mode: 'open', delegatesFocus: true})
    const editor = new EditorView({
      parent: root as unknown as Element, root,
      state: EditorState.create({
        doc: value,
        extensions: [
          history(), closeBrackets(), typedOver, linter(null), colours, look, EditorView.lineWrapping, placeholder(t('audiences.rule_placeholder')),
          autocompletion({override: [completer(() => latest.current.events, () => latest.current.purposes)], icons: false}),
          keymap.of([{key: 'Mod-Enter', run: () => { latest.current.onSubmit?.(); return true }}, ...completionKeymap, ...historyKeymap, ...defaultKeymap]),
          EditorView.contentAttributes.of({'aria-label': t('audiences.rule'), spellcheck: 'false', autocapitalize: 'off'}),
          EditorView.updateListener.of((update) => { if (update.docChanged) latest.current.onChange(update.state.doc.toString()) }),
        ],
      }),
    })
    view.current = editor
    return () => { editor.destroy(); view.current = null }
    // The editor keeps its own text; a new language makes a new one.
  }, [i18n.language])

  useEffect(() => {
    const editor = view.current
    if (editor && editor.state.doc.toString() !== value) editor.dispatch({changes: {from: 0, to: editor.state.doc.length, insert: value}})
  }, [value])
  useEffect(() => {
    const editor = view.current
    if (editor) editor.dispatch(setDiagnostics(editor.state, diagnosticsOf(editor.state.doc.toString(), verdict, said)))
  }, [verdict, said])

  return <div ref={host} className="rule-editor" />
}
