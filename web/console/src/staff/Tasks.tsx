// What was promised to customers, the next due first.
import {TextInput} from '@mantine/core'
import {useState} from 'react'
import {useTranslation} from 'react-i18next'
import {isPast} from '../ui/days'
import {day} from '../ui/format'
import {Card} from '../ui/parts'
import {Empty, Failure, Loaded} from '../ui/states'
import {useChangeTask, useTasks, type Task} from './queries'
import {rememberedStore} from './store'

export function Tasks({greet}: {greet: (profile: string) => void}) {
  const {t} = useTranslation()
  const store = rememberedStore.use()
  const [draft, setDraft] = useState(store)
  const tasks = useTasks(store)
  return (
    <Card title={t('staff.promised')} actions={(
      <form onSubmit={(event) => { event.preventDefault(); rememberedStore.set(draft.trim()) }}>
        <TextInput size="md" aria-label={t('staff.store')} placeholder={t('staff.store')} value={draft} maxLength={64} onChange={(e) => setDraft(e.currentTarget.value)} onBlur={() => rememberedStore.set(draft.trim())} />
      </form>
    )}>
      <Loaded query={tasks} rows={4}>{({tasks: list}) => list.length === 0 ? <Empty title={t('staff.no_task')}>{t('staff.no_task_how')}</Empty> : <TaskList tasks={list} greet={greet} />}</Loaded>
    </Card>
  )
}

export function TaskList({tasks, greet, none}: {tasks: Task[]; greet?: (profile: string) => void; none?: string}) {
  const {t} = useTranslation()
  const change = useChangeTask()
  if (tasks.length === 0) return <p className="note">{none}</p>
  return (
    <>
      <ul className="tasks">{tasks.map((task) => (
        <li key={task.id}>
          <div className="grow"><strong>{task.what}</strong><div className="note">{[task.due && t('staff.due_on', {day: day(task.due)}), task.store, task.author_name].filter(Boolean).join(' · ')} {task.arrived && <span className="pill good">{t('staff.is_here')}</span>} {isLate(task) && <span className="pill bad">{t('requests.overdue')}</span>}</div></div>
          <span className="row tight">
            {greet && <button type="button" className="chip touch" onClick={() => greet(task.profile)}>{t('staff.who')}</button>}
            {!task.arrived && <button type="button" className="chip touch" disabled={change.isPending} onClick={() => change.mutate({id: task.id, arrived: true})}>{t('staff.it_arrived')}</button>}
            <button type="button" className="chip touch" disabled={change.isPending} onClick={() => change.mutate({id: task.id, done: true})}>{t('staff.done')}</button>
          </span>
        </li>
      ))}</ul>
      {change.error && <Failure small error={change.error} />}
    </>
  )
}

const isLate = ({due, done}: Task) => !done && !!due && isPast(due)
