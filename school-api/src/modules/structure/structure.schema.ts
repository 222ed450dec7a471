import { z } from 'zod'
import { academicYear } from '#src/modules/academic-years/academic-years.schema.ts'
import { grade } from '#src/modules/grades/grades.schema.ts'
import { room } from '#src/modules/rooms/rooms.schema.ts'
import { section } from '#src/modules/sections/sections.schema.ts'
import { subject } from '#src/modules/subjects/subjects.schema.ts'

const WITHOUT_TIMES = { createdAt: true, updatedAt: true } as const

/** Everything a school is arranged by, each list in the order of its own endpoint. */
export const structure = z.object({
  years: z.array(academicYear.omit(WITHOUT_TIMES)),
  grades: z.array(grade.omit(WITHOUT_TIMES)),
  sections: z.array(section.omit(WITHOUT_TIMES)),
  subjects: z.array(subject.omit(WITHOUT_TIMES)),
  rooms: z.array(room.omit(WITHOUT_TIMES)),
  /** By name; those who left too, since they are named by what they taught. */
  teachers: z.array(
    z.object({
      id: z.string(),
      firstName: z.string(),
      lastName: z.string().nullable(),
      preferredName: z.string().nullable(),
      teacherCode: z.string().nullable(),
      isActive: z.boolean(),
    }),
  ),
  /** Teaching assignments of the current year. */
  teachingCount: z.number().int(),
})

export type StructureAnswer = z.output<typeof structure>
