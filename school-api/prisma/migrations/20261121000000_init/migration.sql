-- Exclusion constraints over ids and ranges; search by any part of a name. Both are trusted extensions.
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- UUIDv7 (RFC 9562): ids sort by when they were made. PostgreSQL has it from version 18 on.
CREATE FUNCTION uuidv7() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
  SELECT encode(
    set_bit(
      set_bit(
        overlay(uuid_send(gen_random_uuid()) PLACING substring(int8send(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6),
        52, 1),
      53, 1),
    'hex')::uuid
$$;

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "Role" AS ENUM ('OWNER', 'ADMIN', 'TEACHER', 'STUDENT', 'PARENT');

-- CreateEnum
CREATE TYPE "PersonStatus" AS ENUM ('EXPECTED', 'CURRENT', 'LEFT');

-- CreateEnum
CREATE TYPE "SectionKind" AS ENUM ('HOMEROOM', 'GROUP');

-- CreateEnum
CREATE TYPE "EnrollmentStatus" AS ENUM ('ACTIVE', 'TRANSFERRED', 'WITHDRAWN');

-- CreateEnum
CREATE TYPE "SessionKind" AS ENUM ('LESSON', 'REGISTRATION');

-- CreateEnum
CREATE TYPE "SessionStatus" AS ENUM ('SCHEDULED', 'CANCELLED');

-- CreateEnum
CREATE TYPE "TeacherDuty" AS ENUM ('MAIN', 'COVER');

-- CreateEnum
CREATE TYPE "AssignmentStatus" AS ENUM ('OPEN', 'CLOSED');

-- CreateEnum
CREATE TYPE "SubmissionStatus" AS ENUM ('SUBMITTED', 'GRADED');

-- CreateEnum
CREATE TYPE "AudienceKind" AS ENUM ('all', 'role', 'grade', 'section');

-- CreateTable
CREATE TABLE "app_user" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "username" TEXT NOT NULL,
    "username_key" TEXT NOT NULL,
    "email" TEXT,
    "phone" TEXT,
    "password_hash" TEXT,
    "role" "Role" NOT NULL,
    "first_name" TEXT NOT NULL,
    "last_name" TEXT,
    "preferred_name" TEXT,
    "sort_name" TEXT,
    "status" "PersonStatus" NOT NULL DEFAULT 'CURRENT',
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "last_login_at" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "app_user_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "external_id" (
    "user_id" UUID NOT NULL,
    "system" TEXT NOT NULL,
    "value" TEXT NOT NULL,

    CONSTRAINT "external_id_pkey" PRIMARY KEY ("user_id","system")
);

-- CreateTable
CREATE TABLE "auth_session" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "user_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),
    "revoked_reason" TEXT,
    "ip" TEXT,
    "user_agent" TEXT,

    CONSTRAINT "auth_session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "refresh_token" (
    "token_hash" TEXT NOT NULL,
    "session_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "spent_at" TIMESTAMPTZ(3),

    CONSTRAINT "refresh_token_pkey" PRIMARY KEY ("token_hash")
);

-- CreateTable
CREATE TABLE "invite" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "user_id" UUID NOT NULL,
    "token_hash" TEXT NOT NULL,
    "created_by_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "closed_at" TIMESTAMPTZ(3),

    CONSTRAINT "invite_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "role_permission" (
    "role" "Role" NOT NULL,
    "action" TEXT NOT NULL,
    "scope" TEXT NOT NULL,

    CONSTRAINT "role_permission_pkey" PRIMARY KEY ("role","action")
);

-- CreateTable
CREATE TABLE "teacher_profile" (
    "user_id" UUID NOT NULL,
    "teacher_code" TEXT,
    "hire_date" DATE,

    CONSTRAINT "teacher_profile_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "student_profile" (
    "user_id" UUID NOT NULL,
    "admission_no" TEXT,
    "dob" DATE,

    CONSTRAINT "student_profile_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "guardian_link" (
    "guardian_user_id" UUID NOT NULL,
    "student_user_id" UUID NOT NULL,
    "relationship" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "guardian_link_pkey" PRIMARY KEY ("guardian_user_id","student_user_id")
);

