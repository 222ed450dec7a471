import { Anchor, Button, Group, Paper, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { SchoolAnswer } from '@usms/directory/modules/schools/schools.schema'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useOwner } from '#src/lib/owner/owner-context.tsx'
import { Facts } from '#src/ui/facts.tsx'
import { EditSchoolForm } from './edit-school-form.tsx'
import { PLANS } from './school-fields.ts'

/** What is written down about a school, to read and to change. */
export function SchoolDetails({ school }: { school: SchoolAnswer }) {
  const { t } = useTranslation('owner')
  const { t: tCommon } = useTranslation()
  const [isEditing, { open, close }] = useDisclosure(false)
  const heading = useRef<HTMLHeadingElement>(null)
  const end = () => {
    close()
    // Where the form was; the button that opened it comes back only afterwards.
    heading.current?.focus()
  }
  return (
    <Paper withBorder p={{ base: 'md', sm: 'lg' }}>
      <Group justify="space-between" mb="md">
        <Title order={2} size="h4" ref={heading} tabIndex={-1} style={{ outline: 'none' }}>
          {t('school.details')}
        </Title>
        {!isEditing && school.status !== 'ERASED' && (
          <Button variant="default" onClick={open}>
            {tCommon('actions.edit')}
          </Button>
        )}
      </Group>
      {isEditing ? <EditSchoolForm school={school} onEnd={end} /> : <SchoolFacts school={school} />}
    </Paper>
  )
}

function SchoolFacts({ school }: { school: SchoolAnswer }) {
  const { t } = useTranslation('owner')
  const { time } = useOwner()
  const none = t('schools.noValue')
  const plan = PLANS.find((known) => known === school.plan)
  return (
    <Facts
      facts={[
        { label: t('form.code'), value: school.code },
        { label: t('form.name'), value: school.name },
        { label: t('form.group'), value: school.group ?? none },
        { label: t('form.subdomain'), value: school.subdomain ?? none },
        { label: t('form.plan'), value: plan ? t(`form.plans.${plan}`) : school.plan },
        {
          label: t('form.adminEmail'),
          value: school.adminEmail ? (
            <Anchor href={`mailto:${school.adminEmail}`}>{school.adminEmail}</Anchor>
          ) : (
            none
          ),
        },
        { label: t('form.timezone'), value: school.timezone },
        { label: t('form.locale'), value: school.locale },
        { label: t('form.listed'), value: t(school.listed ? 'form.yes' : 'form.no') },
        { label: t('school.facts.created'), value: time.dateTime(school.createdAt) },
        { label: t('school.facts.apiBaseUrl'), value: school.apiBaseUrl },
      ]}
    />
  )
}
