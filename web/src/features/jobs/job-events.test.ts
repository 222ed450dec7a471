import type { JobAnswer } from '@usms/directory/modules/operations/operations.schema'
import { expect, it } from 'vitest'
import { withEvents } from './job-events.ts'

const JOB: JobAnswer = {
  id: 'j',
  kind: 'RESTART',
  schoolId: 's',
  school: { code: 'S', name: 'School', status: 'ACTIVE' },
  release: null,
  status: 'QUEUED',
  error: null,
  steps: ['stop-runtime', 'start-runtime'].map((name) => ({
    name,
    status: 'PENDING',
    startedAt: null,
    finishedAt: null,
    error: null,
  })),
  logs: [],
  createdAt: '2026-11-21T10:00:00.000Z',
  startedAt: null,
  finishedAt: null,
}
const T1 = '2026-11-21T10:00:01.000Z'
const T2 = '2026-11-21T10:00:02.000Z'

const event = (type: string, data: object) => ({ type, data: JSON.stringify(data), id: '1' })

it('takes over the steps, the log and the end that the stream tells', () => {
  const begun = withEvents(JOB, [
    event('step', { at: T1, name: 'stop-runtime', status: 'RUNNING', startedAt: T1 }),
    event('log', { at: T1, level: 'info', message: 'Stopped' }),
  ])
  expect(begun).toMatchObject({ status: 'RUNNING', startedAt: T1, finishedAt: null })
  expect(begun.steps.map(({ status }) => status)).toEqual(['RUNNING', 'PENDING'])
  expect(begun.logs).toEqual([{ at: T1, level: 'info', message: 'Stopped' }])
  const ended = withEvents(begun, [event('done', { at: T2, status: 'FAILED', error: 'no space' })])
  expect(ended).toMatchObject({ status: 'FAILED', error: 'no space', finishedAt: T2 })
})

it('leaves out what it does not know, and keeps the newest thousand lines', () => {
  expect(withEvents(JOB, [event('weather', { sun: true })])).toEqual(JOB)
  const lines = Array.from({ length: 1_200 }, (_, i) =>
    event('log', { at: T1, level: 'info', message: String(i) }),
  )
  const { logs } = withEvents(JOB, lines)
  expect([logs.length, logs[0]?.message, logs.at(-1)?.message]).toEqual([1_000, '200', '1199'])
})
