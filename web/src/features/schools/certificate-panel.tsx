import { List, Paper, Stack, Text, Title } from '@mantine/core'
import type { CertificateAnswer } from '@usms/directory/modules/schools/schools.lifecycle.schema'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useOwner } from '#src/lib/owner/owner-context.tsx'
import { Facts } from '#src/ui/facts.tsx'
import { Loaded } from '#src/ui/loaded.tsx'
import { useCertificate } from './schools.api.ts'

/** What was removed with an erased school. */
export function CertificatePanel({ schoolId }: { schoolId: string }) {
  const { t } = useTranslation('owner')
  const certificate = useCertificate(schoolId)
  return (
    <Paper withBorder p={{ base: 'md', sm: 'lg' }}>
      <Title order={2} size="h4" mb="md">
        {t('certificate.heading')}
      </Title>
      <Loaded query={certificate}>{(found) => <Certificate certificate={found} />}</Loaded>
    </Paper>
  )
}

function Certificate({ certificate }: { certificate: CertificateAnswer }) {
  const { t } = useTranslation('owner')
  const { time } = useOwner()
  const { archivedAt, erasedAt, removed, verified, notes } = certificate
  return (
    <Stack gap="md" style={{ overflowWrap: 'anywhere' }}>
      <Facts
        facts={[
          { label: t('certificate.code'), value: certificate.code },
          {
            label: t('certificate.archivedAt'),
            value: archivedAt ? time.dateTime(archivedAt) : t('schools.noValue'),
          },
          { label: t('certificate.erasedAt'), value: time.dateTime(erasedAt) },
        ]}
      />
      <Section title={t('certificate.removed')}>
        {removed.map(({ kind, name }) => (
          <List.Item key={`${kind} ${name}`} lang="en">
            {kind} {name}
          </List.Item>
        ))}
      </Section>
      <Section title={t('certificate.verified')}>
        {verified.map(({ what, found }) => (
          <List.Item key={what}>
            <span lang="en">{what}</span>: {t('certificate.found', { value: time.number(found) })}
          </List.Item>
        ))}
      </Section>
      <Section title={t('certificate.notes')}>
        {notes.map((note) => (
          <List.Item key={note} lang="en">
            {note}
          </List.Item>
        ))}
      </Section>
    </Stack>
  )
}

const Section = ({ title, children }: { title: string; children: ReactNode }) => (
  <div>
    <Text component="h3" size="sm" c="dimmed" m={0} fw={400}>
      {title}
    </Text>
    <List>{children}</List>
  </div>
)
