import { conflict, forbidden, notFound, unprocessable } from '@usms/service-kit/errors/app-error'
import { type ExpectedVersions, requireVersion } from '@usms/service-kit/http/if-match'
import { type Page, toPage } from '@usms/service-kit/http/list'
import { type Actor, isOffice } from '#src/auth/actor.ts'
import type { Db, DbOrTx } from '#src/db.ts'
import { Prisma } from '#src/generated/prisma/client.ts'
import type { Audit } from '#src/modules/audit/audit.service.ts'
import type { IssueInvite } from '#src/modules/invites/issue-invite.ts'
import { isClassTeacherOf } from '#src/modules/invites/invites.queries.ts'
import type { InviteAnswer } from '#src/modules/invites/invites.schema.ts'
import {
  findPeople,
  findPerson,
  hasId,
  hasRole,
  IS_OFFICE,
  keyOfPerson,
  type LockedUser,
  lockUser,
  matching,
  PLAIN_PEOPLE,
  usernameKeysFrom,
} from './people.queries.ts'
import { setActive } from './set-active.ts'
import { toPerson, usernameKeyOf } from './user-fields.ts'
import { canChangeRole, canWriteAccount } from './users.policy.ts'
import type {
  CreatedUserAnswer,
  FreeUsernameAnswer,
  UserAnswer,
  UserBody,
  UserList,
  UserPatch,
} from './users.schema.ts'
import { insertPerson, updatePerson } from './write-person.ts'

interface UsersDeps {
  db: Db
  audit: Audit
  now: () => Date
  issueInvite: IssueInvite
}

export interface UsersService {
  list(query: UserList): Promise<Page<UserAnswer>>
  read(actor: Actor, id: string): Promise<UserAnswer>
  /** @throws AppError 422 `use_role_resource` for a role that has a resource of its own */
  create(actor: Actor, body: UserBody): Promise<CreatedUserAnswer>
  /** What is asked for, or that with the first number behind it that is free: `asha.rao2`. */
  freeUsername(like: string): Promise<FreeUsernameAnswer>
  /** @throws AppError 412 `version_mismatch` */
  update(
    actor: Actor,
    id: string,
    patch: UserPatch,
    expected?: ExpectedVersions,
  ): Promise<UserAnswer>
  /** A new token, also for somebody who has a password: then it is a reset. */
  invite(actor: Actor, id: string): Promise<InviteAnswer>
  /** @throws AppError 422 `own_account`, 409 `last_admin` */
  deactivate(actor: Actor, id: string): Promise<UserAnswer>
  reactivate(actor: Actor, id: string): Promise<UserAnswer>
}

