import { Button, Group, Paper, Stack, Title } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate, useSearchParams } from 'react-router'
import { InviteCard } from '#src/features/invites/invite-card.tsx'
import type { Child } from '#src/features/people/children-field.tsx'
import { CreatePerson } from '#src/features/people/create-person.tsx'
import { type Created, usePerson } from '#src/features/people/people.api.ts'
import { type Kind, personPath, readKind } from '#src/features/people/person.ts'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { Loaded } from '#src/ui/loaded.tsx'
import { Page } from '#src/ui/page.tsx'
import { personName } from '#src/ui/person-name.ts'

export function NewPersonPage() {
  const { t } = useTranslation('people')
  const [params] = useSearchParams()
  const kind = readKind(params.get('kind')) ?? 'students'
  const childId = kind === 'guardians' ? params.get('child') : null
  return (
    <Page key={kind} title={t(`new.title.${kind}`)}>
      {childId ? <NewGuardianOf childId={childId} /> : <NewPerson kind={kind} />}
    </Page>
  )
}

function NewGuardianOf({ childId }: { childId: string }) {
  const child = usePerson('students', childId)
  return (
    <Loaded query={child}>
      {(child) => <NewPerson kind="guardians" child={{ id: childId, name: personName(child) }} />}
    </Loaded>
  )
}

function NewPerson({ kind, child }: { kind: Kind; child?: Child }) {
  const { link } = useSchool()
  const navigate = useNavigate()
  const [created, setCreated] = useState<Created>()
  const back = link(child ? personPath('students', child.id) : `/people?kind=${kind}`)
  return created ? (
    <Done kind={kind} created={created} child={child} onAgain={() => setCreated(undefined)} />
  ) : (
    <CreatePerson
      kind={kind}
      firstChild={child}
      onCreated={setCreated}
      onCancel={() => void navigate(back)}
    />
  )
}

interface DoneProps {
  kind: Kind
  created: Created
  child: Child | undefined
  onAgain: () => void
}

/** The invite is shown once, right after somebody was made. */
function Done({ kind, created, child, onAgain }: DoneProps) {
  const { t } = useTranslation('people')
  const { link } = useSchool()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  return (
    <Paper withBorder p={{ base: 'md', sm: 'lg' }} maw={640}>
      <Stack gap="md">
        <Title order={2} size="h4" ref={heading} tabIndex={-1} style={{ outline: 'none' }}>
          {t('new.done', { name: personName(created) })}
        </Title>
        <InviteCard invited={created} invite={created.invite} />
        <Group>
          <Button onClick={onAgain}>{t('new.again')}</Button>
          <Button component={Link} to={link(personPath(kind, created.id))} variant="default">
            {t('new.toPerson')}
          </Button>
          {child && (
            <Button component={Link} to={link(personPath('students', child.id))} variant="default">
              {t('new.toChild', { name: child.name })}
            </Button>
          )}
        </Group>
      </Stack>
    </Paper>
  )
}
