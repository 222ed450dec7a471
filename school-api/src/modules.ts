import type { AccessTokens } from '@usms/service-kit/auth/access-token'
import type { Passwords } from '@usms/service-kit/auth/passwords'
import type { Sessions } from '@usms/service-kit/auth/sessions'
import type { SchoolEndpoint } from './auth/endpoint.ts'
import type { Permissions } from './auth/permissions.ts'
import type { SignInLimits } from '@usms/service-kit/auth/sign-in-limits'
import type { Db } from './db.ts'
import { createOnce } from './http/idempotency.ts'
import type { Audit } from './modules/audit/audit.service.ts'
import { authRoutes } from './modules/auth/auth.routes.ts'
import { createAuthService } from './modules/auth/auth.service.ts'
import { createSchoolCookie } from './modules/auth/refresh-cookie.ts'
import { guardiansRoutes } from './modules/guardians/guardians.routes.ts'
import { createGuardiansService } from './modules/guardians/guardians.service.ts'
import { invitesRoutes } from './modules/invites/invites.routes.ts'
import { createInvitesService } from './modules/invites/invites.service.ts'
import { createIssueInvite, createIssueInvites } from './modules/invites/issue-invite.ts'
import { studentsRoutes } from './modules/students/students.routes.ts'
import { createStudentsService } from './modules/students/students.service.ts'
import { teachersRoutes } from './modules/teachers/teachers.routes.ts'
import { createTeachersService } from './modules/teachers/teachers.service.ts'
import { usersRoutes } from './modules/users/users.routes.ts'
import { createUsersService } from './modules/users/users.service.ts'
import { academicYearsRoutes } from './modules/academic-years/academic-years.routes.ts'
import { createAcademicYearsService } from './modules/academic-years/academic-years.service.ts'
import { subjectsRoutes } from './modules/subjects/subjects.routes.ts'
import { createSubjectsService } from './modules/subjects/subjects.service.ts'
import { roomsRoutes } from './modules/rooms/rooms.routes.ts'
import { createRoomsService } from './modules/rooms/rooms.service.ts'
import { sectionsRoutes } from './modules/sections/sections.routes.ts'
import { createSectionsService } from './modules/sections/sections.service.ts'
import { membersRoutes } from './modules/sections/members.routes.ts'
import { createMembersService } from './modules/sections/members.service.ts'
import { teachingAssignmentsRoutes } from './modules/teaching-assignments/teaching-assignments.routes.ts'
import { createTeachingAssignmentsService } from './modules/teaching-assignments/teaching-assignments.service.ts'
import { enrollmentsRoutes } from './modules/enrollments/enrollments.routes.ts'
import { createEnrollmentsService } from './modules/enrollments/enrollments.service.ts'
import { structureRoutes } from './modules/structure/structure.routes.ts'
import { gradesRoutes } from './modules/grades/grades.routes.ts'
import { createGradesService } from './modules/grades/grades.service.ts'
import { announcementsRoutes } from './modules/announcements/announcements.routes.ts'
import { createAnnouncementsService } from './modules/announcements/announcements.service.ts'
import { assignmentsRoutes } from './modules/assignments/assignments.routes.ts'
import { createAssignmentsService } from './modules/assignments/assignments.service.ts'
import { submissionsRoutes } from './modules/submissions/submissions.routes.ts'
import { createSubmissionsService } from './modules/submissions/submissions.service.ts'
import { auditRoutes } from './modules/audit/audit.routes.ts'
import { createListAudit } from './modules/audit/list-audit.ts'
import { createSchoolTime } from './modules/settings/school-time.ts'
import { settingsRoutes } from './modules/settings/settings.routes.ts'
import { createSettingsService } from './modules/settings/settings.service.ts'
import { attendanceRoutes } from './modules/attendance/attendance.routes.ts'
import { createAttendanceService } from './modules/attendance/attendance.service.ts'
import { attendanceCodesRoutes } from './modules/attendance-codes/attendance-codes.routes.ts'
import { createAttendanceCodesService } from './modules/attendance-codes/attendance-codes.service.ts'
import { meRoutes } from './modules/me/me.routes.ts'
import { createMeService } from './modules/me/me.service.ts'
import { sessionsRoutes } from './modules/sessions/sessions.routes.ts'
import { createSessionsService } from './modules/sessions/sessions.service.ts'

/** What modules are made of. */
export interface ModuleDeps {
  db: Db
  audit: Audit
  /** The server's clock; tests set it. */
  now: () => Date
  permissions: Permissions
  accessTokens: AccessTokens
  sessions: Sessions
  passwords: Passwords
  signInLimits: SignInLimits
  /** Where the web front end is reached, for links. */
  appUrl: string
  schoolCode: string
}

/** Every feature of the school and its routes: the second half of the composition root. */
export function createModules(deps: ModuleDeps): SchoolEndpoint[] {
  const schoolTime = createSchoolTime(deps)
  const dated = { ...deps, today: () => schoolTime.today(deps.now()) }
  const once = createOnce(deps)
  const issueInvites = createIssueInvites(deps)
  const people = { ...deps, issueInvite: createIssueInvite(issueInvites) }
  return [
    ...authRoutes(createAuthService(deps), createSchoolCookie(deps)),
    ...usersRoutes(createUsersService(people)),
    ...teachersRoutes(createTeachersService(people)),
    ...studentsRoutes(createStudentsService(people)),
    ...guardiansRoutes(createGuardiansService(people)),
    ...invitesRoutes(createInvitesService({ ...deps, issueInvites })),
    ...structureRoutes(deps),
    ...gradesRoutes(createGradesService(deps)),
    ...academicYearsRoutes(createAcademicYearsService(deps)),
    ...subjectsRoutes(createSubjectsService(deps)),
    ...roomsRoutes(createRoomsService(deps)),
    ...sectionsRoutes(createSectionsService(dated)),
    ...membersRoutes(createMembersService(dated)),
    ...teachingAssignmentsRoutes(createTeachingAssignmentsService(deps)),
    ...enrollmentsRoutes(createEnrollmentsService(dated), once),
    ...assignmentsRoutes(createAssignmentsService(deps)),
    ...submissionsRoutes(createSubmissionsService(deps)),
    ...announcementsRoutes(createAnnouncementsService(deps)),
    ...auditRoutes(createListAudit({ db: deps.db, schoolZone: schoolTime.zone })),
    ...settingsRoutes(createSettingsService(deps)),
    ...sessionsRoutes(createSessionsService({ ...deps, schoolTime })),
    ...attendanceRoutes(createAttendanceService({ ...deps, schoolTime }), once),
    ...attendanceCodesRoutes(createAttendanceCodesService(deps)),
    ...meRoutes(createMeService(deps)),
  ]
}
