import { Anchor, Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconLink, IconPlus } from '@tabler/icons-react'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { personName } from '#src/ui/person-name.ts'
import { LinkDialog } from './link-dialog.tsx'
import { type Kind, type Person, personPath } from './person.ts'
import type { Relative } from './relative.ts'
import { Unlink } from './unlink.tsx'

/** A pupil's guardians, or a guardian's children: the same link seen from either end. */
export function Relations({ kind, person }: { kind: 'students' | 'guardians'; person: Person }) {
  const { t } = useTranslation('people')
  const { link } = useSchool()
  const linking = useRef<HTMLButtonElement>(null)
  const [isOpen, { open, close }] = useDisclosure(false)
  const others: Kind = kind === 'students' ? 'guardians' : 'students'
  const relatives: Relative[] =
    kind === 'students'
      ? (person.guardians ?? []).map((one) => ({
          ...one,
          id: one.guardianUserId,
          name: personName(one),
        }))
      : (person.children ?? []).map((one) => ({
          ...one,
          id: one.studentUserId,
          name: personName(one),
        }))
  return (
    <Paper withBorder p={{ base: 'md', sm: 'lg' }} component="section" aria-labelledby="relations">
      <Stack gap="md">
        <Title order={2} size="h4" id="relations">
          {t(`relations.title.${kind}`)}
        </Title>
        {relatives.length === 0 ? (
          <Text c="dimmed">{t(`relations.none.${kind}`)}</Text>
        ) : (
          <Stack gap="xs" component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
            {relatives.map((relative) => (
              <Group key={relative.id} component="li" justify="space-between" wrap="nowrap">
                <div style={{ minWidth: 0, overflowWrap: 'anywhere' }}>
                  <Anchor component={Link} to={link(personPath(others, relative.id))} fw={600}>
                    {relative.name}
                  </Anchor>
                  {relative.relationship && (
                    <Text size="sm" c="dimmed">
                      {relative.relationship}
                    </Text>
                  )}
                </div>
                <Unlink
                  kind={kind}
                  person={person}
                  relative={relative}
                  onDone={() => linking.current?.focus()}
                />
              </Group>
            ))}
          </Stack>
        )}
        <Group gap="sm">
          <Button
            ref={linking}
            variant="light"
            leftSection={<IconLink size={18} aria-hidden />}
            onClick={open}
          >
            {t(`relations.link.${kind}`)}
          </Button>
          {kind === 'students' && (
            <Button
              component={Link}
              to={link(`/people/new?kind=guardians&child=${person.id}`)}
              variant="light"
              leftSection={<IconPlus size={18} aria-hidden />}
            >
              {t('new.button.guardians')}
            </Button>
          )}
        </Group>
        <LinkDialog
          kind={kind}
          person={person}
          linked={relatives.map(({ id }) => id)}
          isOpen={isOpen}
          onClose={close}
        />
      </Stack>
    </Paper>
  )
}
