import { Anchor, Badge, Grid, Group, Skeleton, Stack } from '@mantine/core'
import { IconChevronLeft } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Link, Navigate, useParams, useSearchParams } from 'react-router'
import { InvitePerson } from '#src/features/invites/invite-person.tsx'
import { usePerson } from '#src/features/people/people.api.ts'
import { type Kind, kindOf, mayChange, personPath, readKind } from '#src/features/people/person.ts'
import { PersonAccess } from '#src/features/people/person-access.tsx'
import { PersonDetails } from '#src/features/people/person-details.tsx'
import { PersonEnrollment } from '#src/features/people/person-enrollment.tsx'
import { Relations } from '#src/features/people/relations.tsx'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { Loaded } from '#src/ui/loaded.tsx'
import { Page } from '#src/ui/page.tsx'
import { personName } from '#src/ui/person-name.ts'

export function PersonPage() {
  const { personId = '' } = useParams()
  const [params] = useSearchParams()
  // Without a kind any account is found, and its role says where it belongs.
  const kind = readKind(params.get('kind')) ?? 'staff'
  return <PersonOf key={`${kind} ${personId}`} kind={kind} id={personId} />
}

function PersonOf({ kind, id }: { kind: Kind; id: string }) {
  const { t } = useTranslation('people')
  const { t: tc } = useTranslation()
  const { user, link } = useSchool()
  const query = usePerson(kind, id)
  const person = query.data
  if (person && kindOf(person) !== kind)
    return <Navigate replace to={link(personPath(kindOf(person), id))} />
  const invited = person && {
    ...person,
    sectionName: person.currentEnrollment?.sectionName,
    rollNo: person.currentEnrollment?.rollNo,
  }
  return (
    <Stack gap="sm">
      <Anchor component={Link} to={link(`/people?kind=${kind}`)} w="fit-content">
        <Group gap={4} component="span">
          <IconChevronLeft size={18} aria-hidden />
          {t(`kinds.${kind}`)}
        </Group>
      </Anchor>
      <Page
        // The name comes later than the page: the focus belongs on it then.
        key={person ? 'there' : 'awaited'}
        title={person ? personName(person) : t(`kinds.${kind}`)}
        subtitle={
          person && (
            <Group gap="xs">
              {tc(`roles.${person.role}`)}
              {!person.isActive && <Badge variant="default">{t('inactive')}</Badge>}
            </Group>
          )
        }
      >
        <Loaded query={query} skeleton={<PersonSkeleton />}>
          {(person) => (
            <Grid gap="md">
              <Grid.Col span={{ base: 12, md: 7 }}>
                <Stack gap="md">
                  <PersonDetails kind={kind} person={person} canEdit={mayChange(user, person)} />
                  {kind === 'students' && <PersonEnrollment at={person.currentEnrollment} />}
                </Stack>
              </Grid.Col>
              <Grid.Col span={{ base: 12, md: 5 }}>
                <Stack gap="md">
                  <PersonAccess
                    kind={kind}
                    person={person}
                    canEdit={mayChange(user, person)}
                    invite={
                      invited && (
                        <InvitePerson
                          userId={id}
                          invited={invited}
                          hasSignedIn={person.lastLoginAt !== null}
                        />
                      )
                    }
                  />
                  {(kind === 'students' || kind === 'guardians') && (
                    <Relations kind={kind} person={person} />
                  )}
                </Stack>
              </Grid.Col>
            </Grid>
          )}
        </Loaded>
      </Page>
    </Stack>
  )
}

const PersonSkeleton = () => (
  <Grid gap="md" aria-hidden>
    <Grid.Col span={{ base: 12, md: 7 }}>
      <Skeleton height={330} />
    </Grid.Col>
    <Grid.Col span={{ base: 12, md: 5 }}>
      <Skeleton height={330} />
    </Grid.Col>
  </Grid>
)
