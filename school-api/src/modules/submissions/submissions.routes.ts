import { idParams } from '@usms/service-kit/http/fields'
import { endpoint, type SchoolEndpoint } from '#src/auth/endpoint.ts'
import {
  gradeBody,
  submission,
  submissionBody,
  submissionList,
  submissionPage,
} from './submissions.schema.ts'
import type { SubmissionsService } from './submissions.service.ts'

export const submissionsRoutes = (submissions: SubmissionsService): SchoolEndpoint[] => [
  endpoint({
    method: 'post',
    path: '/assignments/:id/submissions',
    summary: 'Submit an assignment (201), or submit it again (200)',
    access: 'submissions.submit',
    params: idParams,
    body: submissionBody,
    response: submission,
    status: 201,
    handle: async ({ actor, params, body, res }) => {
      const { answer, isFirst } = await submissions.submit(actor, params.id, body)
      // An endpoint has one status; the rarer one is answered here.
      if (!isFirst)
        res.status(200).set('ETag', `"${answer.version}"`).json(submission.parse(answer))
      return answer
    },
  }),
  endpoint({
    method: 'get',
    path: '/assignments/:id/submissions',
    summary: 'List what was submitted, by name',
    access: 'submissions.read',
    params: idParams,
    query: submissionList,
    response: submissionPage,
    handle: ({ actor, params, query }) => submissions.list(actor, params.id, query),
  }),
  endpoint({
    method: 'patch',
    path: '/submissions/:id',
    summary: 'Grade a submission, or correct its grade',
    access: 'submissions.grade',
    params: idParams,
    body: gradeBody,
    response: submission,
    handle: ({ actor, params, body }) => submissions.grade(actor, params.id, body),
  }),
]
