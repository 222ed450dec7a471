import { Anchor, Badge, Group, Stack, Text, Title } from '@mantine/core'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { EmptyState } from '#src/ui/empty-state.tsx'
import { FormModal } from '#src/ui/form-modal.tsx'
import { personName } from '#src/ui/person-name.ts'
import { RemoveThing } from './remove-thing.tsx'
import { SectionForm } from './section-form.tsx'
import type { Section, Structure } from './structure.api.ts'
import { TabFrame } from './tab-frame.tsx'
import { Thing, ThingList, Things } from './thing-list.tsx'
import { useEditing } from './use-editing.ts'

export function SectionsTab({ structure }: { structure: Structure }) {
  const { t } = useTranslation('structure')
  const heading = useRef<HTMLHeadingElement>(null)
  const editing = useEditing('sections')
  const [removing, setRemoving] = useState<Section | null>(null)
  const { sections, grades, teachers } = structure
  const teacherName = (id: string) => {
    const teacher = teachers.find((one) => one.id === id)
    return teacher ? personName(teacher) : ''
  }
  const gradeName = (id: string | null) => grades.find((grade) => grade.id === id)?.name ?? ''
  return (
    <TabFrame
      title={t('sections.title')}
      heading={heading}
      addLabel={t('sections.add')}
      onAdd={editing.add}
    >
      {sections.length === 0 ? (
        <EmptyState text={grades.length === 0 ? t('sections.needsGrade') : t('sections.empty')}>
          {grades.length === 0 && (
            <Anchor component={Link} to={{ search: '?tab=grades' }}>
              {t('sections.toGrades')}
            </Anchor>
          )}
        </EmptyState>
      ) : (
        <ThingList
          label={t('sections.title')}
          items={sections}
          textOf={({ name, gradeId, classTeacherId }) =>
            `${name} ${gradeName(gradeId)} ${classTeacherId ? teacherName(classTeacherId) : ''}`
          }
        >
          {(found) => (
            <Stack gap="md">
              {byGrade(found, structure, t('sections.groups')).map((part) => (
                <Stack key={part.id} gap="xs">
                  <Title order={3} size="h5" style={{ overflowWrap: 'anywhere' }}>
                    {part.name}
                  </Title>
                  <Things>
                    {part.sections.map((section) => (
                      <Thing
                        key={section.id}
                        name={section.name}
                        onEdit={() => editing.edit(section)}
                        onRemove={() => setRemoving(section)}
                        actions={<ToPupils section={section} />}
                      >
                        <SectionFacts section={section} structure={structure} />
                      </Thing>
                    ))}
                  </Things>
                </Stack>
              ))}
            </Stack>
          )}
        </ThingList>
      )}
      <FormModal
        title={editing.item ? t('sections.edit', { name: editing.item.name }) : t('sections.new')}
        opened={editing.isOpen}
        onClose={editing.close}
      >
        <SectionForm
          key={editing.item?.version}
          item={editing.item}
          structure={structure}
          onDone={editing.close}
          onReload={() => void editing.reload()}
        />
      </FormModal>
      <RemoveThing
        resource="sections"
        item={removing}
        nameOf={({ name }) => name}
        text={({ name }) => t('sections.removeText', { name })}
        heading={heading}
        onClose={() => setRemoving(null)}
      />
    </TabFrame>
  )
}

function ToPupils({ section: { id, name } }: { section: Section }) {
  const { t } = useTranslation('structure')
  const { link } = useSchool()
  return (
    <Anchor
      component={Link}
      to={link(`/enrollment?section=${id}`)}
      aria-label={t('sections.toPupilsOf', { name })}
      px="xs"
      py={10}
    >
      {t('sections.toPupils')}
    </Anchor>
  )
}

function SectionFacts({ section, structure }: { section: Section; structure: Structure }) {
  const { t } = useTranslation('structure')
  const { name, capacity, enrolledCount, classTeacherId, subjectId } = section
  const teacher = structure.teachers.find(({ id }) => id === classTeacherId)
  const subject = structure.subjects.find(({ id }) => id === subjectId)
  const isFull = capacity !== null && enrolledCount >= capacity
  return (
    <>
      <Group gap="xs">
        <Text fw={550}>{name}</Text>
        {isFull && (
          <Badge variant="default" tt="none">
            {t('sections.full')}
          </Badge>
        )}
        {subject && (
          <Badge variant="default" tt="none">
            {subject.name}
          </Badge>
        )}
      </Group>
      <Text size="sm" c="dimmed">
        {capacity === null
          ? t('sections.pupils', { count: enrolledCount })
          : t('sections.seats', { taken: enrolledCount, capacity })}
        {' · '}
        {teacher
          ? t('sections.classTeacherIs', { name: personName(teacher) })
          : t('sections.noClassTeacher')}
      </Text>
    </>
  )
}

/** Sections by grade as the server orders them: homerooms and groups of a grade, then groups of none. */
function byGrade(sections: readonly Section[], { grades }: Structure, groups: string) {
  const parts = grades.map(({ id, name }) => ({
    id,
    name,
    sections: sections.filter(({ gradeId }) => gradeId === id),
  }))
  const rest = sections.filter(({ gradeId }) => gradeId === null)
  return [...parts, { id: 'groups', name: groups, sections: rest }].filter(
    (part) => part.sections.length > 0,
  )
}
