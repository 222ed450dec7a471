import { personName } from '#src/ui/person-name.ts'
import type { Teacher } from './structure.api.ts'

/** Teachers to choose from, by name and teacher id; those who left only where one of them is chosen already. */
export const teacherOptions = (teachers: readonly Teacher[], chosen?: string | null) =>
  teachers
    .filter(({ id, isActive }) => isActive || id === chosen)
    .map((teacher) => ({
      value: teacher.id,
      label: teacher.teacherCode
        ? `${personName(teacher)} (${teacher.teacherCode})`
        : personName(teacher),
    }))
