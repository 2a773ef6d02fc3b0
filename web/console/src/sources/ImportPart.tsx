// A file is looked at before it is taken: its first rows, what each column means, and the event that
// comes of it. Then it is sent in batches, and can be sent again without counting twice.
import {Button, NativeSelect, Progress, TextInput} from '@mantine/core'
import {useMemo, useRef, useState} from 'react'
import {useTranslation} from 'react-i18next'
import {number} from '../ui/format'
import {Card} from '../ui/parts'
import {Empty} from '../ui/states'
import {columnsOf, contentId, decimalsOf, eventOf, guessMapping, readCsv, readJsonLines, roles, sharedRoles, textOf, unreadAmounts, unreadTimes, type ColumnRole, type Decimals, type Mapping, type Table} from './files'
import {importBatch, useSources} from './queries'

const kPreviewRows = 6
const kBatchRows = 400
const kFileBytesMax = 64 * 1024 * 1024

interface Chosen extends Table { name: string; id: string; columns: string[] }

export function ImportPart() {
  const {t} = useTranslation()
  const {data: sources = []} = useSources()
  const [file, setFile] = useState<Chosen | null>(null)
  const [mapping, setMapping] = useState<Mapping>({})
  const [source, setSource] = useState('')
  const [event, setEvent] = useState('Order Completed')
  const [done, setDone] = useState<number | null>(null)
  const [wrong, setWrong] = useState('')
  const [running, setRunning] = useState(false)
  const turn = useRef(0)
  const chosenSource = sources.find(({id}) => id === source) ?? sources[0]

  const take = async (picked: File | undefined) => {
    if (!picked || running) return
    const mine = ++turn.current  // of two files picked one after the other the later one counts, however long the first one takes
    setFile(null)
    setWrong('')
    setDone(null)
    if (picked.size > kFileBytesMax) return setWrong(t('import.too_large', {mib: kFileBytesMax / 1_048_576}))
    try {
      const bytes = await picked.arrayBuffer()
      const id = await contentId(bytes)
      if (turn.current !== mine) return
      if (!id) return setWrong(t('import.wants_https'))
      const text = textOf(bytes)
      const table = /\.(jsonl|ndjson|json)$/i.test(picked.name) ? {rows: readJsonLines(text), unclosed: 0, uneven: 0, twice: []} : readCsv(text)
      const columns = columnsOf(table.rows)
      if (columns.length === 0) return setWrong(t('import.empty'))
      if (table.twice.length > 0) return setWrong(t('import.twice', {names: table.twice.join(', ')}))
      setFile({name: picked.name, id, columns, ...table})
      setMapping(guessMapping(columns))
    } catch (error) { if (turn.current === mine) setWrong(error instanceof Error ? error.message : String(error)) }
  }
  const run = async () => {
    if (!file || !chosenSource || running) return
    setWrong('')
    setRunning(true)  // until all is sent no other file is taken: what is said here is said of this one
    try {
      for (let at = 0; at < file.rows.length; at += kBatchRows) {
        setDone(at)
        await importBatch(chosenSource.write_key, file.rows.slice(at, at + kBatchRows).map((row, i) => eventOf(row, mapping, event, file.id, at + i + 1, decimals)))
      }
      setDone(file.rows.length)
    } catch (error) { setWrong(error instanceof Error ? error.message : String(error)) }
    setRunning(false)
  }
  const decimals = useMemo<Decimals>(() => (file ? decimalsOf(file.rows, file.columns) : {}), [file])
  const unreadSums = useMemo(() => unreadAmounts(file?.rows ?? [], mapping, decimals), [file, mapping, decimals])
  const unread = useMemo(() => unreadTimes(file?.rows ?? [], mapping), [file, mapping])
  const shared = sharedRoles(mapping)
  const named = file && Object.values(mapping).some((role) => ['userId', 'email', 'phone', 'loyalty_card'].includes(role))
  return (
    <div className="stack">
      <Card title={t('sources.import')}>
        <label className="drop" onDragOver={(e) => e.preventDefault()} onDrop={(e) => { e.preventDefault(); void take(e.dataTransfer.files[0]) }}>
          <input type="file" accept=".csv,.tsv,.txt,.jsonl,.ndjson" disabled={running} onChange={(e) => void take(e.currentTarget.files?.[0])} />
          <strong>{file ? file.name : t('import.drop')}</strong><span className="note">{file ? t('import.rows', {n: number(file.rows.length)}) : t('import.drop_how')}</span>
        </label>
        {file && file.unclosed > 0 && <p className="note bad">{t('import.unclosed', {n: number(file.unclosed)})}</p>}
        {file && file.uneven > 0 && <p className="note bad">{t('import.uneven', {n: number(file.uneven)})}</p>}
        {wrong && <p className="bad" role="alert">{wrong}</p>}
      </Card>
      {!file ? <p className="note">{t('import.large')}</p> : (
        <>
          <Card title={t('import.columns')} flush><Columns file={file} mapping={mapping} set={(name, role) => setMapping({...mapping, [name]: role})} /></Card>
          <div className="cols">
            <Card title={t('import.first_event')}><pre className="code">{JSON.stringify(eventOf(file.rows[0]!, mapping, event, file.id, 1, decimals), null, 2)}</pre></Card>
            <Card title={t('import.where')}>
              <div className="stack small">
                <NativeSelect label={t('people.source')} data={sources.map(({id, name}) => ({value: id, label: name}))} value={chosenSource?.id ?? ''} onChange={(e) => setSource(e.currentTarget.value)} />
                <TextInput label={t('import.event')} value={event} onChange={(e) => setEvent(e.currentTarget.value)} />
                {!named && <p className="note bad">{t('import.nobody')}</p>}
                {shared.length > 0 && <p className="note bad">{t('import.shared_roles', {roles: shared.map((role) => t(`column.${role}` as never) as string).join(', ')})}</p>}
                {unread > 0 && <p className="note bad">{t('import.unread_times', {n: number(unread)})}</p>}
                {unreadSums > 0 && <p className="note bad">{t('import.unread_amounts', {n: number(unreadSums)})}</p>}
                {sources.length === 0 && <Empty small title={t('sources.none')} />}
                <Button disabled={!chosenSource || !named || shared.length > 0} loading={running} onClick={() => void run()}>{t('import.run', {n: number(file.rows.length)})}</Button>
                {done !== null && <><Progress aria-label={t('import.progress')} value={(100 * done) / file.rows.length} /><p className="note" role="status">{t('import.sent', {n: number(done), all: number(file.rows.length)})}</p></>}
                <p className="note">{t('import.again')}</p>
              </div>
            </Card>
          </div>
        </>
      )}
    </div>
  )
}

function Columns({file, mapping, set}: {file: Chosen; mapping: Mapping; set: (name: string, role: ColumnRole) => void}) {
  const {t} = useTranslation()
  return (
    <div className="scroll"><table className="t">
      <thead><tr>{file.columns.map((name) => <th key={name} scope="col">{name}
        <NativeSelect aria-label={t('import.meaning', {column: name})} value={mapping[name]} data={roles.map((role) => ({value: role, label: t(`column.${role}` as never) as string}))}
          onChange={(e) => set(name, e.currentTarget.value as ColumnRole)} /></th>)}</tr></thead>
      <tbody>{file.rows.slice(0, kPreviewRows).map((row, i) => <tr key={i}>{file.columns.map((name) => <td key={name} className="clip cellmax">{row[name]}</td>)}</tr>)}</tbody>
    </table></div>
  )
}
