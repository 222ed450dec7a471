import { NativeSelect, SimpleGrid, Textarea, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { ErrorAlert } from '#src/ui/error-alert.tsx'
import { FormFrame, RefusalAlert } from '#src/ui/form-modal.tsx'
import { type Announcement, useAudiences } from './announcements.api.ts'
import { ROLES, useAudienceName } from './audience-name.ts'
import { audienceKey, useAnnouncementForm } from './use-announcement-form.ts'

const MAX_TITLE = 200
const MAX_BODY = 20_000

interface AnnouncementFormProps {
  /** What is changed; undefined: a new one. */
  announcement: Announcement | undefined
  onDone: () => void
  onCancel: () => void
}

export function AnnouncementForm({ announcement, onDone, onCancel }: AnnouncementFormProps) {
  const { t } = useTranslation('family')
  const { t: common } = useTranslation()
  const { form, submit, refusal, isBusy } = useAnnouncementForm(announcement, onDone)
  const audiences = useAudiences()
  const groups = useAudienceGroups(audiences.data, announcement)

  if (audiences.isError && audiences.data === undefined)
    return <ErrorAlert error={audiences.error} onRetry={() => void audiences.refetch()} />
  if (audiences.data !== undefined && groups.length === 0)
    return <RefusalAlert>{t('announcements.teachesNothing')}</RefusalAlert>
  return (
    <FormFrame
      onSubmit={submit}
      onCancel={onCancel}
      isBusy={isBusy}
      submitLabel={announcement ? common('actions.save') : t('announcements.publish')}
      refusal={refusal && <RefusalAlert>{refusal}</RefusalAlert>}
    >
      <TextInput
        label={t('announcements.fields.title')}
        data-autofocus
        required
        maxLength={MAX_TITLE}
        {...form.getInputProps('title')}
      />
      <Textarea
        label={t('announcements.fields.body')}
        description={t('announcements.fields.bodyHint')}
        required
        autosize
        minRows={5}
        maxRows={14}
        maxLength={MAX_BODY}
        {...form.getInputProps('body')}
      />
      <NativeSelect
        label={t('announcements.fields.audience')}
        required
        data={[{ value: '', label: t('announcements.fields.choose') }, ...groups]}
        {...form.getInputProps('audience')}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <TextInput
          type="datetime-local"
          label={t('announcements.fields.publishAt')}
          description={t('announcements.fields.publishAtHint')}
          {...form.getInputProps('publishAt')}
        />
        <TextInput
          type="datetime-local"
          label={t('announcements.fields.expiresAt')}
          description={t('announcements.fields.expiresAtHint')}
          {...form.getInputProps('expiresAt')}
        />
      </SimpleGrid>
    </FormFrame>
  )
}

/** Whom one may address, for a select; also whom it is addressed to now. */
function useAudienceGroups(
  audiences: ReturnType<typeof useAudiences>['data'],
  announcement: Announcement | undefined,
) {
  const { t } = useTranslation('family')
  const nameOf = useAudienceName()
  if (!audiences) return []
  const { everybody, grades, sections } = audiences
  const group = (label: string, items: { value: string; label: string }[]) =>
    items.length > 0 ? [{ group: label, items }] : []
  const groups = [
    ...group(
      t('announcements.groups.roles'),
      everybody
        ? [
            { value: 'all', label: t('announcements.everybody') },
            ...ROLES.map((role) => ({
              value: `role:${role}`,
              label: t(`announcements.roles.${role}`),
            })),
          ]
        : [],
    ),
    ...group(
      t('announcements.groups.grades'),
      grades.map(({ id, name }) => ({ value: `grade:${id}`, label: name })),
    ),
    ...group(
      t('announcements.groups.sections'),
      sections.map(({ id, name }) => ({ value: `section:${id}`, label: name })),
    ),
  ]
  if (!announcement) return groups
  const value = audienceKey(announcement.audience)
  return groups.some(({ items }) => items.some((item) => item.value === value))
    ? groups
    : [
        ...groups,
        {
          group: t('announcements.groups.now'),
          items: [{ value, label: nameOf(announcement.audience) }],
        },
      ]
}
