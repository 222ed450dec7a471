import type { JobAnswer } from '@usms/directory/modules/operations/operations.schema'
import type { StreamEvent } from '#src/lib/http/event-stream.ts'

const MAX_LOG_LINES = 1_000

/** A job after what its stream told. */
export function withEvents(job: JobAnswer, events: readonly StreamEvent[]): JobAnswer {
  return events.reduce((known, event) => withEvent(known, event), job)
}

function withEvent(job: JobAnswer, { type, data }: StreamEvent): JobAnswer {
  const { at, ...told } = JSON.parse(data) as { at?: string }
  if (type === 'step') {
    const step = told as JobAnswer['steps'][number]
    return {
      ...job,
      status: job.status === 'QUEUED' ? 'RUNNING' : job.status,
      startedAt: job.startedAt ?? step.startedAt,
      steps: job.steps.map((known) => (known.name === step.name ? { ...known, ...step } : known)),
    }
  }
  if (type === 'log') {
    const line = { at: at ?? '', ...(told as { level: string; message: string }) }
    return { ...job, logs: [...job.logs, line].slice(-MAX_LOG_LINES) }
  }
  if (type === 'done') {
    const outcome = told as Pick<JobAnswer, 'status' | 'error'>
    return { ...job, ...outcome, finishedAt: at ?? job.finishedAt }
  }
  return job
}
