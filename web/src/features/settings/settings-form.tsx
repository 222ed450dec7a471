import { Button, Group, NumberInput, Paper, Select, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconClock } from '@tabler/icons-react'
import type { SettingsAnswer } from '@usms/school-api/modules/settings/settings.schema'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem } from '#src/lib/http/problem.ts'
import { createSchoolTime } from '#src/lib/school-time.ts'
import { ErrorAlert } from '#src/ui/error-alert.tsx'
import { useNotify } from '#src/ui/use-notify.tsx'
import { useChangeSettings } from './settings.api.ts'
import { localesWith, zonesWith } from './zones.ts'
import { Notice } from '#src/ui/notice.tsx'

const MAX_DAYS = 366
const A_NUMBER = 1_234_567.5

interface Values {
  name: string
  timezone: string
  locale: string
  /** Text while it is being typed. */
  correctionDays: number | string
}

const valuesOf = ({ name, timezone, locale, correctionDays }: SettingsAnswer): Values => ({
  name,
  timezone,
  locale,
  correctionDays,
})

export function SettingsForm({
  settings: now,
  onReload,
}: {
  settings: SettingsAnswer
  onReload: () => void
}) {
  const { t, i18n } = useTranslation('planning')
  const { t: common } = useTranslation()
  const notify = useNotify()
  const change = useChangeSettings()
  // As they were when the page was opened: what is read meanwhile takes nothing of what is typed, and is not overwritten.
  const [settings, setSettings] = useState(now)
  const { timezone, locale } = settings
  const [instant] = useState(() => new Date().toISOString())
  const form = useForm({
    initialValues: valuesOf(settings),
    validate: {
      name: (value) => (value.trim() ? null : t('lesson.errors.required')),
      correctionDays: (value) => (typeof value === 'number' ? null : t('lesson.errors.required')),
    },
  })
  const zones = useMemo(() => zonesWith(timezone), [timezone])
  const locales = useMemo(() => localesWith(locale, i18n.language), [locale, i18n.language])
  const { values } = form
  const shown = createSchoolTime(values, i18n.language)

  const save = form.onSubmit(async ({ correctionDays: days, ...rest }) => {
    const patch = { ...rest, correctionDays: Number(days) }
    try {
      const saved = await change.mutateAsync({ settings, patch })
      setSettings(saved)
      form.setInitialValues(valuesOf(saved))
      form.reset()
      notify.done(t('settings.saved'))
    } catch (error) {
      if (error instanceof Problem)
        for (const { path, message } of error.issues)
          form.setFieldError(path, path === 'timezone' ? t('settings.unknownZone') : message)
    }
  })
  const isMeanwhile = change.error instanceof Problem && change.error.status === 412
  const isAtFields = change.error instanceof Problem && change.error.issues.length > 0

  return (
    <Paper withBorder p="lg">
      <form onSubmit={save} noValidate>
        <Stack gap="md" maw={520}>
          <TextInput
            label={t('settings.name')}
            required
            maxLength={200}
            {...form.getInputProps('name')}
          />
          <Select
            label={t('settings.timezone')}
            description={t('settings.timeThere', { time: shown.dateTime(instant) })}
            searchable
            required
            allowDeselect={false}
            limit={100}
            data={zones}
            nothingFoundMessage={t('sessions.nothingFound')}
            {...form.getInputProps('timezone')}
          />
          {values.timezone !== timezone && (
            <Notice
              color="yellow"
              role="status"
              icon={<IconClock aria-hidden />}
              title={t('settings.zoneChanges')}
            >
              {t('settings.zoneWarning')}
            </Notice>
          )}
          <Select
            label={t('settings.locale')}
            description={t('settings.example', {
              date: shown.date(instant),
              time: shown.time(instant),
              number: shown.number(A_NUMBER),
            })}
            searchable
            required
            allowDeselect={false}
            data={locales}
            nothingFoundMessage={t('sessions.nothingFound')}
            {...form.getInputProps('locale')}
          />
          <NumberInput
            label={t('settings.correctionDays')}
            description={t('settings.correctionHint')}
            required
            min={0}
            max={MAX_DAYS}
            allowDecimal={false}
            clampBehavior="strict"
            {...form.getInputProps('correctionDays')}
          />
          {isMeanwhile && (
            <Notice color="red" role="alert" title={t('lesson.errors.title')}>
              <Stack gap="sm" align="flex-start">
                <Text size="sm">{t('settings.changedMeanwhile')}</Text>
                <Button size="xs" variant="default" onClick={onReload}>
                  {t('lesson.reload')}
                </Button>
              </Stack>
            </Notice>
          )}
          {change.isError && !isMeanwhile && !isAtFields && <ErrorAlert error={change.error} />}
          <Group>
            <Button type="submit" loading={change.isPending} disabled={!form.isDirty()}>
              {common('actions.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Paper>
  )
}
