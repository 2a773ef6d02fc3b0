// Who is in which of several audiences: a row for each combination that somebody is in, the greatest
// first (an UpSet picture: Lex et al., 2014), as a table that can be read without seeing it.
import {useTranslation} from 'react-i18next'
import {Link} from 'react-router'
import type {Audience} from '../api/shapes'
import {number, percent} from '../ui/format'
import {Loaded} from '../ui/states'
import {useOverlap} from './queries'

// Who is in exactly these: a rule over the audiences' names.
export const ruleOf = (audiences: Audience[], inside: string[]) =>
  audiences.map(({id, name}) => `${inside.includes(id) ? '' : 'not '}in audience ${JSON.stringify(name)}`).join(' and ')

export function Overlap({audiences}: {audiences: Audience[]}) {
  const {t} = useTranslation()
  const overlap = useOverlap(audiences.map(({id}) => id))
  return (
    <Loaded query={overlap} small>{({combinations}) => {
      const rows = combinations.filter(({only_these}) => only_these > 0).sort((a, b) => b.only_these - a.only_these)
      const most = rows[0]?.only_these ?? 1
      const largest = Math.max(1, ...audiences.map(({count}) => count))
      const all = rows.reduce((sum, row) => sum + row.only_these, 0)
      return (
        <div className="scroll">
          <table className="t upset">
            <caption className="hidden">{t('audiences.overlap')}</caption>
            <thead><tr>{audiences.map(({id, name}) => <th key={id} scope="col"><span>{name}</span></th>)}<th scope="col" className="n">{t('audiences.people')}</th><th scope="col">{t('audiences.share')}</th></tr>
              <tr className="sizes">{audiences.map((a) => <td key={a.id} title={a.name}><div className="size"><i style={{height: `${(100 * a.count) / largest}%`}} /></div><span className="note num">{number(a.count)}</span></td>)}<td colSpan={2} /></tr></thead>
            <tbody>{rows.map((row) => (
              <tr key={row.in.join()}>
                {audiences.map(({id}) => <td key={id}><i className={row.in.includes(id) ? 'in' : 'out'} /><span className="hidden">{t(row.in.includes(id) ? 'audiences.in' : 'audiences.out')}</span></td>)}
                <td className="n"><Link className="link people" to={`/audiences/new?rule=${encodeURIComponent(ruleOf(audiences, row.in))}&purpose=${encodeURIComponent(audiences[0]!.purpose)}`}>{number(row.only_these)}</Link></td>
                <td><div className="row tight"><div className="long"><i style={{width: `${(100 * row.only_these) / most}%`}} /></div><span className="note num">{percent(all ? row.only_these / all : 0)}</span></div></td>
              </tr>
            ))}</tbody>
          </table>
        </div>
      )
    }}</Loaded>
  )
}
