import pg from 'pg'
import { calendarAround } from './calendar.ts'
import type { NamePool } from './names.ts'
import { planSchool, type Row, type SchoolPlan } from './plan-school.ts'
import { createRandom } from './random.ts'

interface FillInput {
  /** Of the owner of the school's database. */
  databaseUrl: string
  names: NamePool
  seed: number
}

/**
 * Fills a freshly provisioned school with a year's structure, people, a timetable and the registers taken so far: one transaction,
 * so that a school is either empty or whole. A school that has students already is left alone.
 */
export async function fillSchool({ databaseUrl, names, seed }: FillInput): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'demo-data' })
  await client.connect()
  try {
    await client.query('begin')
    const { rows } = await client.query<{
      filled: boolean
      today: string
      office: string
      timezone: string
    }>(`
      select exists (select 1 from student_profile) as filled, timezone,
             to_char(now() at time zone timezone, 'YYYY-MM-DD') as today,
             (select id from app_user where username_key = 'admin') as office
        from school_settings`)
    const school = rows[0]
    if (!school || school.filled) return
    const ids = (
      await client.query<{ id: string }>('select uuidv7() as id from generate_series(1, 4000)')
    ).rows.map((row) => row.id)
    const newId = () => {
      const id = ids.pop()
      if (!id) throw new Error('the demo school needs more ids')
      return id
    }
    const plan = planSchool({
      calendar: calendarAround(school.today),
      names,
      random: createRandom(seed),
      newId,
    })
    for (const table of TABLES) await insert(client, table, plan[table])
    await insertSessions(client, plan, school)
    await takeRegisters(client)
    await writeAnnouncements(client, school.office)
    await giveAssignments(client, plan)
    await client.query('commit')
    await client.query('analyze')
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  } finally {
    await client.end()
  }
}

const TABLES = [
  'academic_year',
  'term',
  'grade',
  'subject',
  'room',
  'app_user',
  'teacher_profile',
  'student_profile',
  'guardian_link',
  'section',
  'teaching_assignment',
  'student_enrollment',
  'group_membership',
] as const

async function insert(client: pg.Client, table: string, rows: readonly Row[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {}).join(', ')
  await client.query(
    `insert into ${table} (${columns}) select ${columns} from jsonb_populate_recordset(null::${table}, $1)`,
    [JSON.stringify(rows)],
  )
}

async function insertSessions(
  client: pg.Client,
  plan: SchoolPlan,
  { office, timezone }: { office: string; timezone: string },
): Promise<void> {
  await client.query(
    `with planned as (
       select p.*, (p.local_date + p.starts) at time zone $3 as starts_at, (p.local_date + p.ends) at time zone $3 as ends_at
         from jsonb_to_recordset($1) as p(id uuid, section_id uuid, kind "SessionKind", local_date date, starts time, ends time,
                                          subject_id uuid, room_id uuid, teacher_id uuid)
     ), made as (
       insert into class_session (id, section_id, academic_year_id, kind, starts_at, ends_at, local_date, subject_id, room_id, created_by_id, by_office)
       select p.id, p.section_id, y.id, p.kind, p.starts_at, p.ends_at, p.local_date, p.subject_id, p.room_id, $2, true
         from planned p, academic_year y
     )
     insert into session_teacher (class_session_id, teacher_user_id, duty, starts_at, ends_at, status)
     select p.id, p.teacher_id, 'MAIN', p.starts_at, p.ends_at, 'SCHEDULED' from planned p`,
    [JSON.stringify(plan.sessions), office, timezone],
  )
}

/**
 * Registers of every session that is over, but for two lessons of the last school day: a school always has somebody to remind. Who is
 * away is away the whole day; who is late is late for registration.
 */
async function takeRegisters(client: pg.Client): Promise<void> {
  await client.query(`
    with over as (
      select s.*, row_number() over (order by s.local_date desc, s.kind, s.starts_at desc) as recency
        from class_session s where s.ends_at < now()
    ), taken as (
      update class_session c set register_taken_at = o.ends_at from over o where c.id = o.id and o.recency > 2 returning c.*
    ), roster as (
      select t.id, t.kind, t.local_date, t.ends_at, e.student_user_id
        from taken t join student_enrollment e on e.section_id = t.section_id
      union all
      select t.id, t.kind, t.local_date, t.ends_at, m.student_user_id
        from taken t join group_membership m on m.section_id = t.section_id
    ), marked as (
      select r.*, abs(hashtext(r.student_user_id::text || r.local_date)) % 1000 as day, abs(hashtext(r.student_user_id::text || r.id)) % 1000 as lesson
        from roster r
    )
    insert into attendance_entry (class_session_id, student_user_id, status, minutes_late, marked_by_user_id, by_office, marked_at)
    select m.id, m.student_user_id,
           case when m.day < 35 then 'ABSENT' when m.day < 50 then 'EXCUSED' when m.kind = 'REGISTRATION' and m.lesson < 30 then 'LATE' else 'PRESENT' end,
           case when m.day >= 50 and m.kind = 'REGISTRATION' and m.lesson < 30 then 3 + m.lesson % 15 end,
           st.teacher_user_id, false, m.ends_at
      from marked m join session_teacher st on st.class_session_id = m.id`)
}

async function writeAnnouncements(client: pg.Client, office: string): Promise<void> {
  await client.query(
    `insert into announcement (title, body, audience_kind, audience_value, publish_at, author_id)
     select title, body, kind::"AudienceKind", value, now() - age, $1
       from (values
         ('Sports day', 'Sports day is on the last Friday of the month. Pupils come in house colours and bring a bottle of water.', 'all', null, interval '2 days'),
         ('Parents'' evening', 'Class teachers are at home to parents on Thursday from 16:00 to 18:30. Appointments are made through the office.', 'role', 'PARENT', interval '4 days'),
         ('Registers before 08:20', 'Please take registration before the first lesson begins: the office calls home at half past eight.', 'role', 'TEACHER', interval '6 days')
       ) as a(title, body, kind, value, age)`,
    [office],
  )
}

async function giveAssignments(client: pg.Client, plan: SchoolPlan): Promise<void> {
  await client.query(
    `with given as (
       insert into assignment (section_id, academic_year_id, subject_id, title, description, due_at, max_marks, created_by_id, created_at)
       select t.section_id, t.academic_year_id, t.subject_id, w.title, w.description, date_trunc('hour', now()) + w.due, 20, t.teacher_user_id, now() - interval '10 days'
         from teaching_assignment t join subject s on s.id = t.subject_id
         join (values
           ('MATH', 'Fractions: exercises 1 to 12', 'Show the steps. Two marks a question, the last four are harder.', interval '-2 days'),
           ('ENG', 'A letter to my grandparents', 'One page about a day at school, in your own words.', interval '5 days'),
           ('SCI', 'Observing a plant for a week', 'Measure it each day and draw the curve.', interval '3 days')
         ) as w(subject, title, description, due) on w.subject = s.code
        where t.section_id = any($1)
       returning id, section_id, max_marks, due_at
     )
     insert into assignment_submission (assignment_id, student_user_id, submitted_at, late, text)
     select g.id, e.student_user_id, now() - interval '3 days', false, 'My work is in my exercise book; here is the summary.'
       from given g join student_enrollment e on e.section_id = g.section_id
      where e.roll_no % 3 = 0 and g.due_at < now() + interval '4 days'`,
    [plan.sectionIds],
  )
}
