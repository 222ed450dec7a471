import { lazyPage } from './lazy-page.tsx'

/** Every page, each with the texts (a namespace of `locales`) that it shows. */
export const LoginPage = lazyPage(
  () => import('./auth/login-page.tsx').then((page) => page.LoginPage),
  'auth',
)
export const AcceptInvitePage = lazyPage(
  () => import('./auth/accept-invite-page.tsx').then((page) => page.AcceptInvitePage),
  'auth',
  'account',
)
export const OwnerLoginPage = lazyPage(
  () => import('./auth/owner-login-page.tsx').then((page) => page.OwnerLoginPage),
  'auth',
)
export const AccountPage = lazyPage(
  () => import('./auth/account-page.tsx').then((page) => page.AccountPage),
  'auth',
  'account',
)
export const OwnerAccountPage = lazyPage(
  () => import('./auth/owner-account-page.tsx').then((page) => page.OwnerAccountPage),
  'auth',
  'account',
)

export const TeacherTodayPage = lazyPage(
  () => import('./teacher/today-page.tsx').then((page) => page.TeacherTodayPage),
  'teacher',
)
export const RegisterPage = lazyPage(
  () => import('./teacher/register-page.tsx').then((page) => page.RegisterPage),
  'teacher',
)
export const TeacherTimetablePage = lazyPage(
  () => import('./teacher/timetable-page.tsx').then((page) => page.TeacherTimetablePage),
  'family',
)
export const StudentsPage = lazyPage(
  () => import('./teacher/students-page.tsx').then((page) => page.StudentsPage),
  'teacher',
)

export const FamilyTodayPage = lazyPage(
  () => import('./family/today-page.tsx').then((page) => page.FamilyTodayPage),
  'family',
)
export const AttendancePage = lazyPage(
  () => import('./family/attendance-page.tsx').then((page) => page.AttendancePage),
  'family',
)
export const FamilyTimetablePage = lazyPage(
  () => import('./family/timetable-page.tsx').then((page) => page.FamilyTimetablePage),
  'family',
)
export const AnnouncementsPage = lazyPage(
  () => import('./family/announcements-page.tsx').then((page) => page.AnnouncementsPage),
  'family',
)

export const OfficeTodayPage = lazyPage(
  () => import('./office/today-page.tsx').then((page) => page.OfficeTodayPage),
  'planning',
)
export const PeoplePage = lazyPage(
  () => import('./office/people-page.tsx').then((page) => page.PeoplePage),
  'people',
)
export const PersonPage = lazyPage(
  () => import('./office/person-page.tsx').then((page) => page.PersonPage),
  'people',
)
export const NewPersonPage = lazyPage(
  () => import('./office/new-person-page.tsx').then((page) => page.NewPersonPage),
  'people',
)
export const InviteSheetPage = lazyPage(
  () => import('./office/invite-sheet-page.tsx').then((page) => page.InviteSheetPage),
  'people',
)
export const StructurePage = lazyPage(
  () => import('./office/structure-page.tsx').then((page) => page.StructurePage),
  'structure',
)
export const EnrollmentPage = lazyPage(
  () => import('./office/enrollment-page.tsx').then((page) => page.EnrollmentPage),
  'structure',
)
export const SessionsPage = lazyPage(
  () => import('./office/sessions-page.tsx').then((page) => page.SessionsPage),
  'planning',
)
export const MissingRegistersPage = lazyPage(
  () => import('./office/missing-page.tsx').then((page) => page.MissingRegistersPage),
  'planning',
)
export const SettingsPage = lazyPage(
  () => import('./office/settings-page.tsx').then((page) => page.SettingsPage),
  'planning',
  // What the codes of every school are called.
  'teacher',
)

export const SchoolsPage = lazyPage(
  () => import('./owner/schools-page.tsx').then((page) => page.SchoolsPage),
  'owner',
)
export const NewSchoolPage = lazyPage(
  () => import('./owner/new-school-page.tsx').then((page) => page.NewSchoolPage),
  'owner',
)
export const SchoolPage = lazyPage(
  () => import('./owner/school-page.tsx').then((page) => page.SchoolPage),
  'owner',
)
export const JobPage = lazyPage(
  () => import('./owner/job-page.tsx').then((page) => page.JobPage),
  'owner',
)
export const OwnerAuditPage = lazyPage(
  () => import('./owner/audit-page.tsx').then((page) => page.OwnerAuditPage),
  'owner',
)

/** The part of the frame that only those who mark registers have. */
export const RegisterOutbox = lazyPage(
  () => import('#src/features/register/outbox.tsx').then((part) => part.RegisterOutbox),
  'teacher',
)
