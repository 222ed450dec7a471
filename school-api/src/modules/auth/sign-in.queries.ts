import type { DbOrTx } from '#src/db.ts'
import { Prisma } from '#src/generated/prisma/client.ts'
import type { Role } from '#src/generated/prisma/enums.ts'
import type { OwnSchool, SignedInUser } from './auth.schema.ts'

/** The settings' one row, where people see it. */
const OWN_SCHOOL = Prisma.sql`(
  select jsonb_build_object('code', s.code, 'name', s.name, 'timezone', s.timezone, 'locale', s.locale)
    from school_settings s)`

export interface SignInRow {
  id: string
  username: string
  usernameKey: string
  passwordHash: string | null
  role: Role
  isActive: boolean
  firstName: string
  lastName: string | null
  preferredName: string | null
  teacherCode: string | null
}

/** One statement whether or not somebody is there, so that both take the same time. */
export async function findByUsername(
  db: DbOrTx,
  usernameKey: string,
): Promise<SignInRow | undefined> {
  const [row] = await db.$queryRaw<SignInRow[]>`
    select u.id, u.username, u.username_key as "usernameKey", u.password_hash as "passwordHash", u.role,
           u.is_active as "isActive", u.first_name as "firstName", u.last_name as "lastName",
           u.preferred_name as "preferredName", t.teacher_code as "teacherCode"
      from app_user u left join teacher_profile t on t.user_id = u.id
     where u.username_key = ${usernameKey}`
  return row
}

/**
 * Notes the sign-in if the password is still the one that was checked and the account still active.
 * @returns the school it is at, undefined when it is not
 */
export async function noteSignIn(
  tx: DbOrTx,
  user: { id: string; passwordHash: string | null },
  now: Date,
): Promise<OwnSchool | undefined> {
  const [row] = await tx.$queryRaw<{ school: OwnSchool }[]>`
    update app_user set last_login_at = ${now}
     where id = ${user.id}::uuid and is_active and password_hash = ${user.passwordHash}
    returning ${OWN_SCHOOL} as school`
  return row?.school
}

/** Whoever keeps being signed in, and where; undefined for an account that is not active. */
export async function findSignedIn(
  tx: DbOrTx,
  userId: string,
): Promise<{ user: SignedInUser; school: OwnSchool } | undefined> {
  const [row] = await tx.$queryRaw<(SignedInUser & { school: OwnSchool })[]>`
    select id, username, role, first_name as "firstName", last_name as "lastName",
           preferred_name as "preferredName", ${OWN_SCHOOL} as school
      from app_user where id = ${userId}::uuid and is_active`
  if (!row) return undefined
  const { school, ...user } = row
  return { user, school }
}

/**
 * Sets a password if the one before is still there. Raw, like the sign-in: what people see of an account does not change, so
 * neither does when it was changed.
 * @returns whether it is set
 */
export async function replacePassword(
  tx: DbOrTx,
  userId: string,
  { from, to }: { from: string | null; to: string },
): Promise<boolean> {
  const count = await tx.$executeRaw`
    update app_user set password_hash = ${to}
     where id = ${userId}::uuid and password_hash is not distinct from ${from}`
  return count === 1
}

export interface MeRow {
  id: string
  username: string
  email: string | null
  role: Role
  firstName: string
  lastName: string | null
  preferredName: string | null
  teacherCode: string | null
  admissionNo: string | null
  school: OwnSchool
}

export async function findMe(db: DbOrTx, userId: string): Promise<MeRow | undefined> {
  const [row] = await db.$queryRaw<MeRow[]>`
    select u.id, u.username, u.email, u.role, u.first_name as "firstName", u.last_name as "lastName",
           u.preferred_name as "preferredName", t.teacher_code as "teacherCode", s.admission_no as "admissionNo",
           ${OWN_SCHOOL} as school
      from app_user u
      left join teacher_profile t on t.user_id = u.id
      left join student_profile s on s.user_id = u.id
     where u.id = ${userId}::uuid`
  return row
}
