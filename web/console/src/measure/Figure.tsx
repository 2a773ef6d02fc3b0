// A question and its answer as a card: the picture, the table behind it, what it means, and the ways out.
import {Button} from '@mantine/core'
import {useMutation} from '@tanstack/react-query'
import {useRef, useState} from 'react'
import {useTranslation} from 'react-i18next'
import {Link} from 'react-router'
import type {Answer} from '../api/shapes'
import {useMay} from '../api/session'
import {useBrand, usePurpose} from '../api/shop'
import {useSaid} from '../texts/said'
import {number} from '../ui/format'
import {download} from '../ui/csv'
import {Card, Copy, Dialog, Tool} from '../ui/parts'
import {pictureOf} from '../ui/picture'
import {Empty, Failure, Loaded} from '../ui/states'
import {behindAll} from './behind'
import {NamedHere, NameForm} from './Metrics'
import {PeopleLink} from './People'
import {PinForm} from './Pin'
import {Table} from './Table'
import {bodyOf, lacks, written, type Asked} from './kinds'
import {askCsv, useAnswer} from './queries'
import {Picture} from './views'

export function titleOf(asked: Asked, t: (key: string) => string): string {
  const {of, steps, start, conversion, purchase, by, treated} = asked.args
  const what = Array.isArray(treated) ? treated.join(', ') : asked.kind === 'metric' && by ? `${String(of)} / ${String(by)}` : start ?? conversion ?? purchase ?? of
    ?? (Array.isArray(steps) ? `${steps[0] ?? ''} → ${steps.at(-1) ?? ''}` : '')
  return [t(`kind.${asked.kind}.name`), what, asked.last].filter(Boolean).join(' · ')
}

export function Figure({asked, title, onBoard, tall}: {asked: Asked; title?: string; onBoard?: boolean; tall?: boolean}) {
  const {t} = useTranslation()
  const query = useAnswer(asked)
  const {purpose} = usePurpose()
  const {brand} = useBrand()
  const mayPin = useMay('POST boards')
  const figure = useRef<HTMLDivElement>(null)
  const [asTable, setAsTable] = useState(false)
  const [dialog, setDialog] = useState<'definition' | 'pin' | null>(null)
  const name = title || titleOf(asked, t as never)
  const wanting = lacks(asked)
  const body = bodyOf(asked, purpose, brand)
  const file = useMutation({mutationFn: async (as: 'csv' | 'png') =>
    download(`${asked.kind}.${as}`, as === 'csv' ? await askCsv(body) : await pictureOf(figure.current!))})
  return (
    <Card className={`fig${query.isFetching ? ' fetching' : ''}`}
      title={onBoard ? <Link to={`/measure/${asked.kind}?q=${encodeURIComponent(written(asked))}`}>{name}</Link> : name}
      actions={<>
        <Tool icon="info" label={t('measure.definition')} onClick={() => setDialog('definition')} />
        <Tool icon="table" label={t('measure.as_table')} pressed={asTable} onClick={() => setAsTable(!asTable)} />
        <Tool icon="download" label={t('measure.csv')} onClick={() => file.mutate('csv')} />
        <Tool icon="image" label={t('measure.png')} onClick={() => file.mutate('png')} />
        {!onBoard && mayPin && <Tool icon="pin" label={t('measure.pin')} onClick={() => setDialog('pin')} />}
      </>}>
      {file.error && <Failure small error={file.error} />}
      <div ref={figure} className="figbody"><p className="onlypicture">{name}</p>
        {wanting ? <Empty title={t(`measure.lacks_${wanting}` as never)}>{t(`measure.lacks_${wanting}_how` as never)}</Empty>
          : <Loaded query={query} rows={tall ? 9 : 5} small={!tall}>{({answer, asked: answered}) => <Body answer={answer} asked={answered} asTable={asTable} tall={tall} />}</Loaded>}
      </div>
      <Definition open={dialog === 'definition'} onClose={() => setDialog(null)} asked={asked} body={body} answer={query.data?.answer} />
      <Dialog open={dialog === 'pin'} onClose={() => setDialog(null)} label={t('measure.pin')}>
        <PinForm first={name} question={body} chart={asked.kind} onDone={() => setDialog(null)} />
      </Dialog>
    </Card>
  )
}

function Body({answer, asked, asTable, tall}: {answer: Answer; asked: Asked; asTable: boolean; tall?: boolean}) {
  const {t} = useTranslation()
  const said = useSaid()
  const whole = behindAll(asked)
  return (
    <>
      {answer.rows.length === 0 ? <Empty small title={t('measure.nothing')}>{t('measure.nothing_how')}</Empty>
        : asTable ? <Table answer={answer} asked={asked} /> : <Picture answer={answer} asked={asked} tall={tall ?? false} />}
      {answer.rows.length > 0 && whole && <p className="note notpicture"><PeopleLink rule={whole} asked={asked} text={t('measure.all_people')} /></p>}
      {answer.notes?.map((note) => <p className="note" key={note}>{said(note)}</p>)}
    </>
  )
}

function Definition({open, onClose, asked, body, answer}: {open: boolean; onClose: () => void; asked: Asked; body: unknown; answer?: Answer}) {
  const {t} = useTranslation()
  const text = JSON.stringify(body, null, 2)
  return (
    <Dialog open={open} onClose={onClose} label={t('measure.definition')}>
      <div className="inner">
        <h2>{t(`kind.${asked.kind}.name` as never)}</h2>
        <p>{t(`kind.${asked.kind}.means` as never)}</p>
        <p className="note">{t('measure.purpose_how')}</p>
        {open && <NamedHere asked={asked} />}
        {answer && <p className="note">{t('measure.up_to', {sequence: number(answer.sequence)})}</p>}
        <div className="row apart"><h3>{t('measure.question')}</h3><Copy text={text} /></div>
        <pre className="code">{text}</pre>
        {open && <NameForm asked={asked} onDone={onClose} />}
        <div><Button variant="default" onClick={onClose}>{t('do.close')}</Button></div>
      </div>
    </Dialog>
  )
}
