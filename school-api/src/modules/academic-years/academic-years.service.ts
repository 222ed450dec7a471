import { conflict, notFound, unprocessable } from '@usms/service-kit/errors/app-error'
import { fromDate, toDate, toStamps } from '@usms/service-kit/http/fields'
import { checkVersion, type ExpectedVersions } from '@usms/service-kit/http/if-match'
import { keyset, type Page, toPage } from '@usms/service-kit/http/list'
import type { Actor } from '#src/auth/actor.ts'
import type { Db } from '#src/db.ts'
import type { AcademicYear, Prisma, Term } from '#src/generated/prisma/client.ts'
import type { Audit } from '#src/modules/audit/audit.service.ts'
import { checkYear } from './academic-years.policy.ts'
import { clipTeaching, countOutsideYear } from './academic-years.queries.ts'
import type {
  AcademicYearAnswer,
  AcademicYearBody,
  AcademicYearList,
  AcademicYearPatch,
} from './academic-years.schema.ts'

export interface AcademicYearsService {
  list(query: AcademicYearList): Promise<Page<AcademicYearAnswer>>
  read(id: string): Promise<AcademicYearAnswer>
  create(actor: Actor, body: AcademicYearBody): Promise<AcademicYearAnswer>
  /**
   * @throws AppError 422 `dates_outside_year` when something of the year would lie outside its new dates, 412 when it is at none of
   * `versions`
   */
  update(
    actor: Actor,
    id: string,
    patch: AcademicYearPatch,
    versions?: ExpectedVersions,
  ): Promise<AcademicYearAnswer>
  makeCurrent(actor: Actor, id: string): Promise<AcademicYearAnswer>
  /** @throws AppError 409 `current_year`, or `in_use` when it has history */
  remove(actor: Actor, id: string): Promise<void>
}

type YearRow = AcademicYear & { terms: Term[] }
type Tx = Prisma.TransactionClient

const WITH_TERMS = { terms: { orderBy: { startsOn: 'asc' } } } as const

export function createAcademicYearsService({
  db,
  audit,
}: {
  db: Db
  audit: Audit
}): AcademicYearsService {
  return {
    async list(query) {
      const { where, orderBy, take } = keyset(query, [
        { field: 'startsOn', kind: 'date', direction: 'desc' },
        { field: 'id', kind: 'uuid', direction: 'desc' },
      ])
      const matching = query.isCurrent === undefined ? {} : { isCurrent: query.isCurrent }
      const [rows, total] = await Promise.all([
        db.academicYear.findMany({
          where: { AND: [matching, where] },
          orderBy,
          take,
          include: WITH_TERMS,
        }),
        query.count ? db.academicYear.count({ where: matching }) : undefined,
      ])
      return toPage(rows, {
        limit: query.limit,
        keyOf: (row) => [toDate(row.startsOn), row.id],
        toItem: toAcademicYear,
        total,
      })
    },

    async read(id) {
      const row = await db.academicYear.findUnique({ where: { id }, include: WITH_TERMS })
      if (!row) throw notFound('academic year')
      return toAcademicYear(row)
    },

    create: (actor, body) =>
      db.$transaction(async (tx) => {
        checkYear(body, body.terms ?? [])
        await oneWriter(tx)
        const current = await tx.academicYear.findFirst({ where: { isCurrent: true } })
        const isCurrent = body.isCurrent === true || current === null
        if (isCurrent) await demoteOthers(tx)
        const row = await tx.academicYear.create({
          data: {
            code: body.code,
            name: body.name,
            startsOn: fromDate(body.startsOn),
            endsOn: fromDate(body.endsOn),
            isCurrent,
            terms: { createMany: { data: (body.terms ?? []).map(toTermColumns) } },
          },
          include: WITH_TERMS,
        })
        await audit.record(tx, actor, {
          action: 'academic-year.create',
          subjectType: 'academic-year',
          subjectIds: [row.id],
        })
        return toAcademicYear(row)
      }),

    update: (actor, id, patch, versions) =>
      db.$transaction(async (tx) => {
        await oneWriter(tx)
        const before = await findYear(tx, id)
        checkVersion(before, versions)
        const { terms, isCurrent, startsOn, endsOn, ...texts } = patch
        const dates = {
          startsOn: startsOn ?? toDate(before.startsOn),
          endsOn: endsOn ?? toDate(before.endsOn),
        }
        checkYear(dates, terms ?? toAcademicYear(before).terms)
        if (isCurrent === false && before.isCurrent) throw stillCurrent()
        if (isCurrent === true) await demoteOthers(tx, id)
        // Written before it is counted: the row lock waits for everybody who is dating something in this year.
        await tx.academicYear.update({
          where: { id },
          data: {
            ...texts,
            startsOn: fromDate(dates.startsOn),
            endsOn: fromDate(dates.endsOn),
            ...(isCurrent !== undefined && { isCurrent }),
            version: { increment: 1 },
          },
        })
        if (startsOn !== undefined || endsOn !== undefined) await holdHistory(tx, { id, ...dates })
        if (terms) await replaceTerms(tx, before, terms)
        await audit.record(tx, actor, {
          action: 'academic-year.update',
          subjectType: 'academic-year',
          subjectIds: [id],
          fields: Object.keys(patch),
        })
        return toAcademicYear(await findYear(tx, id))
      }),

    makeCurrent: (actor, id) =>
      db.$transaction(async (tx) => {
        await oneWriter(tx)
        const before = await findYear(tx, id)
        if (before.isCurrent) return toAcademicYear(before)
        await demoteOthers(tx, id)
        const row = await tx.academicYear.update({
          where: { id },
          data: { isCurrent: true, version: { increment: 1 } },
          include: WITH_TERMS,
        })
        await audit.record(tx, actor, {
          action: 'academic-year.make-current',
          subjectType: 'academic-year',
          subjectIds: [id],
          fields: ['isCurrent'],
        })
        return toAcademicYear(row)
      }),

    remove: (actor, id) =>
      db.$transaction(async (tx) => {
        await oneWriter(tx)
        const row = await findYear(tx, id)
        if (row.isCurrent) throw stillCurrent()
        await tx.academicYear.delete({ where: { id } })
        await audit.record(tx, actor, {
          action: 'academic-year.delete',
          subjectType: 'academic-year',
          subjectIds: [id],
        })
      }),
  }
}

