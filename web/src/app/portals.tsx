import {
  IconAlertCircle,
  IconCalendarWeek,
  IconHome,
  IconSettings,
  IconSpeakerphone,
  IconUserPlus,
  IconUsers,
  IconChartBar,
  IconSitemap,
} from '@tabler/icons-react'
import type { SchoolWho } from '#src/lib/session/sessions.ts'
import type { LazyPage } from './lazy-page.tsx'
import * as pages from './pages.ts'
import type { NavItem } from './shell/shell.tsx'

type Role = SchoolWho['user']['role']

interface PortalPage {
  /** Within the school's part: `/school/CODE/<path>`. */
  path: string
  page: LazyPage
  /** In the navigation, under this name of `common:nav`; left out for pages that are reached from others. */
  nav?: { label: NavLabel; icon: NavItem['icon'] }
}

type NavLabel =
  | 'today'
  | 'timetable'
  | 'students'
  | 'attendance'
  | 'announcements'
  | 'people'
  | 'structure'
  | 'enrollment'
  | 'sessions'
  | 'missing'
  | 'settings'

const announcements: PortalPage = {
  path: 'announcements',
  page: pages.AnnouncementsPage,
  nav: { label: 'announcements', icon: IconSpeakerphone },
}
const account: PortalPage = { path: 'account', page: pages.AccountPage }
const register: PortalPage = { path: 'register/:sessionId', page: pages.RegisterPage }

const teacher: PortalPage[] = [
  { path: '', page: pages.TeacherTodayPage, nav: { label: 'today', icon: IconHome } },
  register,
  {
    path: 'timetable',
    page: pages.TeacherTimetablePage,
    nav: { label: 'timetable', icon: IconCalendarWeek },
  },
  { path: 'students', page: pages.StudentsPage, nav: { label: 'students', icon: IconUsers } },
  announcements,
  account,
]

const family: PortalPage[] = [
  { path: '', page: pages.FamilyTodayPage, nav: { label: 'today', icon: IconHome } },
  {
    path: 'attendance',
    page: pages.AttendancePage,
    nav: { label: 'attendance', icon: IconChartBar },
  },
  {
    path: 'timetable',
    page: pages.FamilyTimetablePage,
    nav: { label: 'timetable', icon: IconCalendarWeek },
  },
  announcements,
  account,
]

const office: PortalPage[] = [
  { path: '', page: pages.OfficeTodayPage, nav: { label: 'today', icon: IconHome } },
  { path: 'people', page: pages.PeoplePage, nav: { label: 'people', icon: IconUsers } },
  { path: 'people/new', page: pages.NewPersonPage },
  { path: 'people/:personId', page: pages.PersonPage },
  { path: 'invites', page: pages.InviteSheetPage },
  { path: 'structure', page: pages.StructurePage, nav: { label: 'structure', icon: IconSitemap } },
  {
    path: 'enrollment',
    page: pages.EnrollmentPage,
    nav: { label: 'enrollment', icon: IconUserPlus },
  },
  {
    path: 'sessions',
    page: pages.SessionsPage,
    nav: { label: 'sessions', icon: IconCalendarWeek },
  },
  {
    path: 'missing',
    page: pages.MissingRegistersPage,
    nav: { label: 'missing', icon: IconAlertCircle },
  },
  register,
  announcements,
  { path: 'settings', page: pages.SettingsPage, nav: { label: 'settings', icon: IconSettings } },
  account,
]

/** What each role finds after signing in, in the order of the navigation. */
export const PORTALS: Readonly<Record<Role, readonly PortalPage[]>> = {
  TEACHER: teacher,
  STUDENT: family,
  PARENT: family,
  ADMIN: office,
  OWNER: office,
}
