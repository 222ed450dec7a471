import { listQuery, pageOf } from '@usms/service-kit/http/list'
import { uuid } from '@usms/service-kit/http/fields'
import { z } from 'zod'

export const jobParams = z.strictObject({ jobId: uuid })
export const jobList = listQuery

const step = z.object({
  name: z.string(),
  status: z.enum(['PENDING', 'RUNNING', 'SUCCEEDED', 'FAILED']),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  error: z.string().nullable(),
})

const logLine = z.object({ at: z.string(), level: z.string(), message: z.string() })

/** To owners an operation is a job. */
export const job = z.object({
  id: z.string(),
  kind: z.enum(['PROVISION', 'RESTART', 'ADMIN_INVITE', 'UPGRADE', 'ARCHIVE', 'ERASE']),
  schoolId: z.string(),
  school: z.object({ code: z.string(), name: z.string(), status: z.string() }),
  /** Where an upgrade leads to, as it was asked for. */
  release: z.string().nullable(),
  status: z.enum(['QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED']),
  error: z.string().nullable(),
  steps: z.array(step),
  /** The newest lines, oldest first. */
  logs: z.array(logLine),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
})
export const jobPage = pageOf(job)

/** The answer of whatever is done later: follow the job. */
export const accepted = z.object({ jobId: z.string() })

export type JobList = z.output<typeof jobList>
export type JobAnswer = z.output<typeof job>
export type JobsAnswer = z.output<typeof jobPage>
