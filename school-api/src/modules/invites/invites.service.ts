import { forbidden, notFound } from '@usms/service-kit/errors/app-error'
import type { Actor } from '#src/auth/actor.ts'
import type { Db, DbOrTx } from '#src/db.ts'
import type { SectionInvitesAnswer, SectionInvitesBody } from './invites.schema.ts'
import type { IssueInvites } from './issue-invite.ts'
import {
  type InvitedGuardianRow,
  type InvitedStudentRow,
  lockGuardiansOf,
  lockStudentsOf,
} from './section-invites.queries.ts'

export interface InvitesService {
  /** For everybody of a section at once; who is deactivated is left out. The invites before them are closed. */
  issueForSection(
    actor: Actor,
    sectionId: string,
    body: SectionInvitesBody,
  ): Promise<SectionInvitesAnswer>
}

interface InvitesDeps {
  db: Db
  issueInvites: IssueInvites
}

export const createInvitesService = ({ db, issueInvites }: InvitesDeps): InvitesService => ({
  issueForSection: (actor, sectionId, { who, onlyNew }) =>
    db.$transaction(async (tx) => {
      await refuseUnlessTheirs(tx, actor, sectionId, who)
      const wanted = { sectionId, today: actor.today, onlyNew }
      const invited: (InvitedStudentRow | InvitedGuardianRow)[] =
        who === 'students' ? await lockStudentsOf(tx, wanted) : await lockGuardiansOf(tx, wanted)
      const issued = await issueInvites(tx, actor, invited)
      return {
        items: issued.map(({ user: { id, ...user }, invite }) => ({
          userId: id,
          ...user,
          ...invite,
        })),
      }
    }),
})

/** The office: everybody. A class teacher: pupils of the own homeroom, as one by one; a group's leader issues none. */
async function refuseUnlessTheirs(
  tx: DbOrTx,
  actor: Actor,
  sectionId: string,
  who: SectionInvitesBody['who'],
) {
  const section = await tx.section.findUnique({
    where: { id: sectionId },
    select: { kind: true, classTeacherId: true },
  })
  if (actor.scope === 'all') {
    if (!section) throw notFound('section')
    return
  }
  // One answer for what does not exist and what is not theirs.
  const isTheirs = section?.kind === 'HOMEROOM' && section.classTeacherId === actor.userId
  if (who !== 'students' || !isTheirs)
    throw forbidden('Only pupils of the own class can be invited')
}
