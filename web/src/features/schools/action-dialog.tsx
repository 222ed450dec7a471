import { Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { SchoolAnswer } from '@usms/directory/modules/schools/schools.schema'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { Problem } from '#src/lib/http/problem.ts'
import { FormFrame, FormModal } from '#src/ui/form-modal.tsx'
import { useNotify } from '#src/ui/use-notify.tsx'
import { InviteForm } from './invite-form.tsx'
import { OperationError } from './operation-error.tsx'
import { type AskedVerb, HURTS } from './school-verbs.ts'
import { type JobRequest, useMoveSchool, useRequestJob } from './schools.api.ts'

interface ActionDialogProps {
  /** What was asked for last. */
  verb: AskedVerb | undefined
  isOpen: boolean
  school: SchoolAnswer
  onClose: () => void
  /** The school is in another state now, in which other things can be done. */
  onMoved: () => void
}

/** Says what will happen to the people of the school, and does it. The dialog stays a moment longer than what is asked in it. */
export function ActionDialog({ verb, isOpen, school, onClose, onMoved }: ActionDialogProps) {
  const { t } = useTranslation('owner')
  const title = verb === 'invite' ? t('invite.heading') : verb && t(`actions.${verb}.title`)
  return (
    <FormModal title={`${title ?? ''}: ${school.name}`} opened={isOpen} onClose={onClose} size="lg">
      {verb === 'invite' && <InviteForm school={school} onClose={onClose} />}
      {verb === 'suspend' && <SuspendForm school={school} onClose={onClose} onMoved={onMoved} />}
      {verb && verb !== 'invite' && verb !== 'suspend' && (
        <JobForm verb={verb} school={school} onClose={onClose} />
      )}
    </FormModal>
  )
}

type DialogProps = Pick<ActionDialogProps, 'school' | 'onClose'>

function SuspendForm({
  school,
  onClose,
  onMoved,
}: DialogProps & Pick<ActionDialogProps, 'onMoved'>) {
  const { t } = useTranslation('owner')
  const notify = useNotify()
  const move = useMoveSchool(school.id)
  const suspend = () =>
    move.mutate('suspend', {
      onSuccess({ name }) {
        notify.done(t('actions.suspend.done', { name }))
        onClose()
        onMoved()
      },
    })
  return (
    <Question
      verb="suspend"
      school={school}
      onClose={onClose}
      error={move.error}
      isBusy={move.isPending}
      onYes={suspend}
    />
  )
}

const RELEASE = /^[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,199}$/

function JobForm({ verb, school, onClose }: DialogProps & { verb: JobVerb }) {
  const { t } = useTranslation('owner')
  const navigate = useNavigate()
  const request = useRequestJob()
  const form = useForm({
    initialValues: { release: 'current', code: '' },
    validate: {
      release: (release) =>
        verb === 'upgrade' && !RELEASE.test(release.trim()) && t('actions.upgrade.releaseInvalid'),
      code: (code) =>
        verb === 'erase' &&
        code.trim().toUpperCase() !== school.code &&
        t('actions.erase.codeMismatch'),
    },
  })
  const bodies: Partial<Record<JobVerb, JobRequest['body']>> = {
    upgrade: { release: form.values.release.trim() },
    erase: { code: form.values.code.trim() },
  }
  const ask = form.onSubmit(
    () => {
      if (request.isPending) return
      const body = bodies[verb]
      request.mutate(
        { schoolId: school.id, verb, ...(body && { body }) },
        {
          onSuccess: ({ jobId }) => void navigate(`/owner/jobs/${jobId}`),
          onError(error) {
            if (error instanceof Problem && error.code === 'code_mismatch')
              form.setFieldError('code', t('actions.erase.codeMismatch'))
          },
        },
      )
    },
    (errors) => form.getInputNode(Object.keys(errors)[0] as 'code')?.focus(),
  )
  return (
    <Question
      verb={verb}
      school={school}
      onClose={onClose}
      error={request.error}
      isBusy={request.isPending}
      onYes={() => ask()}
    >
      {verb === 'upgrade' && (
        <TextInput
          label={t('actions.upgrade.release')}
          description={t('actions.upgrade.releaseHint')}
          data-autofocus
          spellCheck={false}
          autoCapitalize="none"
          {...form.getInputProps('release')}
        />
      )}
      {verb === 'erase' && (
        <TextInput
          label={t('actions.erase.typeCode', { code: school.code })}
          data-autofocus
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="characters"
          {...form.getInputProps('code')}
        />
      )}
    </Question>
  )
}

type JobVerb = 'restart' | 'upgrade' | 'archive' | 'erase'

interface QuestionProps extends DialogProps {
  verb: Exclude<AskedVerb, 'invite'>
  error: unknown
  isBusy: boolean
  onYes: () => void
  children?: ReactNode
}

function Question({ verb, school, onClose, error, isBusy, onYes, children }: QuestionProps) {
  const { t } = useTranslation('owner')
  return (
    <FormFrame
      onSubmit={(event) => {
        event.preventDefault()
        if (!isBusy) onYes()
      }}
      onCancel={onClose}
      submitLabel={t(`actions.${verb}.button`)}
      isBusy={isBusy}
      {...(HURTS.has(verb) && { submitColor: 'red.8' })}
      refusal={Boolean(error) && <OperationError error={error} />}
    >
      <Text style={{ overflowWrap: 'anywhere' }}>
        {t(`actions.${verb}.confirm`, { name: school.name })}
      </Text>
      {children}
    </FormFrame>
  )
}
