import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { personName } from '#src/ui/person-name.ts'
import type { Kind, Person } from './person.ts'

export interface Column {
  id: string
  label: string
  value: (person: Person) => ReactNode
  /** Left out where there is little room. */
  onlyWide?: boolean
}

/** What a list says of each, beside the name. */
export function useColumns(kind: Kind): Column[] {
  const { t } = useTranslation('people')
  const { t: tc } = useTranslation()
  const { time } = useSchool()
  const username: Column = {
    id: 'username',
    label: t('fields.username'),
    value: (person) => person.username,
  }
  const phone: Column = {
    id: 'phone',
    label: t('fields.phone'),
    value: ({ phone }) => phone,
  }
  const lastLogin: Column = {
    id: 'lastLogin',
    label: t('list.lastLogin'),
    onlyWide: true,
    value: ({ lastLoginAt }) =>
      lastLoginAt ? (
        time.dateTime(lastLoginAt)
      ) : (
        <Text span inherit c="dimmed">
          {t('list.never')}
        </Text>
      ),
  }
  switch (kind) {
    case 'students':
      return [
        {
          id: 'section',
          label: t('list.class'),
          value: ({ currentEnrollment: at }) => at?.sectionName,
        },
        {
          id: 'rollNo',
          label: t('list.rollNo'),
          value: ({ currentEnrollment: at }) =>
            typeof at?.rollNo === 'number' ? time.number(at.rollNo) : undefined,
        },
        {
          id: 'admissionNo',
          label: t('fields.admissionNo'),
          value: ({ admissionNo }) => admissionNo,
        },
        username,
        lastLogin,
      ]
    case 'teachers':
      return [
        {
          id: 'teacherCode',
          label: t('fields.teacherCode'),
          value: ({ teacherCode }) => teacherCode,
        },
        username,
        phone,
        lastLogin,
      ]
    case 'guardians':
      return [
        {
          id: 'children',
          label: t('list.children'),
          value: ({ children = [] }) => children.map(personName).join(', '),
        },
        username,
        phone,
        lastLogin,
      ]
    case 'staff':
      return [
        { id: 'role', label: t('fields.role'), value: ({ role }) => tc(`roles.${role}`) },
        username,
        { id: 'email', label: t('fields.email'), value: ({ email }) => email },
        lastLogin,
      ]
  }
}
