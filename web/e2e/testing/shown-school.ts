import { INDIAN_NAMES } from '../../../scripts/demo/names.ts'
import type { System } from './global-setup.ts'
import { signedInOwner } from '../../../scripts/testing/owner.ts'
import {
  enrolStudents,
  makeClass,
  makeSchool,
  type Person,
  type School,
  severalAtOnce,
} from './school.ts'

/** A school that looks like one: a class of 32, a week of lessons and what was marked in it. */
export interface ShownSchool {
  school: School
  people: Record<'teacher' | 'student' | 'parent' | 'office', Person>
  sectionId: string
  /** A session of today whose register nobody took yet. */
  openSessionId: string
  /** The job that made the school. */
  provisioningJobId: string
}

const CLASS_SIZE = 32
const DAYS = 8
const LESSONS = [
  { hour: 9, subject: 'MAT' },
  { hour: 10, subject: 'SCI' },
  { hour: 11, subject: 'ENG' },
  { hour: 14, subject: 'HIN' },
]
const SUBJECTS = { MAT: 'Mathematics', SCI: 'Science', ENG: 'English', HIN: 'Hindi' }

export async function makeShownSchool(system: System): Promise<ShownSchool> {
  const school = await makeSchool(system, 'GREEN', 'Green Valley Public School')
  const { year, section, grade } = await makeClass(school, '6-A')
  await school.asAdmin('POST', '/sections', { gradeId: grade.id, name: '6-B', capacity: 40 })
  const teacher = await school.addPerson('teachers', {
    username: 'asha.rao',
    firstName: 'Asha',
    lastName: 'Rao',
    teacherCode: 'T-101',
  } as { username: string; firstName: string })
  const names = Array.from({ length: CLASS_SIZE }, (_, i) => {
    const given = INDIAN_NAMES.given[(i * 7) % INDIAN_NAMES.given.length]
    const family = INDIAN_NAMES.family[(i * 11) % INDIAN_NAMES.family.length]
    return `${given} ${family}`
  })
  const students = await enrolStudents(school, { year, section }, names)
  const student = await school.addPerson('students', {
    username: 'meera.shah',
    firstName: 'Meera',
    lastName: 'Shah',
  } as { username: string; firstName: string })
  await school.asAdmin('POST', '/enrollments', {
    studentUserId: student.id,
    academicYearId: year.id,
    sectionId: section.id,
    joinedOn: school.day(-120),
  })
  const parent = await school.addPerson('guardians', {
    username: 'vivek.shah',
    firstName: 'Vivek',
    lastName: 'Shah',
    studentUserIds: [student.id, students[3]?.id],
    relationship: 'father',
  } as { username: string; firstName: string })

  const subjects = new Map<string, string>()
  for (const [code, name] of Object.entries(SUBJECTS))
    subjects.set(code, (await school.asAdmin('POST', '/subjects', { code, name })).id)
  const room = await school.asAdmin('POST', '/rooms', { code: 'R12', name: 'Room 12' })
  await school.asAdmin('POST', '/teaching-assignments', {
    teacherUserId: teacher.id,
    sectionId: section.id,
    academicYearId: year.id,
  })

  const roster = [...students, student]
  let openSessionId = ''
  const days = Array.from({ length: DAYS + 1 }, (_, i) => i + 1 - DAYS)
  const lessons = days.flatMap((day) => LESSONS.map((lesson) => ({ day, ...lesson })))
  await severalAtOnce(lessons, async ({ day, hour, subject }) => {
    const session = await school.asAdmin('POST', '/sessions', {
      sectionId: section.id,
      startsAt: school.at(hour, 0, day),
      endsAt: school.at(hour, 50, day),
      teacherUserIds: [teacher.id],
      subjectId: subjects.get(subject),
      roomId: room.id,
    })
    if (day === 0 && hour === 11) openSessionId = session.id
    else if (day < 0 || (day === 0 && hour < 11))
      await school.asAdmin('POST', '/attendance/mark', {
        classSessionId: session.id,
        entries: roster.map(({ id }, i) => ({ studentUserId: id, ...markOf(i, day, hour) })),
      })
  })
  await announce(school)
  const provisioningJobId = await showOtherSchools(system, school)
  return {
    provisioningJobId,
    school,
    people: { teacher, student, parent, office: school.admin },
    sectionId: section.id,
    openSessionId,
  }
}

/** Nearly everybody is there nearly always. */
function markOf(student: number, day: number, hour: number) {
  const dice = (student * 31 + (day + DAYS) * 17 + hour * 7) % 29
  if (dice === 3) return { status: 'ABSENT' }
  if (dice === 11 && hour === 9) return { status: 'LATE', minutesLate: 8 }
  if (dice === 19) return { status: 'EXCUSED', note: 'At the doctor' }
  return { status: 'PRESENT' }
}

/** Further schools for the owner's table: some run, one is suspended, the others are registered alone. */
async function showOtherSchools(system: System, { id }: School): Promise<string> {
  const { asOwner, onboard } = signedInOwner(system.url, async () => ({
    owner: system.owner,
    schools: [],
  }))
  const running = await Promise.all(
    ['HILL', 'LAKE', 'RIVER', 'MEADOW'].map((code) => onboard(code)),
  )
  await asOwner('POST', `/owner/schools/${running[1]?.id}/suspend`)
  for (const [code, name, group] of OTHER_SCHOOLS)
    await asOwner('POST', '/owner/schools', { code, name, group })
  const { items } = await asOwner<{ items: { id: string }[] }>('GET', `/owner/schools/${id}/jobs`)
  return items.at(-1)?.id ?? ''
}

const OTHER_SCHOOLS = [
  ['ASHOKA', 'Ashoka Vidyalaya', 'Northern District'],
  ['BANYAN', 'Banyan Tree School', 'Northern District'],
  ['CORAL', 'Coral Bay Academy', 'Coast Trust'],
  ['NALANDA', 'Nalanda Public School', 'Northern District'],
  ['PALM', 'Palm Grove School', 'Coast Trust'],
  ['SUNRISE', 'Sunrise Primary School', 'Coast Trust'],
]

async function announce(school: School) {
  for (const [title, body] of [
    [
      'Sports day on Friday',
      'Everybody comes in sports shoes. Parents are welcome from ten o’clock on.',
    ],
    ['Library week', 'Bring a book that you liked, and take home one that somebody else did.'],
  ])
    await school.asAdmin<Person>('POST', '/announcements', {
      title,
      body,
      audience: { kind: 'all' },
    })
}
