import { addDays, type DemoCalendar } from './calendar.ts'
import type { NamePool } from './names.ts'
import type { Random } from './random.ts'
import {
  DAYS,
  GROUP_TIME,
  PERIOD_TIMES,
  planWeek,
  REGISTRATION,
  teacherOf,
  WEEK,
} from './timetable.ts'

/** Everything a demo school is made of, as rows ready to be inserted. */
export type Row = Record<string, unknown>
export type SchoolPlan = Record<
  | 'academic_year'
  | 'term'
  | 'grade'
  | 'subject'
  | 'room'
  | 'app_user'
  | 'teacher_profile'
  | 'student_profile'
  | 'guardian_link'
  | 'section'
  | 'teaching_assignment'
  | 'student_enrollment'
  | 'group_membership',
  Row[]
> & {
  sessions: SessionPlan[]
  sectionIds: string[]
}

interface SessionPlan {
  id: string
  section_id: string
  kind: 'LESSON' | 'REGISTRATION'
  local_date: string
  starts: string
  ends: string
  subject_id: string | null
  room_id: string | null
  teacher_id: string
}

interface PlanInput {
  calendar: DemoCalendar
  names: NamePool
  random: Random
  /** Hands out fresh ids. */
  newId: () => string
}

const GRADES = ['6', '7', '8']
const LETTERS = ['A', 'B']
const PUPILS_A_SECTION = 30
const SUBJECTS: Record<string, string> = {
  MATH: 'Mathematics',
  ENG: 'English',
  SCI: 'Science',
  SOC: 'Social studies',
  LANG: 'Second language',
  PE: 'Physical education',
  COMP: 'Computing',
  ART: 'Art',
  MUS: 'Music',
}
const SPECIAL_ROOMS: Record<string, [code: string, name: string]> = {
  'SCI 0': ['LAB1', 'Science laboratory 1'],
  'SCI 1': ['LAB2', 'Science laboratory 2'],
  'PE 0': ['HALL', 'Sports hall'],
  'COMP 0': ['ICT', 'Computer room'],
  'ART 0': ['ART', 'Art room'],
}
/** After lessons, each on two days; nobody is in two. */
const GROUPS = [
  { name: 'Choir', subject: 'MUS', days: [0, 3] },
  { name: 'Robotics club', subject: 'COMP', days: [1, 4] },
  { name: 'Football', subject: 'PE', days: [0, 2] },
  { name: 'Debating society', subject: 'SOC', days: [2, 4] },
]
const PUPILS_A_GROUP = 16

