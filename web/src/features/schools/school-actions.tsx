import { Button, Divider, Group, Paper, Stack, Text, Title } from '@mantine/core'
import type { SchoolAnswer } from '@usms/directory/modules/schools/schools.schema'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useNotify } from '#src/ui/use-notify.tsx'
import { ActionDialog } from './action-dialog.tsx'
import { OperationError } from './operation-error.tsx'
import { type AskedVerb, isAskedOnceMore, type Verb, VERBS_IN } from './school-verbs.ts'
import { useMoveSchool, useRequestJob } from './schools.api.ts'

/** What can be done with a school in its state, each with what it does to the people there. */
export function SchoolActions({ school }: { school: SchoolAnswer }) {
  const { t } = useTranslation('owner')
  const navigate = useNavigate()
  const notify = useNotify()
  const [asked, setAsked] = useState<AskedVerb>()
  const [isOpen, setOpen] = useState(false)
  const heading = useRef<HTMLHeadingElement>(null)
  const request = useRequestJob()
  const move = useMoveSchool(school.id)
  const verbs = VERBS_IN[school.status]
  const error = request.error ?? move.error
  const isBusy = request.isPending || move.isPending

  /** The button that had the focus is gone with the state that it was for. */
  const toOtherActions = () => heading.current?.focus()

  const begin = (verb: Verb) => {
    request.reset()
    move.reset()
    if (isAskedOnceMore(verb)) {
      setAsked(verb)
      return setOpen(true)
    }
    if (verb === 'resume')
      return move.mutate('resume', {
        onSuccess({ name }) {
          notify.done(t('actions.resume.done', { name }))
          toOtherActions()
        },
      })
    request.mutate(
      { schoolId: school.id, verb: 'provision' },
      {
        onSuccess: ({ jobId }) =>
          void navigate(`/owner/jobs/${jobId}`, { state: { invite: verb === 'provision' } }),
      },
    )
  }

  if (verbs.length === 0) return null
  return (
    <Paper withBorder p={{ base: 'md', sm: 'lg' }}>
      <Title order={2} size="h4" mb="md" ref={heading} tabIndex={-1} style={{ outline: 'none' }}>
        {t('school.actions')}
      </Title>
      <Stack gap="md">
        {error && <OperationError error={error} />}
        {verbs.map((verb, position) => (
          <Stack key={verb} gap="md">
            {position > 0 && <Divider />}
            <Group justify="space-between" gap="sm">
              <div style={{ flex: '1 1 240px' }}>
                <Title order={3} size="h6">
                  {t(`actions.${verb}.title`)}
                </Title>
                <Text size="sm" c="dimmed">
                  {t(`actions.${verb}.text`)}
                </Text>
              </div>
              <Button
                variant={position === 0 ? 'filled' : 'default'}
                onClick={() => begin(verb)}
                loading={isBusy && !isAskedOnceMore(verb)}
                aria-haspopup={isAskedOnceMore(verb) ? 'dialog' : undefined}
              >
                {t(`actions.${verb}.button`)}
              </Button>
            </Group>
          </Stack>
        ))}
      </Stack>
      <ActionDialog
        verb={asked}
        isOpen={isOpen}
        school={school}
        onClose={() => setOpen(false)}
        onMoved={toOtherActions}
      />
    </Paper>
  )
}
