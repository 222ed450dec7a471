import { Paper, Stack, Text, Title } from '@mantine/core'
import type { RuntimeStatus, SchoolAnswer } from '@usms/directory/modules/schools/schools.schema'
import { useTranslation } from 'react-i18next'
import { useOwner } from '#src/lib/owner/owner-context.tsx'
import { Facts } from '#src/ui/facts.tsx'
import { Loaded, LoadingRows } from '#src/ui/loaded.tsx'
import { RelativeTime } from '#src/ui/relative-time.tsx'
import { useSchoolStatus } from './schools.api.ts'
import classes from './schools.module.css'
import { shortRelease } from './short-release.ts'

/** How a school runs, read again while it is looked at. */
export function SchoolRunning({ school }: { school: SchoolAnswer }) {
  const { t } = useTranslation('owner')
  const status = useSchoolStatus(school.id)
  return (
    <Paper withBorder p={{ base: 'md', sm: 'lg' }}>
      <Title order={2} size="h4" mb="md">
        {t('school.running')}
      </Title>
      <Loaded query={status} skeleton={<LoadingRows rows={3} height={44} />}>
        {(found) => <StatusFacts status={found} />}
      </Loaded>
    </Paper>
  )
}

function StatusFacts({ status }: { status: RuntimeStatus }) {
  const { t, i18n } = useTranslation('owner')
  const { time } = useOwner()
  const none = t('schools.noValue')
  const when = (instant: string) => <RelativeTime at={instant} exact={time.dateTime(instant)} />
  const { desiredRelease, databaseSizeBytes: bytes } = status
  return (
    <Stack gap="md">
      <Facts
        facts={[
          { label: t('school.facts.runtime'), value: t(`runtime.${status.runtime}`) },
          {
            label: t('school.facts.uptime'),
            value: status.startedAt ? when(status.startedAt) : t('school.notRunning'),
          },
          {
            label: t('school.facts.lastActivity'),
            value: status.lastActivityAt ? when(status.lastActivityAt) : t('schools.never'),
          },
          {
            label: t('school.facts.release'),
            value: (
              <span title={status.release ?? undefined}>
                {shortRelease(status.release) ?? none}
              </span>
            ),
          },
          {
            label: t('school.facts.desiredRelease'),
            value: desiredRelease ? (
              <span title={desiredRelease}>{shortRelease(desiredRelease)}</span>
            ) : (
              t('school.facts.newest')
            ),
          },
          {
            label: t('school.facts.databaseSize'),
            value: bytes === null ? t('school.unknown') : megabytes(bytes, i18n.language),
          },
          { label: t('school.facts.schemaLevel'), value: status.schemaLevel ?? none },
        ]}
      />
      {status.lastError && (
        <div>
          <Text size="sm" c="dimmed">
            {t('school.lastError')}
          </Text>
          <Text component="pre" m={0} className={classes.code} lang="en">
            {status.lastError}
          </Text>
        </div>
      )}
    </Stack>
  )
}

const megabytes = (bytes: number, language: string) =>
  new Intl.NumberFormat(language, {
    style: 'unit',
    unit: 'megabyte',
    maximumFractionDigits: 1,
  }).format(bytes / 1_000_000)