export function planSchool({ calendar, names, random, newId }: PlanInput): SchoolPlan {
  const usernames = new Set<string>()
  const person = (role: string, first: string, last: string): Row & { id: string } => {
    const base = `${first}.${last}`.toLowerCase()
    let username = base
    for (let n = 2; usernames.has(username); n++) username = `${base}${n}`
    usernames.add(username)
    return {
      id: newId(),
      username,
      username_key: username,
      role,
      first_name: first,
      last_name: last,
    }
  }

  const yearId = newId()
  const grades = GRADES.map((code, i) => ({
    id: newId(),
    code,
    name: `Grade ${code}`,
    order_no: i + 1,
  }))
  const subjects = new Map(
    Object.entries(SUBJECTS).map(([code, name]) => [code, { id: newId(), code, name }]),
  )
  const subjectId = (code: string) => subjects.get(code)?.id ?? null

  const teachers = new Map<string, Row & { id: string }>()
  for (const { subject, teachers: count } of [...WEEK, { subject: 'MUS', teachers: 1 }])
    for (let i = 0; i < count; i++)
      teachers.set(
        `${subject} ${i}`,
        person('TEACHER', random.pick(names.given), random.pick(names.family)),
      )
  const teacherId = (subject: string, index: number) =>
    teachers.get(`${subject} ${index}`)?.id as string
  const teacherProfiles = [...teachers.values()].map((teacher, i) => ({
    user_id: teacher.id,
    teacher_code: `T-${101 + i}`,
    hire_date: `${2010 + random.below(14)}-06-01`,
  }))

  const homerooms = grades.flatMap((grade, g) =>
    LETTERS.map((letter, l) => {
      const index = g * LETTERS.length + l
      const room = { id: newId(), code: `R${index + 1}`, name: `Room ${index + 1}`, capacity: 40 }
      const classTeacher = teacherId(['MATH', 'ENG', 'SCI'][index % 3] as string, index < 3 ? 0 : 1)
      return {
        room,
        row: {
          id: newId(),
          kind: 'HOMEROOM',
          grade_id: grade.id,
          name: `${grade.code}${letter}`,
          capacity: 36,
          class_teacher_id: classTeacher,
          subject_id: null,
        },
      }
    }),
  )
  const groups = GROUPS.map((group) => ({
    ...group,
    teacherId: teacherId(group.subject, 0),
    row: {
      id: newId(),
      kind: 'GROUP',
      grade_id: null,
      name: group.name,
      capacity: 24,
      class_teacher_id: null,
      subject_id: subjectId(group.subject),
    },
  }))
  const specialRooms = new Map(
    Object.entries(SPECIAL_ROOMS).map(([key, [code, name]]) => [
      key,
      { id: newId(), code, name, capacity: 40 },
    ]),
  )

  // One family in five sends two children, who may sit in different grades.
  const students: (Row & { id: string })[] = []
  const parents: (Row & { id: string })[] = []
  const links: Row[] = []
  const places = random.shuffled(
    homerooms.flatMap((_, section) => Array.from({ length: PUPILS_A_SECTION }, () => section)),
  )
  const sectionOf = new Map<string, number>()
  while (students.length < places.length) {
    const family = random.pick(names.family)
    const parent = person('PARENT', random.pick(names.given), family)
    parents.push(parent)
    const children = Math.min(random.below(5) === 0 ? 2 : 1, places.length - students.length)
    for (let i = 0; i < children; i++) {
      const student = person('STUDENT', random.pick(names.given), family)
      sectionOf.set(student.id, places[students.length] as number)
      students.push(student)
      links.push({
        guardian_user_id: parent.id,
        student_user_id: student.id,
        relationship: random.pick(['mother', 'father']),
      })
    }
  }
  const firstYear = Number(calendar.startsOn.slice(0, 4))
  const studentProfiles = students.map((student, i) => {
    const age = 11 + Math.floor((sectionOf.get(student.id) ?? 0) / LETTERS.length)
    return {
      user_id: student.id,
      admission_no: `${firstYear}-${String(i + 1).padStart(4, '0')}`,
      dob: `${firstYear - age}-${String(1 + random.below(12)).padStart(2, '0')}-${String(1 + random.below(28)).padStart(2, '0')}`,
    }
  })

  const byName = (a: Row, b: Row) =>
    `${a.last_name} ${a.first_name}`.localeCompare(`${b.last_name} ${b.first_name}`, 'en')
  const enrollments = homerooms.flatMap(({ row }, section) =>
    students
      .filter((student) => sectionOf.get(student.id) === section)
      .sort(byName)
      .map((student, i) => ({
        id: newId(),
        student_user_id: student.id,
        academic_year_id: yearId,
        section_id: row.id,
        roll_no: i + 1,
        joined_on: calendar.startsOn,
      })),
  )
  const joiners = random.shuffled(students)
  const memberships = groups.flatMap(({ row }, g) =>
    joiners.slice(g * PUPILS_A_GROUP, (g + 1) * PUPILS_A_GROUP).map((student) => ({
      id: newId(),
      student_user_id: student.id,
      academic_year_id: yearId,
      section_id: row.id,
      joined_on: calendar.startsOn,
    })),
  )

  const assignment = (teacher: string, section: string, subject: string | null): Row => ({
    id: newId(),
    teacher_user_id: teacher,
    section_id: section,
    academic_year_id: yearId,
    subject_id: subject,
    starts_on: calendar.startsOn,
    ends_on: calendar.endsOn,
  })
  const teaching = [
    ...homerooms.flatMap(({ row }, section) =>
      WEEK.map(({ subject, teachers: count }) =>
        assignment(
          teacherId(subject, teacherOf(section, homerooms.length, count)),
          row.id,
          subjectId(subject),
        ),
      ),
    ),
    ...groups.map((group) => assignment(group.teacherId, group.row.id, subjectId(group.subject))),
  ]

  const week = planWeek(homerooms.length, random)
  const sessions = calendar.mondays.flatMap((monday) => [
    ...homerooms.flatMap(({ row, room }) =>
      Array.from({ length: DAYS }, (_, day): SessionPlan => ({
        id: newId(),
        section_id: row.id,
        kind: 'REGISTRATION',
        local_date: addDays(monday, day),
        starts: REGISTRATION[0],
        ends: REGISTRATION[1],
        subject_id: null,
        room_id: room.id,
        teacher_id: row.class_teacher_id,
      })),
    ),
    ...week.map(({ section, day, period, subject, teacher }): SessionPlan => {
      const homeroom = homerooms[section] as (typeof homerooms)[number]
      const [starts, ends] = PERIOD_TIMES[period] as (typeof PERIOD_TIMES)[number]
      return {
        id: newId(),
        section_id: homeroom.row.id,
        kind: 'LESSON',
        local_date: addDays(monday, day),
        starts,
        ends,
        subject_id: subjectId(subject),
        room_id: (specialRooms.get(`${subject} ${teacher}`) ?? homeroom.room).id,
        teacher_id: teacherId(subject, teacher),
      }
    }),
    ...groups.flatMap((group) =>
      group.days.map((day): SessionPlan => ({
        id: newId(),
        section_id: group.row.id,
        kind: 'LESSON',
        local_date: addDays(monday, day),
        starts: GROUP_TIME[0],
        ends: GROUP_TIME[1],
        subject_id: subjectId(group.subject),
        room_id: null,
        teacher_id: group.teacherId,
      })),
    ),
  ])

  return {
    academic_year: [
      {
        id: yearId,
        code: calendar.code,
        name: calendar.name,
        starts_on: calendar.startsOn,
        ends_on: calendar.endsOn,
        is_current: true,
      },
    ],
    term: calendar.terms.map((term) => ({
      id: newId(),
      academic_year_id: yearId,
      name: term.name,
      starts_on: term.startsOn,
      ends_on: term.endsOn,
    })),
    grade: grades,
    subject: [...subjects.values()],
    room: [...homerooms.map(({ room }) => room), ...specialRooms.values()],
    app_user: [...teachers.values(), ...students, ...parents],
    teacher_profile: teacherProfiles,
    student_profile: studentProfiles,
    guardian_link: links,
    section: [...homerooms.map(({ row }) => row), ...groups.map(({ row }) => row)],
    teaching_assignment: teaching,
    student_enrollment: enrollments,
    group_membership: memberships,
    sessions,
    sectionIds: homerooms.map(({ row }) => row.id),
  }
}
