import bcrypt from 'bcrypt'
import pg from 'pg'

export interface SignIn {
  username: string
  password: string
  teacherId?: string
}

/**
 * Gives one teacher, one student and one parent of a demo school a fresh password each: always the same people, so that it can be
 * repeated until the passwords are safely written down. The parent is one with two children, the student one of them.
 * @param databaseUrl of the owner of the school's database
 */
export async function showPeople(
  databaseUrl: string,
  newPassword: () => string,
): Promise<Record<'teacher' | 'student' | 'parent', SignIn>> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'demo-data' })
  await client.connect()
  try {
    const { rows } = await client.query<{
      teacher_id: string
      teacher_code: string
      parent_id: string
      student_id: string
    }>(`
      with parent as (
        select guardian_user_id as id, min(student_user_id::text)::uuid as child
          from guardian_link group by 1 order by count(*) desc, 1 limit 1
      )
      select t.user_id as teacher_id, t.teacher_code, parent.id as parent_id, parent.child as student_id
        from teacher_profile t, parent order by t.teacher_code limit 1`)
    const people = rows[0]
    if (!people) throw new Error('the demo school has nobody to show')
    const withPassword = async (id: string): Promise<SignIn> => {
      const password = newPassword()
      const user = await client.query<{ username: string }>(
        'update app_user set password_hash = $2 where id = $1 returning username',
        [id, await bcrypt.hash(password, 10)],
      )
      return { username: user.rows[0]?.username as string, password }
    }
    return {
      teacher: { ...(await withPassword(people.teacher_id)), teacherId: people.teacher_code },
      student: await withPassword(people.student_id),
      parent: await withPassword(people.parent_id),
    }
  } finally {
    await client.end()
  }
}