export function createUsersService({ db, audit, now, issueInvite }: UsersDeps): UsersService {
  return {
    async list(query) {
      const conditions = [...ofRole(query), ...matching(query)]
      const { rows, total } = await findPeople(db, PLAIN_PEOPLE, conditions, query)
      return toPage(rows, { limit: query.limit, keyOf: keyOfPerson, toItem: toPerson, total })
    },

    async read(actor, id) {
      const user = await readUser(db, id)
      if (id !== actor.userId)
        await audit.record(db, actor, {
          action: `${user.role === 'STUDENT' ? 'student' : 'user'}.read`,
          subjectType: 'user',
          subjectIds: [id],
        })
      return user
    },

    async freeUsername(like) {
      const taken = await usernameKeysFrom(db, usernameKeyOf(like))
      let username = like
      for (let no = 2; taken.has(usernameKeyOf(username)); no++) username = `${like}${no}`
      return { username }
    },

    async create(actor, body) {
      const resource = RESOURCE_OF[body.role]
      if (resource)
        throw unprocessable('use_role_resource', `Make this account with POST ${resource}`, {
          issues: [{ path: 'role', message: `accounts of this role are made at ${resource}` }],
        })
      refuseUnless(canWriteAccount(actor, body))
      return db.$transaction(async (tx) => {
        const { id } = await insertPerson(tx, body.role, body)
        await record(tx, actor, 'user.create', id)
        const invite = await issueInvite(tx, actor, { id, role: body.role })
        return { ...(await readUser(tx, id)), invite }
      })
    },

    update: (actor, id, patch, expected) =>
      db.$transaction(async (tx) => {
        const user = await lockAccount(tx, actor, id)
        requireVersion(user.version, expected)
        const fields = Object.keys(patch)
        if (patch.role !== undefined && !canChangeRole(actor, user.role, patch.role))
          throw isOffice(user) && isOffice({ role: patch.role })
            ? forbidden('Only an owner makes or demotes an owner', 'owner_only')
            : unprocessable('role_fixed', 'An account keeps its role; only OWNER and ADMIN swap')
        if (fields.length > 0) {
          await updatePerson(tx, id, patch)
          await record(tx, actor, 'user.update', id, fields)
        }
        return readUser(tx, id)
      }),

    invite: (actor, id) =>
      db.$transaction(async (tx) => {
        const user =
          actor.scope === 'all' ? await lockAccount(tx, actor, id) : await lockPupil(tx, actor, id)
        if (!user.isActive)
          throw conflict('user_inactive', 'This account is deactivated; reactivate it first')
        return issueInvite(tx, actor, user)
      }),

    deactivate: (actor, id) =>
      db.$transaction(async (tx) => {
        if (id === actor.userId)
          throw unprocessable('own_account', 'Somebody else has to deactivate your account')
        await setActive(tx, id, { isActive: false, now: now(), allowed: allowedFor(actor) })
        await record(tx, actor, 'user.deactivate', id, ['isActive'])
        return readUser(tx, id)
      }),

    reactivate: (actor, id) =>
      db.$transaction(async (tx) => {
        await setActive(tx, id, { isActive: true, now: now(), allowed: allowedFor(actor) })
        await record(tx, actor, 'user.reactivate', id, ['isActive'])
        return readUser(tx, id)
      }),
  }

  async function lockPupil(tx: Prisma.TransactionClient, actor: Actor, id: string) {
    const user = await lockUser(tx, id)
    // One answer for what does not exist and what is not theirs.
    if (user?.role !== 'STUDENT' || !(await isClassTeacherOf(tx, actor, id)))
      throw forbidden('Only pupils of the own class can be invited')
    return user
  }

  async function record(
    tx: DbOrTx,
    actor: Actor,
    action: string,
    id: string,
    fields: string[] = [],
  ) {
    await audit.record(tx, actor, { action, subjectType: 'user', subjectIds: [id], fields })
  }
}

const ofRole = ({ role, isOffice: office }: UserList): Prisma.Sql[] => [
  ...(role ? [hasRole(role)] : []),
  ...(office === undefined ? [] : [office ? IS_OFFICE : Prisma.sql`not ${IS_OFFICE}`]),
]

/** Where accounts of a role are made, together with what the role needs. */
const RESOURCE_OF: Partial<Record<UserBody['role'], string>> = {
  TEACHER: '/teachers',
  STUDENT: '/students',
  PARENT: '/guardians',
}

const refuseUnless = (allowed: boolean) => {
  if (!allowed) throw forbidden("Only an owner writes to an owner's account", 'owner_only')
}

const allowedFor = (actor: Actor) => (user: LockedUser) =>
  refuseUnless(canWriteAccount(actor, user))

async function lockAccount(tx: Prisma.TransactionClient, actor: Actor, id: string) {
  const user = await lockUser(tx, id)
  if (!user) throw notFound('user')
  refuseUnless(canWriteAccount(actor, user))
  return user
}

async function readUser(db: DbOrTx, id: string): Promise<UserAnswer> {
  const row = await findPerson(db, PLAIN_PEOPLE, [hasId(id)])
  if (!row) throw notFound('user')
  return toPerson(row)
}