-- CreateTable
CREATE TABLE "academic_year" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "code" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "starts_on" DATE NOT NULL,
    "ends_on" DATE NOT NULL,
    "is_current" BOOLEAN NOT NULL DEFAULT false,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "academic_year_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "term" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "academic_year_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "starts_on" DATE NOT NULL,
    "ends_on" DATE NOT NULL,

    CONSTRAINT "term_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "grade" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "code" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "order_no" INTEGER NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "grade_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "subject" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "code" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "subject_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "room" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "code" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "capacity" INTEGER,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "room_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "section" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "kind" "SectionKind" NOT NULL DEFAULT 'HOMEROOM',
    "grade_id" UUID,
    "name" TEXT NOT NULL,
    "capacity" INTEGER,
    "class_teacher_id" UUID,
    "subject_id" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "section_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "teaching_assignment" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "teacher_user_id" UUID NOT NULL,
    "section_id" UUID NOT NULL,
    "academic_year_id" UUID NOT NULL,
    "subject_id" UUID,
    "starts_on" DATE NOT NULL,
    "ends_on" DATE,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "teaching_assignment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "student_enrollment" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "student_user_id" UUID NOT NULL,
    "academic_year_id" UUID NOT NULL,
    "section_id" UUID NOT NULL,
    "roll_no" INTEGER,
    "status" "EnrollmentStatus" NOT NULL DEFAULT 'ACTIVE',
    "joined_on" DATE NOT NULL,
    "left_on" DATE,
    "reason" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "student_enrollment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "group_membership" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "student_user_id" UUID NOT NULL,
    "academic_year_id" UUID NOT NULL,
    "section_id" UUID NOT NULL,
    "joined_on" DATE NOT NULL,
    "left_on" DATE,
    "reason" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "group_membership_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "class_session" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "section_id" UUID NOT NULL,
    "academic_year_id" UUID NOT NULL,
    "kind" "SessionKind" NOT NULL DEFAULT 'LESSON',
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    "local_date" DATE NOT NULL,
    "subject_id" UUID,
    "room_id" UUID,
    "status" "SessionStatus" NOT NULL DEFAULT 'SCHEDULED',
    "cancel_reason" TEXT,
    "register_taken_at" TIMESTAMPTZ(3),
    "created_by_id" UUID NOT NULL,
    "by_office" BOOLEAN NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "class_session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "session_teacher" (
    "class_session_id" UUID NOT NULL,
    "teacher_user_id" UUID NOT NULL,
    "duty" "TeacherDuty" NOT NULL DEFAULT 'MAIN',
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    "status" "SessionStatus" NOT NULL,

    CONSTRAINT "session_teacher_pkey" PRIMARY KEY ("class_session_id","teacher_user_id")
);

-- CreateTable
CREATE TABLE "attendance_code" (
    "code" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "counts_present" BOOLEAN NOT NULL,
    "counts_possible" BOOLEAN NOT NULL,
    "takes_minutes" BOOLEAN NOT NULL DEFAULT false,
    "is_built_in" BOOLEAN NOT NULL DEFAULT false,
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "order_no" INTEGER NOT NULL DEFAULT 100,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "attendance_code_pkey" PRIMARY KEY ("code")
);

