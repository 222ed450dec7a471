import { conflict, notFound, unprocessable } from '@usms/service-kit/errors/app-error'
import type { ConstraintAnswers } from '@usms/service-kit/db/prisma-errors'

/** `by`: what refers to it, for programs. */
const inUse = (why: string, by: string) => () => conflict('in_use', why, { by })

/**
 * What a client is told when the database refuses: one line a constraint that two requests can race for, or that keeps
 * what has history.
 */
export const constraintAnswers: ConstraintAnswers = {
  app_user_username_key: () => conflict('username_taken', 'Somebody has this username already'),
  external_id_system_value_key: () =>
    conflict('external_id_taken', 'Somebody has this external id already'),
  teacher_profile_code_key: () => conflict('teacher_code_taken', 'A teacher has this code already'),
  student_profile_admission_no_key: () =>
    conflict('admission_no_taken', 'A student has this admission number already'),
  guardian_link_pkey: () =>
    conflict('already_linked', 'The guardian is linked to this student already'),
  academic_year_code_key: () => conflict('code_taken', 'A year has this code already'),
  academic_year_overlap_excl: () =>
    conflict('year_overlap', 'Another academic year covers some of these days'),
  academic_year_dates_check: () =>
    unprocessable('dates_out_of_order', 'A year begins before it ends'),
  academic_year_current_key: () =>
    conflict('try_again', 'The current year was changed at the same time; try again'),
  term_name_key: () => conflict('term_name_taken', 'The year has a term of this name already'),
  term_overlap_excl: () => unprocessable('term_overlap', 'Terms of a year do not overlap'),
  term_dates_check: () => unprocessable('dates_out_of_order', 'A term begins before it ends'),
  grade_code_key: () => conflict('code_taken', 'A grade has this code already'),
  subject_code_key: () => conflict('code_taken', 'A subject has this code already'),
  room_code_key: () => conflict('code_taken', 'A room has this code already'),
  section_homeroom_name_key: () =>
    conflict('section_name_taken', 'The grade has a section of this name already'),
  section_group_name_key: () =>
    conflict('section_name_taken', 'There is a group of this name already'),
  teaching_assignment_overlap_excl: () =>
    conflict(
      'already_assigned',
      'The teacher is assigned to this section and subject in that time already',
    ),
  teaching_assignment_dates_check: () =>
    unprocessable('dates_out_of_order', 'An assignment begins before it ends'),
  student_enrollment_open_key: () =>
    conflict('already_enrolled', 'The student is enrolled in this year already'),
  student_enrollment_overlap_excl: () =>
    conflict('enrollment_overlap', 'The student is enrolled in a homeroom in that time already'),
  student_enrollment_roll_no_key: () =>
    conflict('roll_no_taken', 'The section has this roll number already'),
  student_enrollment_dates_check: () =>
    unprocessable('dates_out_of_order', 'An enrollment begins before it ends'),
  group_membership_overlap_excl: () =>
    conflict('already_member', 'The student is in this group in that time already'),
  group_membership_dates_check: () =>
    unprocessable('dates_out_of_order', 'A membership begins before it ends'),
  class_session_times_check: () =>
    unprocessable('times_out_of_order', 'A session begins before it ends'),
  class_session_section_excl: () =>
    conflict('session_clash', 'The section has another session in that time'),
  class_session_room_excl: () =>
    conflict('session_clash', 'The room has another session in that time'),
  session_teacher_excl: () =>
    conflict('session_clash', 'A teacher has another session in that time'),
  attendance_entry_student_key: () =>
    conflict('try_again', 'The register was marked at the same time; try again'),
  assignment_submission_student_key: () =>
    conflict('try_again', 'Submitted twice at the same time; try again'),
  // Withdrawn between being found and being read.
  announcement_read_announcement_id_fkey: () => notFound('announcement'),
  section_grade_id_fkey: inUse('The grade has sections', 'sections'),
  section_subject_id_fkey: inUse('Sections are made for the subject', 'sections'),
  teaching_assignment_subject_id_fkey: inUse('Teachers are assigned to the subject', 'teaching'),
  class_session_subject_id_fkey: inUse('Class sessions are of the subject', 'sessions'),
  assignment_subject_id_fkey: inUse('Assignments are of the subject', 'assignments'),
  class_session_room_id_fkey: inUse('Class sessions are in the room', 'sessions'),
  teaching_assignment_section_id_fkey: inUse('Teachers are assigned to the section', 'teaching'),
  student_enrollment_section_id_fkey: inUse(
    'Students are or were enrolled in the section',
    'enrollments',
  ),
  group_membership_section_id_fkey: inUse(
    'Students are or were members of the section',
    'memberships',
  ),
  class_session_section_id_fkey: inUse('The section has class sessions', 'sessions'),
  assignment_section_id_fkey: inUse('The section has assignments', 'assignments'),
  teaching_assignment_academic_year_id_fkey: inUse('Teachers are assigned in the year', 'teaching'),
  student_enrollment_academic_year_id_fkey: inUse(
    'Students are or were enrolled in the year',
    'enrollments',
  ),
  group_membership_academic_year_id_fkey: inUse(
    'Groups have or had members in the year',
    'memberships',
  ),
  class_session_academic_year_id_fkey: inUse('The year has class sessions', 'sessions'),
  assignment_academic_year_id_fkey: inUse('The year has assignments', 'assignments'),
}
