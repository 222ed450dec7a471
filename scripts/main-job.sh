#!/usr/bin/env bash
# The main job, as a stranger would do it with curl: onboard a school, watch it being born, take a register, read the result.
#
#   npm start                      # in one terminal
#   bash scripts/main-job.sh       # in another
#
# Settings: USMS_URL (http://127.0.0.1:4000), USMS_DATA_DIR (.usms: where credentials.json is), SCHOOL (NEW1), BASE_DOMAIN (localhost).
# Needs curl and node. Exits 0 only if every answer was as it must be.
set -euo pipefail
cd "$(dirname "$0")/.."
url=${USMS_URL:-http://127.0.0.1:${PORT:-4000}}
credentials=${USMS_DATA_DIR:-.usms}/credentials.json
school=${SCHOOL:-NEW1}
domain=${BASE_DOMAIN:-localhost}
answer=$(mktemp) stream=$(mktemp)
trap 'rm -f "$answer" "$stream"' EXIT

say() { printf '%s\n' "• $*"; }
fail() { printf '%s\n' "✗ $*" >&2; [[ -s $answer ]] && { cat "$answer"; echo; } >&2; exit 1; }
# js EXPRESSION: of the last answer, as `a`.
js() { ANSWER=$answer node -p "const a = JSON.parse(require('fs').readFileSync(process.env.ANSWER, 'utf8')); $1"; }
# expect STATUS METHOD PATH [curl arguments]: the answer's body lands in $answer.
expect() {
  local want=$1 method=$2 path=$3 got
  shift 3
  got=$(curl -sS -o "$answer" -w '%{http_code}' -X "$method" "$url$path" "$@") || fail "$method $path: no answer"
  [[ $got == "$want" ]] || fail "$method $path: $got, expected $want"
}
# as TOKEN STATUS METHOD PATH [JSON]
as() {
  local token=$1 want=$2 method=$3 path=$4 body=${5:-}
  if [[ -n $body ]]; then
    expect "$want" "$method" "$path" -H "Authorization: Bearer $token" -H 'Content-Type: application/json' --data "$body"
  else
    expect "$want" "$method" "$path" -H "Authorization: Bearer $token"
  fi
}
is() { [[ $(js "$1") == true ]] || fail "not so: $1"; }

# --- The owner signs in and onboards a school -------------------------------------------------------------------------
[[ -r $credentials ]] || fail "$credentials is not there: start with npm start first"
owner_body=$(CREDENTIALS=$credentials node -p "const { owner } = JSON.parse(require('fs').readFileSync(process.env.CREDENTIALS, 'utf8')); JSON.stringify({ email: owner.email, password: owner.password })")
expect 200 POST /owner/auth/login -H 'Content-Type: application/json' --data "$owner_body"
owner=$(js 'a.accessToken')
say "the owner is signed in"

as "$owner" 201 POST /owner/schools "{\"code\":\"$school\",\"name\":\"New School One\",\"timezone\":\"Asia/Kolkata\",\"locale\":\"en-IN\"}"
is "a.status === 'PENDING' && a.code === '$school'"
school_id=$(js 'a.id')
expect 404 GET "/resolve?code=$school"
as "$owner" 202 POST "/owner/schools/$school_id/provision"
job=$(js 'a.jobId')
say "$school is created and being provisioned (job $job)"

# The stream ends by itself after `done`.
curl -sSN --max-time 60 -H "Authorization: Bearer $owner" -H 'Accept: text/event-stream' "$url/owner/jobs/$job/events" >"$stream"
grep -q '^event: step' "$stream" && grep -q '^event: done' "$stream" || { cat "$stream" >&2; fail "the event stream did not reach done"; }
as "$owner" 200 GET "/owner/jobs/$job"
is "a.status === 'SUCCEEDED' && a.steps.length === 6 && a.steps.every((step) => step.status === 'SUCCEEDED')"
say "provisioned: $(js "a.steps.map((step) => step.name).join(' → ')")"

expect 200 GET /public/schools
is "a.some((school) => school.code === '$school' && school.name === 'New School One')"
other=$(js "a.find((school) => school.code !== '$school')?.code ?? ''")
expect 200 GET "/resolve?code=$school"
is "a.code === '$school' && a.apiBaseUrl.endsWith('/proxy/$school')"
say "$school is in the login dropdown and resolves"

# --- Its admin accepts the invite and sets the school up --------------------------------------------------------------
as "$owner" 201 POST "/owner/schools/$school_id/admin-invite" '{}'
admin_name=$(js 'a.username') token=$(js 'a.token')
password=$(node -p "require('crypto').randomBytes(12).toString('base64url')")
p=/proxy/$school
accept() { expect "$1" POST "$p/auth/accept-invite" -H 'Content-Type: application/json' --data "{\"token\":\"$2\",\"password\":\"$password\"}"; }
accept 204 "$token"
accept 422 "$token"
sign_in() { expect "$1" POST "$p/auth/login" -H 'Content-Type: application/json' --data "$2"; }
sign_in 401 "{\"username\":\"$admin_name\",\"password\":\"wrong $password\"}"
sign_in 200 "{\"username\":\"$admin_name\",\"password\":\"$password\"}"
admin=$(js 'a.accessToken')
say "the admin accepted the invite, once, and is signed in"

year=$(node -p 'new Date().getUTCFullYear()')
as "$admin" 201 POST "$p/academic-years" "{\"code\":\"$year\",\"name\":\"Year $year\",\"startsOn\":\"$((year - 1))-07-01\",\"endsOn\":\"$((year + 1))-06-30\",\"isCurrent\":true}"
year_id=$(js 'a.id')
as "$admin" 201 POST "$p/grades" '{"code":"6","name":"Grade 6","orderNo":6}'
grade_id=$(js 'a.id')
as "$admin" 201 POST "$p/sections" "{\"gradeId\":\"$grade_id\",\"name\":\"6A\",\"capacity\":40}"
section_id=$(js 'a.id')
as "$admin" 201 POST "$p/teachers" '{"username":"asha.rao","firstName":"Asha","lastName":"Rao","teacherCode":"T-1001"}'
teacher_id=$(js 'a.id')
accept 204 "$(js 'a.invite.token')"
as "$admin" 201 POST "$p/teaching-assignments" "{\"teacherUserId\":\"$teacher_id\",\"sectionId\":\"$section_id\",\"academicYearId\":\"$year_id\"}"
say "year, grade, section and teacher are there"

students=()
for n in $(seq 1 40); do
  as "$admin" 201 POST "$p/students" "{\"username\":\"pupil$n\",\"firstName\":\"Pupil\",\"lastName\":\"No $n\",\"admissionNo\":\"A-$n\"}"
  students+=("$(js 'a.id')")
  [[ $n == 1 ]] && student_invite=$(js 'a.invite.token')
  as "$admin" 201 POST "$p/enrollments" "{\"studentUserId\":\"${students[-1]}\",\"academicYearId\":\"$year_id\",\"sectionId\":\"$section_id\",\"joinedOn\":\"$((year - 1))-07-01\"}"
done
accept 204 "$student_invite"
as "$admin" 201 POST "$p/students" '{"username":"pupil41","firstName":"Pupil","lastName":"No 41"}'
late=$(js 'a.id')
as "$admin" 409 POST "$p/enrollments" "{\"studentUserId\":\"$late\",\"academicYearId\":\"$year_id\",\"sectionId\":\"$section_id\"}"
is "a.code === 'capacity_exceeded'"
say "40 students are enrolled; the 41st was refused: the section holds 40"

# An hour ago, so that it can be marked at once.
times=$(node -p 'const t = (minutes) => new Date(Date.now() + minutes * 60_000).toISOString(); JSON.stringify({ startsAt: t(-60), endsAt: t(-15) }).slice(1, -1)')
as "$admin" 201 POST "$p/sessions" "{\"sectionId\":\"$section_id\",\"teacherUserIds\":[\"$teacher_id\"],$times}"
session_id=$(js 'a.id')

# --- The teacher takes the register -----------------------------------------------------------------------------------
sign_in 403 "{\"username\":\"asha.rao\",\"password\":\"$password\",\"role\":\"STUDENT\"}"
sign_in 401 "{\"username\":\"asha.rao\",\"password\":\"$password\",\"role\":\"TEACHER\",\"teacherId\":\"T-9999\"}"
sign_in 200 "{\"username\":\"asha.rao\",\"password\":\"$password\",\"role\":\"TEACHER\",\"teacherId\":\"T-1001\"}"
teacher=$(js 'a.accessToken')
as "$teacher" 200 GET "$p/sessions/$session_id/register"
is "a.roster.length === 40 && a.roster.every((pupil) => pupil.entry === null)"
entries=$(js "JSON.stringify(a.roster.map(({ studentUserId }, i) => ({ studentUserId, status: i < 3 ? 'ABSENT' : i === 3 ? 'LATE' : 'PRESENT', ...(i === 3 && { minutesLate: 7 }) })))")
as "$teacher" 200 POST "$p/attendance/mark" "{\"classSessionId\":\"$session_id\",\"entries\":$entries}"
is "a.marked === 40 && a.kept === 0 && a.registerTaken === true"
as "$teacher" 200 GET "$p/sessions/$session_id/register"
is "a.session.registerTakenAt !== null && a.roster.filter((pupil) => pupil.entry.status === 'ABSENT').length === 3"
say "the teacher took the register: 40 entries, 3 absent, 1 late"

# --- A student reads the result, and nobody else's school does ----------------------------------------------------------
sign_in 200 "{\"username\":\"pupil1\",\"password\":\"$password\",\"role\":\"STUDENT\"}"
student=$(js 'a.accessToken')
as "$student" 200 GET "$p/students/${students[0]}/attendance"
is "a.items.length === 1 && a.present + a.absent + a.late === 1 && a.percentage !== null"
say "the student reads the own attendance: $(js 'a.percentage') %"
as "$student" 404 GET "$p/students/${students[1]}/attendance"
as "$student" 403 POST "$p/attendance/mark" "{\"classSessionId\":\"$session_id\",\"entries\":$entries}"

if [[ -n $other ]]; then
  as "$student" 401 GET "/proxy/$other/auth/me"
  expect 401 GET /api/auth/me -H "Host: ${other,,}.$domain" -H "Authorization: Bearer $student"
  expect 200 GET /api/auth/me -H "Host: ${school,,}.$domain" -H "Authorization: Bearer $student"
  expect 404 GET "$p/auth/me" -H "Host: ${other,,}.$domain" -H "Authorization: Bearer $student"
  say "the student's token is refused by $other and on $other's own host"
else
  fail "there is no other school to try the token on: start without DEMO=0"
fi
say "the main job is done"
