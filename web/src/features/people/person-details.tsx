import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { IconPencil } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect, useEffectEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem } from '#src/lib/http/problem.ts'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { ErrorAlert } from '#src/ui/error-alert.tsx'
import { Notice } from '#src/ui/notice.tsx'
import { Facts } from '#src/ui/facts.tsx'
import { useNotify } from '#src/ui/use-notify.tsx'
import { useUpdatePerson } from './people.api.ts'
import { type Kind, type Person } from './person.ts'
import { PersonFields } from './person-fields.tsx'
import { type Field, FIELDS, type PersonValues, toChanges, toValues } from './person-values.ts'
import { usePersonForm } from './use-person-form.ts'

interface PersonDetailsProps {
  kind: Kind
  person: Person
  /** Whether whoever looks at it may change it. */
  canEdit: boolean
}

/** What is known of somebody: read, and changed in place. */
export function PersonDetails({ kind, person, canEdit }: PersonDetailsProps) {
  const { t } = useTranslation('people')
  const { t: tc } = useTranslation()
  const [isEdited, setEdited] = useState(false)
  const editButton = useRef<HTMLButtonElement>(null)
  const close = () => {
    setEdited(false)
    // After the form is gone, to where one came from.
    requestAnimationFrame(() => editButton.current?.focus())
  }
  return (
    <Paper withBorder p={{ base: 'md', sm: 'lg' }} component="section" aria-labelledby="details">
      <Stack gap="md">
        <Group justify="space-between">
          <Title order={2} size="h4" id="details">
            {t('person.details')}
          </Title>
          {canEdit && !isEdited && (
            <Button
              ref={editButton}
              variant="light"
              leftSection={<IconPencil size={18} aria-hidden />}
              onClick={() => setEdited(true)}
            >
              {tc('actions.edit')}
            </Button>
          )}
        </Group>
        {isEdited ? (
          <EditForm kind={kind} person={person} onClose={close} />
        ) : (
          <PersonFacts kind={kind} person={person} />
        )}
      </Stack>
    </Paper>
  )
}

function PersonFacts({ kind, person }: { kind: Kind; person: Person }) {
  const { t } = useTranslation('people')
  const { t: tc } = useTranslation()
  const { time } = useSchool()
  const values = toValues(person)
  const shown = (field: Field): ReactNode => {
    const value = values[field]
    if (value === '')
      return (
        <Text span c="dimmed">
          {t('person.none')}
        </Text>
      )
    if (field === 'role') return tc(`roles.${values.role}`)
    return field === 'dob' || field === 'hireDate' ? time.date(value) : value
  }
  return (
    <Facts
      facts={FIELDS[kind].map((field) => ({ label: t(`fields.${field}`), value: shown(field) }))}
    />
  )
}

interface EditFormProps {
  kind: Kind
  person: Person
  onClose: () => void
}

function EditForm({ kind, person, onClose }: EditFormProps) {
  const { t } = useTranslation('people')
  const { t: tc } = useTranslation()
  const notify = useNotify()
  const queryClient = useQueryClient()
  const update = useUpdatePerson(kind, person.id)
  // What this form began with: the page may read the person again meanwhile, and must not say that we have seen it.
  const [base, setBase] = useState({ version: person.version, values: toValues(person) })
  const form = usePersonForm(kind, base.values)
  // Whoever chose to edit begins in the first field.
  const begin = useEffectEvent(() => form.getInputNode('firstName')?.focus())
  useEffect(() => begin(), [])
  const [theirs, setTheirs] = useState<Partial<Record<Field, string>>>()
  const [unsaid, setUnsaid] = useState<unknown>()

  /** Takes over what somebody else has saved, keeps what was typed here, and says where the two differ. */
  async function rebase() {
    const queryKey = ['person', kind, person.id]
    await queryClient.refetchQueries({ queryKey }, { throwOnError: true })
    const newest = queryClient.getQueryData<Person>(queryKey)
    if (!newest) return
    const values = toValues(newest)
    const typed = form.getValues()
    const differ: Partial<Record<Field, string>> = {}
    for (const field of FIELDS[kind]) {
      if (typed[field] === base.values[field]) take(field, values)
      else if (values[field] !== base.values[field]) differ[field] = values[field]
    }
    setBase({ version: newest.version, values })
    setTheirs(differ)
  }
  const take = <F extends Field>(field: F, values: PersonValues) =>
    form.setFieldValue(field, values[field] as never)

  const send = form.onSubmit(async (values) => {
    if (update.isPending) return
    setUnsaid(undefined)
    const changes = toChanges(kind, base.values, values)
    if (Object.keys(changes).length === 0) return onClose()
    try {
      await update.mutateAsync({ changes, version: base.version })
      notify.done(tc('state.saved'))
      onClose()
    } catch (error) {
      if (error instanceof Problem && error.code === 'version_mismatch')
        await rebase().catch(setUnsaid)
      else if (!form.refuse(error)) setUnsaid(error)
    }
  }, form.focusFirst)

  const notes = Object.fromEntries(
    Object.entries(theirs ?? {}).map(([field, value]) => [
      field,
      <Text key={field} span size="sm" fw={600} c="var(--mantine-color-text)">
        {t('person.theirs', { value: value === '' ? t('person.none') : value })}
      </Text>,
    ]),
  )

  return (
    <form noValidate onSubmit={send}>
      <Stack gap="md">
        <PersonFields kind={kind} form={form} notes={notes} />
        {theirs && (
          <Notice color="orange" role="alert" title={t('person.changedTitle')}>
            {t('person.changed')}
          </Notice>
        )}
        {unsaid !== undefined && <ErrorAlert error={unsaid} />}
        <Group>
          <Button type="submit" loading={update.isPending}>
            {tc('actions.save')}
          </Button>
          <Button variant="default" onClick={onClose}>
            {tc('actions.cancel')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