/**
 * Years are few and rarely written: one writer at a time keeps exactly one of them current. Readers, and whoever dates
 * something in a year, are not held up.
 */
const oneWriter = (tx: Tx) => tx.$executeRaw`lock table academic_year in share row exclusive mode`

const demoteOthers = (tx: Tx, id?: string) =>
  tx.academicYear.updateMany({
    where: { isCurrent: true, ...(id !== undefined && { id: { not: id } }) },
    data: { isCurrent: false, version: { increment: 1 } },
  })

async function findYear(tx: Tx, id: string): Promise<YearRow> {
  const row = await tx.academicYear.findUnique({ where: { id }, include: WITH_TERMS })
  if (!row) throw notFound('academic year')
  return row
}

const stillCurrent = () =>
  conflict('current_year', 'This is the current year: make another one current first')

async function holdHistory(tx: Tx, year: { id: string; startsOn: string; endsOn: string }) {
  const outside = await countOutsideYear(tx, year)
  if (Object.values(outside).some((count) => count > 0))
    throw unprocessable('dates_outside_year', 'Something of this year lies outside the new dates', {
      details: { ...outside },
    })
  await clipTeaching(tx, year)
}

/** All of them go before any comes: while they are moved one by one they would overlap. Those that keep their name keep their id. */
async function replaceTerms(tx: Tx, year: YearRow, terms: NonNullable<AcademicYearBody['terms']>) {
  const idOf = new Map(year.terms.map((term) => [term.name, term.id]))
  const takeId = (name: string) => {
    const id = idOf.get(name)
    idOf.delete(name)
    return id
  }
  await tx.term.deleteMany({ where: { academicYearId: year.id } })
  await tx.term.createMany({
    data: terms.map((term) => ({
      id: takeId(term.name),
      academicYearId: year.id,
      ...toTermColumns(term),
    })),
  })
}

const toTermColumns = (term: { name: string; startsOn: string; endsOn: string }) => ({
  name: term.name,
  startsOn: fromDate(term.startsOn),
  endsOn: fromDate(term.endsOn),
})

const toAcademicYear = (row: YearRow): AcademicYearAnswer => ({
  ...toStamps(row),
  code: row.code,
  name: row.name,
  startsOn: toDate(row.startsOn),
  endsOn: toDate(row.endsOn),
  isCurrent: row.isCurrent,
  terms: row.terms.map(({ id, name, startsOn, endsOn }) => ({
    id,
    name,
    startsOn: toDate(startsOn),
    endsOn: toDate(endsOn),
  })),
})
