// The two chains that show that nothing was changed afterwards: what people said of consent, and who looked.
import {Button} from '@mantine/core'
import {useTranslation} from 'react-i18next'
import {number} from '../ui/format'
import {Card, Copy} from '../ui/parts'
import {Failure} from '../ui/states'
import {useVerifyAudit, useVerifyConsents} from './queries'

const kFindingsShown = 20

export function Proofs() {
  return <div className="cols"><ConsentChain /><AuditChain /></div>
}

function Facts({rows}: {rows: Array<[string, number | undefined]>}) {
  return <dl className="kv">{rows.map(([name, value]) => <div key={name} style={{display: 'contents'}}><dt>{name}</dt><dd className="num">{number(value)}</dd></div>)}</dl>
}

function Head({hash}: {hash: string}) {
  const {t} = useTranslation()
  return <div className="stack small"><p className="note">{t('proofs.head_how')}</p><div className="row tight"><code className="clip grow" title={hash}>{hash}</code><Copy text={hash} /></div></div>
}

function ConsentChain() {
  const {t, i18n} = useTranslation()
  const verify = useVerifyConsents()
  const proof = verify.data
  return (
    <Card title={t('proofs.consents')}>
      <div className="stack">
        <p className="note">{t('proofs.consents_how')}</p>
        <div><Button variant="default" loading={verify.isPending} onClick={() => verify.mutate()}>{t('proofs.verify')}</Button></div>
        {verify.error && <Failure small error={verify.error} />}
        {proof && (
          <div className="stack" role="status">
            <p><span className={`pill ${proof.whole ? 'good' : 'bad'}`}>{t(proof.whole ? 'proofs.whole' : 'proofs.broken')}</span></p>
            <Facts rows={[[t('proofs.entries'), proof.entries], [t('proofs.evidence_checked'), proof.evidence_checked], [t('proofs.evidence_erased'), proof.evidence_erased]]} />
            {proof.findings.length > 0 && <ul className="stack small">{proof.findings.slice(0, kFindingsShown).map((finding, i) => (
              <li key={i}><span className="pill bad">#{finding.sequence}</span> {i18n.exists(`finding.${finding.what}`) ? t(`finding.${finding.what}` as never) : finding.what}</li>
            ))}</ul>}
            <Head hash={proof.head} />
          </div>
        )}
      </div>
    </Card>
  )
}

function AuditChain() {
  const {t} = useTranslation()
  const verify = useVerifyAudit()
  return (
    <Card title={t('proofs.audit')}>
      <div className="stack">
        <p className="note">{t('proofs.audit_how')}</p>
        <div><Button variant="default" loading={verify.isPending} onClick={() => verify.mutate()}>{t('proofs.verify_audit')}</Button></div>
        {verify.error && <Failure small error={verify.error} />}
        {verify.data && (
          <div className="stack" role="status">
            <p><span className="pill good">{t('proofs.whole')}</span></p>
            <Facts rows={[[t('proofs.entries'), verify.data.entries], [t('proofs.records'), verify.data.records]]} />
            <Head hash={verify.data.hash} />
          </div>
        )}
      </div>
    </Card>
  )
}
