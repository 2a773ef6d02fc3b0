// The picture that each kind of question is answered with.
import type {Ref} from 'react'
import type {Answer} from '../../api/shapes'
import type {ChartHandle} from '../../ui/Chart'
import type {Asked} from '../kinds'
import {Attribution, Forecast, Metric, Value} from './charts'
import {Flows} from './Flows'
import {Funnel} from './Funnel'
import {Retention} from './Retention'
import {Rfm} from './Rfm'
import {Niche, Rising, Share} from './tables'

export interface ViewProps { answer: Answer; asked: Asked; tall: boolean; chart: Ref<ChartHandle> }

const views = {
  metric: Metric, funnel: Funnel, flows: Flows, retention: Retention, attribution: Attribution, share: Share, rfm: Rfm, value: Value,
  rising: Rising, forecast: Forecast, niche: Niche,
}

export function Picture(props: ViewProps) {
  const View = views[props.asked.kind]
  return <View {...props} />
}
