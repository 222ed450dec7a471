import { Anchor } from '@mantine/core'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { EmptyState } from '#src/ui/empty-state.tsx'
import { FormModal } from '#src/ui/form-modal.tsx'
import { AssignTeacherForm } from './assign-teacher-form.tsx'
import { AssignmentList } from './assignment-list.tsx'
import type { Structure, Year } from './structure.api.ts'
import { TabFrame } from './tab-frame.tsx'

export function TeachingTab({ structure }: { structure: Structure }) {
  const { t } = useTranslation('structure')
  const { link } = useSchool()
  const heading = useRef<HTMLHeadingElement>(null)
  const [isAdding, setAdding] = useState(false)
  const { years, sections, teachers } = structure
  const [yearId, setYearId] = useState<string>()
  const year = years.find(({ id }) => id === yearId) ?? currentOf(years)
  const canAssign = year && sections.length > 0 && teachers.some(({ isActive }) => isActive)
  return (
    <TabFrame
      title={t('teaching.title')}
      heading={heading}
      addLabel={t('teaching.add')}
      onAdd={canAssign ? () => setAdding(true) : undefined}
    >
      {year && canAssign ? (
        <AssignmentList structure={structure} year={year} heading={heading} onYear={setYearId} />
      ) : (
        <EmptyState text={t('teaching.needs')}>
          <Anchor component={Link} to={link('/people?kind=teachers')}>
            {t('teaching.toPeople')}
          </Anchor>
        </EmptyState>
      )}
      <FormModal title={t('teaching.new')} opened={isAdding} onClose={() => setAdding(false)}>
        {year && (
          <AssignTeacherForm structure={structure} year={year} onDone={() => setAdding(false)} />
        )}
      </FormModal>
    </TabFrame>
  )
}

const currentOf = (years: readonly Year[]) => years.find(({ isCurrent }) => isCurrent) ?? years[0]
