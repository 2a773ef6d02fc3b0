// The picture that each kind of question is answered with.
import type {Answer} from '../../api/shapes'
import type {Asked} from '../kinds'
import {Attribution, Forecast, Metric} from './charts'
import {Effect} from './Effect'
import {Flows} from './Flows'
import {Funnel} from './Funnel'
import {Clusters, Lookalike} from './Groups'
import {Mix} from './Mix'
import {Retention} from './Retention'
import {Rfm} from './Rfm'
import {Niche, Rising, Share} from './tables'
import {Value} from './Value'

export interface ViewProps { answer: Answer; asked: Asked; tall: boolean }

const views = {
  metric: Metric, funnel: Funnel, flows: Flows, retention: Retention, attribution: Attribution, share: Share, rfm: Rfm, value: Value,
  rising: Rising, forecast: Forecast, niche: Niche, clusters: Clusters, lookalike: Lookalike, effect: Effect, mix: Mix,
}

export function Picture(props: ViewProps) {
  const View = views[props.asked.kind]
  return <View {...props} />
}