-- CreateTable
CREATE TABLE "attendance_entry" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "class_session_id" UUID NOT NULL,
    "student_user_id" UUID NOT NULL,
    "status" TEXT NOT NULL,
    "minutes_late" INTEGER,
    "note" TEXT,
    "marked_by_user_id" UUID NOT NULL,
    "by_office" BOOLEAN NOT NULL,
    "marked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "attendance_entry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "attendance_change" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "entry_id" UUID NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "changed_by_user_id" UUID NOT NULL,
    "from_marked_by_user_id" UUID NOT NULL,
    "from_marked_at" TIMESTAMPTZ(3) NOT NULL,
    "from_status" TEXT NOT NULL,
    "to_status" TEXT NOT NULL,
    "from_minutes_late" INTEGER,
    "to_minutes_late" INTEGER,
    "from_note" TEXT,
    "to_note" TEXT,
    "reason" TEXT,

    CONSTRAINT "attendance_change_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "assignment" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "section_id" UUID NOT NULL,
    "academic_year_id" UUID NOT NULL,
    "subject_id" UUID,
    "title" TEXT NOT NULL,
    "description" TEXT,
    "due_at" TIMESTAMPTZ(3),
    "max_marks" DECIMAL(6,1) NOT NULL DEFAULT 100,
    "status" "AssignmentStatus" NOT NULL DEFAULT 'OPEN',
    "created_by_id" UUID NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "assignment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "assignment_submission" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "assignment_id" UUID NOT NULL,
    "student_user_id" UUID NOT NULL,
    "submitted_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "late" BOOLEAN NOT NULL,
    "content_url" TEXT,
    "text" TEXT,
    "status" "SubmissionStatus" NOT NULL DEFAULT 'SUBMITTED',
    "marks_obtained" DECIMAL(6,1),
    "feedback" TEXT,
    "graded_at" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "assignment_submission_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "grade_change" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "submission_id" UUID NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "changed_by_user_id" UUID NOT NULL,
    "from_marks" DECIMAL(6,1),
    "to_marks" DECIMAL(6,1) NOT NULL,
    "feedback" TEXT,

    CONSTRAINT "grade_change_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "announcement" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "title" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "audience_kind" "AudienceKind" NOT NULL DEFAULT 'all',
    "audience_value" TEXT,
    "publish_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "author_id" UUID NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "announcement_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "school_settings" (
    "id" BOOLEAN NOT NULL DEFAULT true,
    "code" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "timezone" TEXT NOT NULL DEFAULT 'Asia/Kolkata',
    "locale" TEXT NOT NULL DEFAULT 'en-IN',
    "correction_days" INTEGER NOT NULL DEFAULT 7,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "school_settings_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_event" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor_user_id" UUID,
    "actor_role" "Role",
    "action" TEXT NOT NULL,
    "subject_type" TEXT,
    "subject_ids" UUID[],
    "fields" TEXT[],
    "request_id" TEXT,
    "ip" TEXT,

    CONSTRAINT "audit_event_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "app_user_username_key" ON "app_user"("username_key");

-- CreateIndex
CREATE INDEX "app_user_role_sort_name_id_idx" ON "app_user"("role", "sort_name", "id");

-- CreateIndex
CREATE UNIQUE INDEX "external_id_system_value_key" ON "external_id"("system", "value");

-- CreateIndex
CREATE INDEX "auth_session_user_id_idx" ON "auth_session"("user_id");

-- CreateIndex
CREATE INDEX "refresh_token_session_id_idx" ON "refresh_token"("session_id");

-- CreateIndex
CREATE UNIQUE INDEX "invite_token_hash_key" ON "invite"("token_hash");

-- CreateIndex
CREATE INDEX "invite_user_id_idx" ON "invite"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "teacher_profile_code_key" ON "teacher_profile"("teacher_code");

-- CreateIndex
CREATE UNIQUE INDEX "student_profile_admission_no_key" ON "student_profile"("admission_no");

-- CreateIndex
CREATE INDEX "guardian_link_student_user_id_idx" ON "guardian_link"("student_user_id");

-- CreateIndex
CREATE UNIQUE INDEX "academic_year_code_key" ON "academic_year"("code");

-- CreateIndex
CREATE UNIQUE INDEX "term_name_key" ON "term"("academic_year_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "grade_code_key" ON "grade"("code");

-- CreateIndex
CREATE UNIQUE INDEX "subject_code_key" ON "subject"("code");

-- CreateIndex
CREATE UNIQUE INDEX "room_code_key" ON "room"("code");

-- CreateIndex
CREATE INDEX "section_class_teacher_id_idx" ON "section"("class_teacher_id");

-- CreateIndex
CREATE INDEX "teaching_assignment_section_id_idx" ON "teaching_assignment"("section_id");

-- CreateIndex
CREATE INDEX "teaching_assignment_teacher_user_id_idx" ON "teaching_assignment"("teacher_user_id");

-- CreateIndex
CREATE INDEX "student_enrollment_section_id_joined_on_idx" ON "student_enrollment"("section_id", "joined_on");

-- CreateIndex
CREATE INDEX "group_membership_section_id_joined_on_idx" ON "group_membership"("section_id", "joined_on");

-- CreateIndex
CREATE INDEX "class_session_section_id_local_date_idx" ON "class_session"("section_id", "local_date");

-- CreateIndex
CREATE INDEX "class_session_local_date_idx" ON "class_session"("local_date");

-- CreateIndex
CREATE UNIQUE INDEX "class_session_times_key" ON "class_session"("id", "starts_at", "ends_at", "status");

-- CreateIndex
CREATE INDEX "session_teacher_teacher_user_id_starts_at_idx" ON "session_teacher"("teacher_user_id", "starts_at");

-- CreateIndex
CREATE INDEX "attendance_entry_student_user_id_idx" ON "attendance_entry"("student_user_id");

-- CreateIndex
CREATE UNIQUE INDEX "attendance_entry_student_key" ON "attendance_entry"("class_session_id", "student_user_id");

-- CreateIndex
CREATE INDEX "attendance_change_entry_id_idx" ON "attendance_change"("entry_id");

-- CreateIndex
CREATE INDEX "assignment_section_id_created_at_idx" ON "assignment"("section_id", "created_at");

-- CreateIndex
CREATE INDEX "assignment_submission_student_user_id_idx" ON "assignment_submission"("student_user_id");

-- CreateIndex
CREATE UNIQUE INDEX "assignment_submission_student_key" ON "assignment_submission"("assignment_id", "student_user_id");

-- CreateIndex
CREATE INDEX "grade_change_submission_id_idx" ON "grade_change"("submission_id");

-- CreateIndex
CREATE INDEX "announcement_publish_at_id_idx" ON "announcement"("publish_at", "id");

-- CreateIndex
CREATE INDEX "audit_event_at_id_idx" ON "audit_event"("at", "id");

-- CreateIndex
CREATE INDEX "audit_event_actor_user_id_at_idx" ON "audit_event"("actor_user_id", "at");

-- AddForeignKey
ALTER TABLE "external_id" ADD CONSTRAINT "external_id_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "auth_session" ADD CONSTRAINT "auth_session_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "refresh_token" ADD CONSTRAINT "refresh_token_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "auth_session"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invite" ADD CONSTRAINT "invite_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invite" ADD CONSTRAINT "invite_created_by_id_fkey" FOREIGN KEY ("created_by_id") REFERENCES "app_user"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "teacher_profile" ADD CONSTRAINT "teacher_profile_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "student_profile" ADD CONSTRAINT "student_profile_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "guardian_link" ADD CONSTRAINT "guardian_link_guardian_user_id_fkey" FOREIGN KEY ("guardian_user_id") REFERENCES "app_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "guardian_link" ADD CONSTRAINT "guardian_link_student_user_id_fkey" FOREIGN KEY ("student_user_id") REFERENCES "student_profile"("user_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "term" ADD CONSTRAINT "term_academic_year_id_fkey" FOREIGN KEY ("academic_year_id") REFERENCES "academic_year"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "section" ADD CONSTRAINT "section_grade_id_fkey" FOREIGN KEY ("grade_id") REFERENCES "grade"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "section" ADD CONSTRAINT "section_class_teacher_id_fkey" FOREIGN KEY ("class_teacher_id") REFERENCES "teacher_profile"("user_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "section" ADD CONSTRAINT "section_subject_id_fkey" FOREIGN KEY ("subject_id") REFERENCES "subject"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "teaching_assignment" ADD CONSTRAINT "teaching_assignment_teacher_user_id_fkey" FOREIGN KEY ("teacher_user_id") REFERENCES "teacher_profile"("user_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "teaching_assignment" ADD CONSTRAINT "teaching_assignment_section_id_fkey" FOREIGN KEY ("section_id") REFERENCES "section"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "teaching_assignment" ADD CONSTRAINT "teaching_assignment_academic_year_id_fkey" FOREIGN KEY ("academic_year_id") REFERENCES "academic_year"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "teaching_assignment" ADD CONSTRAINT "teaching_assignment_subject_id_fkey" FOREIGN KEY ("subject_id") REFERENCES "subject"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "student_enrollment" ADD CONSTRAINT "student_enrollment_student_user_id_fkey" FOREIGN KEY ("student_user_id") REFERENCES "student_profile"("user_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "student_enrollment" ADD CONSTRAINT "student_enrollment_academic_year_id_fkey" FOREIGN KEY ("academic_year_id") REFERENCES "academic_year"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "student_enrollment" ADD CONSTRAINT "student_enrollment_section_id_fkey" FOREIGN KEY ("section_id") REFERENCES "section"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "group_membership" ADD CONSTRAINT "group_membership_student_user_id_fkey" FOREIGN KEY ("student_user_id") REFERENCES "student_profile"("user_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "group_membership" ADD CONSTRAINT "group_membership_academic_year_id_fkey" FOREIGN KEY ("academic_year_id") REFERENCES "academic_year"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "group_membership" ADD CONSTRAINT "group_membership_section_id_fkey" FOREIGN KEY ("section_id") REFERENCES "section"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "class_session" ADD CONSTRAINT "class_session_section_id_fkey" FOREIGN KEY ("section_id") REFERENCES "section"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "class_session" ADD CONSTRAINT "class_session_academic_year_id_fkey" FOREIGN KEY ("academic_year_id") REFERENCES "academic_year"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "class_session" ADD CONSTRAINT "class_session_subject_id_fkey" FOREIGN KEY ("subject_id") REFERENCES "subject"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "class_session" ADD CONSTRAINT "class_session_room_id_fkey" FOREIGN KEY ("room_id") REFERENCES "room"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "class_session" ADD CONSTRAINT "class_session_created_by_id_fkey" FOREIGN KEY ("created_by_id") REFERENCES "app_user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "session_teacher" ADD CONSTRAINT "session_teacher_teacher_user_id_fkey" FOREIGN KEY ("teacher_user_id") REFERENCES "teacher_profile"("user_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "session_teacher" ADD CONSTRAINT "session_teacher_class_session_id_starts_at_ends_at_status_fkey" FOREIGN KEY ("class_session_id", "starts_at", "ends_at", "status") REFERENCES "class_session"("id", "starts_at", "ends_at", "status") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "attendance_entry" ADD CONSTRAINT "attendance_entry_class_session_id_fkey" FOREIGN KEY ("class_session_id") REFERENCES "class_session"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "attendance_entry" ADD CONSTRAINT "attendance_entry_student_user_id_fkey" FOREIGN KEY ("student_user_id") REFERENCES "student_profile"("user_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "attendance_entry" ADD CONSTRAINT "attendance_entry_status_fkey" FOREIGN KEY ("status") REFERENCES "attendance_code"("code") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "attendance_entry" ADD CONSTRAINT "attendance_entry_marked_by_user_id_fkey" FOREIGN KEY ("marked_by_user_id") REFERENCES "app_user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "attendance_change" ADD CONSTRAINT "attendance_change_entry_id_fkey" FOREIGN KEY ("entry_id") REFERENCES "attendance_entry"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "attendance_change" ADD CONSTRAINT "attendance_change_changed_by_user_id_fkey" FOREIGN KEY ("changed_by_user_id") REFERENCES "app_user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "attendance_change" ADD CONSTRAINT "attendance_change_from_marked_by_user_id_fkey" FOREIGN KEY ("from_marked_by_user_id") REFERENCES "app_user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "assignment" ADD CONSTRAINT "assignment_section_id_fkey" FOREIGN KEY ("section_id") REFERENCES "section"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "assignment" ADD CONSTRAINT "assignment_academic_year_id_fkey" FOREIGN KEY ("academic_year_id") REFERENCES "academic_year"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "assignment" ADD CONSTRAINT "assignment_subject_id_fkey" FOREIGN KEY ("subject_id") REFERENCES "subject"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "assignment" ADD CONSTRAINT "assignment_created_by_id_fkey" FOREIGN KEY ("created_by_id") REFERENCES "app_user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "assignment_submission" ADD CONSTRAINT "assignment_submission_assignment_id_fkey" FOREIGN KEY ("assignment_id") REFERENCES "assignment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "assignment_submission" ADD CONSTRAINT "assignment_submission_student_user_id_fkey" FOREIGN KEY ("student_user_id") REFERENCES "student_profile"("user_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "grade_change" ADD CONSTRAINT "grade_change_submission_id_fkey" FOREIGN KEY ("submission_id") REFERENCES "assignment_submission"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "grade_change" ADD CONSTRAINT "grade_change_changed_by_user_id_fkey" FOREIGN KEY ("changed_by_user_id") REFERENCES "app_user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "announcement" ADD CONSTRAINT "announcement_author_id_fkey" FOREIGN KEY ("author_id") REFERENCES "app_user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What Prisma's schema language cannot say ---------------------------------------------------------------------------

-- People are sorted by name the way their languages do, with any collation the database was made with.
ALTER TABLE "app_user" DROP COLUMN "sort_name";
ALTER TABLE "app_user" ADD COLUMN "sort_name" TEXT COLLATE "und-x-icu"
  GENERATED ALWAYS AS (lower(coalesce("last_name" || ' ', '') || "first_name")) STORED;
CREATE INDEX "app_user_role_sort_name_id_idx" ON "app_user" ("role", "sort_name", "id");
-- People are looked up by any part of a name.
CREATE INDEX "app_user_search_idx" ON "app_user" USING gin (
  (lower("first_name" || ' ' || coalesce("last_name", '') || ' ' || coalesce("preferred_name", '') || ' ' || "username_key")) gin_trgm_ops
);
ALTER TABLE "app_user" ADD CONSTRAINT "app_user_username_key_check" CHECK ("username_key" = lower("username_key") AND "username_key" <> '');

-- Years do not overlap; exactly one is current.
ALTER TABLE "academic_year" ADD CONSTRAINT "academic_year_dates_check" CHECK ("starts_on" < "ends_on");
ALTER TABLE "academic_year" ADD CONSTRAINT "academic_year_overlap_excl" EXCLUDE USING gist (daterange("starts_on", "ends_on", '[]') WITH &&);
CREATE UNIQUE INDEX "academic_year_current_key" ON "academic_year" ("is_current") WHERE "is_current";
ALTER TABLE "term" ADD CONSTRAINT "term_dates_check" CHECK ("starts_on" < "ends_on");
ALTER TABLE "term" ADD CONSTRAINT "term_overlap_excl" EXCLUDE USING gist ("academic_year_id" WITH =, daterange("starts_on", "ends_on", '[]') WITH &&);

-- A homeroom belongs to a grade; names are unique inside the grade, groups' among groups.
ALTER TABLE "section" ADD CONSTRAINT "section_homeroom_grade_check" CHECK ("kind" <> 'HOMEROOM' OR "grade_id" IS NOT NULL);
ALTER TABLE "section" ADD CONSTRAINT "section_capacity_check" CHECK ("capacity" > 0);
CREATE UNIQUE INDEX "section_homeroom_name_key" ON "section" ("grade_id", lower("name")) WHERE "kind" = 'HOMEROOM';
CREATE UNIQUE INDEX "section_group_name_key" ON "section" (lower("name")) WHERE "kind" = 'GROUP';

ALTER TABLE "teaching_assignment" ADD CONSTRAINT "teaching_assignment_dates_check" CHECK ("starts_on" <= "ends_on");
ALTER TABLE "teaching_assignment" ADD CONSTRAINT "teaching_assignment_overlap_excl" EXCLUDE USING gist (
  "teacher_user_id" WITH =, "section_id" WITH =, "academic_year_id" WITH =,
  (coalesce("subject_id", '00000000-0000-0000-0000-000000000000'::uuid)) WITH =,
  daterange("starts_on", "ends_on", '[]') WITH &&);

-- A period that ends on the day it began is empty: a mistake of the morning, mended in the afternoon, on nobody's roster.
-- One homeroom at a time; one open enrollment a student and year; roll numbers unique while open.
ALTER TABLE "student_enrollment" ADD CONSTRAINT "student_enrollment_dates_check" CHECK ("joined_on" <= "left_on");
ALTER TABLE "student_enrollment" ADD CONSTRAINT "student_enrollment_roll_no_check" CHECK ("roll_no" > 0);
CREATE UNIQUE INDEX "student_enrollment_open_key" ON "student_enrollment" ("student_user_id", "academic_year_id") WHERE "left_on" IS NULL;
ALTER TABLE "student_enrollment" ADD CONSTRAINT "student_enrollment_overlap_excl" EXCLUDE USING gist (
  "student_user_id" WITH =, "academic_year_id" WITH =, daterange("joined_on", "left_on", '[)') WITH &&);
CREATE UNIQUE INDEX "student_enrollment_roll_no_key" ON "student_enrollment" ("section_id", "academic_year_id", "roll_no") WHERE "left_on" IS NULL;
ALTER TABLE "group_membership" ADD CONSTRAINT "group_membership_dates_check" CHECK ("joined_on" <= "left_on");
ALTER TABLE "group_membership" ADD CONSTRAINT "group_membership_overlap_excl" EXCLUDE USING gist (
  "student_user_id" WITH =, "section_id" WITH =, "academic_year_id" WITH =, daterange("joined_on", "left_on", '[)') WITH &&);

-- No section, room or teacher is in two places at once. Half-open: one may end when the next begins.
ALTER TABLE "class_session" ADD CONSTRAINT "class_session_times_check" CHECK ("starts_at" < "ends_at");
ALTER TABLE "class_session" ADD CONSTRAINT "class_session_section_excl" EXCLUDE USING gist (
  "section_id" WITH =, tstzrange("starts_at", "ends_at", '[)') WITH &&) WHERE ("status" <> 'CANCELLED');
ALTER TABLE "class_session" ADD CONSTRAINT "class_session_room_excl" EXCLUDE USING gist (
  "room_id" WITH =, tstzrange("starts_at", "ends_at", '[)') WITH &&) WHERE ("status" <> 'CANCELLED' AND "room_id" IS NOT NULL);
ALTER TABLE "session_teacher" ADD CONSTRAINT "session_teacher_excl" EXCLUDE USING gist (
  "teacher_user_id" WITH =, tstzrange("starts_at", "ends_at", '[)') WITH &&) WHERE ("status" <> 'CANCELLED');

ALTER TABLE "attendance_entry" ADD CONSTRAINT "attendance_entry_minutes_check" CHECK ("minutes_late" BETWEEN 0 AND 600);
ALTER TABLE "assignment" ADD CONSTRAINT "assignment_max_marks_check" CHECK ("max_marks" > 0 AND "max_marks" * 2 = trunc("max_marks" * 2));
ALTER TABLE "assignment_submission" ADD CONSTRAINT "assignment_submission_marks_check" CHECK ("marks_obtained" >= 0 AND "marks_obtained" * 2 = trunc("marks_obtained" * 2));
ALTER TABLE "assignment_submission" ADD CONSTRAINT "assignment_submission_content_check" CHECK ("content_url" IS NOT NULL OR "text" IS NOT NULL);
ALTER TABLE "announcement" ADD CONSTRAINT "announcement_dates_check" CHECK ("publish_at" < "expires_at");
ALTER TABLE "announcement" ADD CONSTRAINT "announcement_audience_check" CHECK (("audience_kind" = 'all') = ("audience_value" IS NULL));
ALTER TABLE "school_settings" ADD CONSTRAINT "school_settings_one_row_check" CHECK ("id");
ALTER TABLE "school_settings" ADD CONSTRAINT "school_settings_correction_days_check" CHECK ("correction_days" BETWEEN 0 AND 366);
ALTER TABLE "role_permission" ADD CONSTRAINT "role_permission_scope_check" CHECK ("scope" IN ('all', 'taught', 'self', 'child'));

-- The audit is searched by whom it was about.
CREATE INDEX "audit_event_subject_ids_idx" ON "audit_event" USING gin ("subject_ids");

-- What every school starts from --------------------------------------------------------------------------------------

INSERT INTO "attendance_code" ("code", "name", "counts_present", "counts_possible", "takes_minutes", "is_built_in", "order_no") VALUES
  ('PRESENT', 'Present', true, true, false, true, 1),
  ('ABSENT', 'Absent', false, true, false, true, 2),
  ('LATE', 'Late', true, true, true, true, 3),
  ('EXCUSED', 'Excused', false, false, false, true, 4);

INSERT INTO "role_permission" ("role", "action", "scope")
SELECT role::"Role", action, 'all'
  FROM unnest(ARRAY['OWNER', 'ADMIN']) AS role,
       unnest(ARRAY[
         'structure.read', 'structure.write', 'users.read', 'users.write', 'invites.issue',
         'teachers.read', 'teachers.write', 'students.read', 'students.write', 'guardians.read', 'guardians.write',
         'enrollments.read', 'enrollments.write', 'rosters.read', 'sessions.read', 'sessions.write',
         'registers.read', 'attendance.mark', 'attendance.read', 'student-attendance.read',
         'assignments.read', 'assignments.write', 'submissions.read', 'submissions.grade',
         'announcements.read', 'announcements.write', 'settings.read', 'settings.write', 'audit.read']) AS action;
INSERT INTO "role_permission" ("role", "action", "scope") VALUES
  ('TEACHER', 'structure.read', 'all'),
  ('TEACHER', 'invites.issue', 'taught'),
  ('TEACHER', 'teachers.read', 'self'),
  ('TEACHER', 'students.read', 'taught'),
  ('TEACHER', 'enrollments.read', 'taught'),
  ('TEACHER', 'rosters.read', 'taught'),
  ('TEACHER', 'sessions.read', 'taught'),
  ('TEACHER', 'sessions.write', 'taught'),
  ('TEACHER', 'registers.read', 'taught'),
  ('TEACHER', 'attendance.mark', 'taught'),
  ('TEACHER', 'attendance.read', 'taught'),
  ('TEACHER', 'student-attendance.read', 'taught'),
  ('TEACHER', 'assignments.read', 'taught'),
  ('TEACHER', 'assignments.write', 'taught'),
  ('TEACHER', 'submissions.read', 'taught'),
  ('TEACHER', 'submissions.grade', 'taught'),
  ('TEACHER', 'announcements.read', 'taught'),
  ('TEACHER', 'announcements.write', 'taught'),
  ('TEACHER', 'settings.read', 'all'),
  ('STUDENT', 'students.read', 'self'),
  ('STUDENT', 'enrollments.read', 'self'),
  ('STUDENT', 'sessions.read', 'self'),
  ('STUDENT', 'student-attendance.read', 'self'),
  ('STUDENT', 'assignments.read', 'self'),
  ('STUDENT', 'submissions.read', 'self'),
  ('STUDENT', 'submissions.submit', 'self'),
  ('STUDENT', 'announcements.read', 'self'),
  ('PARENT', 'students.read', 'child'),
  ('PARENT', 'enrollments.read', 'child'),
  ('PARENT', 'sessions.read', 'child'),
  ('PARENT', 'student-attendance.read', 'child'),
  ('PARENT', 'assignments.read', 'child'),
  ('PARENT', 'submissions.read', 'child'),
  ('PARENT', 'announcements.read', 'child');
