// The parts of ECharts that the console draws with; loaded by the first chart of a page.
import {BarChart, HeatmapChart, LineChart, SankeyChart, ScatterChart} from 'echarts/charts'
import {GridComponent, LegendComponent, TooltipComponent, VisualMapComponent, MarkLineComponent} from 'echarts/components'
import {init, use} from 'echarts/core'
import {CanvasRenderer} from 'echarts/renderers'

use([BarChart, HeatmapChart, LineChart, SankeyChart, ScatterChart, GridComponent, LegendComponent, MarkLineComponent,
  TooltipComponent, VisualMapComponent, CanvasRenderer])

export {init}
export type {EChartsCoreOption, EChartsType} from 'echarts/core'
