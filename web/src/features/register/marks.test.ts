import { describe, expect, it } from 'vitest'
import type { Draft } from './drafts.ts'
import {
  countsOf,
  linesOf,
  marksToSend,
  type Pupil,
  withChoice,
  withMark,
  withSaved,
} from './marks.ts'

const code = (name: string, countsPresent = false) => ({
  code: name,
  name,
  countsPresent,
  countsPossible: true,
  takesMinutes: false,
  isActive: true,
})
const codes = [code('ABSENT'), code('PRESENT', true)]
const entry = (status: string, more: Partial<NonNullable<Pupil['entry']>> = {}) => ({
  id: 'e',
  status,
  minutesLate: null,
  note: null,
  markedByUserId: 'me',
  markedAt: '2026-11-21T04:00:00.000Z',
  byOffice: false,
  ...more,
})
const pupil = (studentUserId: string, own: Pupil['entry'] = null): Pupil => ({
  studentUserId,
  firstName: studentUserId,
  lastName: null,
  preferredName: null,
  rollNo: 1,
  entry: own,
})
const value = (status: string) => ({ status, minutesLate: null, note: null })
const empty: Draft = { sessionId: 's', changedAt: '', changes: {} }
const me = { id: 'me', isOffice: false }
const lines = (roster: Pupil[], draft?: Draft, correctable = true, reader = me) =>
  linesOf({ roster, codes, correctable }, draft, reader)

describe('the lines of a register', () => {
  it('have everybody without an entry present, and all of them to be sent', () => {
    const shown = lines([pupil('a'), pupil('b', entry('ABSENT'))])
    expect(shown.map((line) => [line.value.status, line.isChanged])).toEqual([
      ['PRESENT', true],
      ['ABSENT', false],
    ])
    expect(marksToSend(shown, undefined)).toEqual([
      { studentUserId: 'a', ...value('PRESENT'), ifMarkedAt: null },
    ])
  })

  it('send with each change the entry it was made on, not the one that came since', () => {
    const draft = withMark(empty, pupil('a'), value('ABSENT'), codes)
    const since = pupil('a', entry('PRESENT', { markedByUserId: 'other' }))
    const shown = lines([since], draft)
    expect(shown[0]).toMatchObject({ isConflict: true, isCorrection: true })
    expect(marksToSend(shown, draft)[0]?.ifMarkedAt).toBeNull()
    // One's own mark, of another device, is no conflict; nor is the same mark of somebody else.
    expect(lines([pupil('a', entry('PRESENT'))], draft)[0]?.isConflict).toBe(false)
    expect(
      lines([pupil('a', entry('ABSENT', { markedByUserId: 'other' }))], draft)[0],
    ).toMatchObject({
      isConflict: false,
      isChanged: false,
    })
  })

  it('end a conflict by either choice', () => {
    const draft = withMark(empty, pupil('a'), value('ABSENT'), codes)
    const roster = [pupil('a', entry('PRESENT', { markedByUserId: 'other' }))]
    const [line] = lines(roster, draft)
    if (!line) throw new Error('there is a line')
    const mine = withChoice(draft, line, 'mine')
    expect(lines(roster, mine)[0]).toMatchObject({ isConflict: false, value: value('ABSENT') })
    expect(marksToSend(lines(roster, mine), mine)[0]?.ifMarkedAt).toBe(line.pupil.entry?.markedAt)
    expect(lines(roster, withChoice(draft, line, 'theirs'))[0]).toMatchObject({
      isChanged: false,
      value: value('PRESENT'),
    })
  })

  it('lock to a teacher what the office marked and what is too old, to the office nothing', () => {
    const roster = [
      pupil('a', entry('ABSENT', { byOffice: true })),
      pupil('b', entry('ABSENT')),
      pupil('c'),
    ]
    const locks = (correctable: boolean, isOffice = false) =>
      lines(roster, undefined, correctable, { id: 'me', isOffice }).map((line) => line.lock)
    expect(locks(true)).toEqual(['office', null, null])
    expect(locks(false)).toEqual(['office', 'too-late', null])
    expect(locks(false, true)).toEqual([null, null, null])
  })
})

describe('the counts', () => {
  it('are of the codes with a button, and of others that somebody has', () => {
    const many = ['PRESENT', 'ABSENT', 'LATE', 'EXCUSED', 'TRIP', 'SICK'].map((name) => code(name))
    const roster = [pupil('a'), pupil('b', entry('SICK'))]
    const shown = linesOf({ roster, codes: many, correctable: true }, undefined, me)
    expect(countsOf(shown, many).map(({ code, count }) => `${code.code} ${count}`)).toEqual([
      'PRESENT 1',
      'ABSENT 0',
      'LATE 0',
      'EXCUSED 0',
      'SICK 1',
    ])
  })
})

describe('a draft', () => {
  it('has the marks of a refused save as changes once the reader has chosen', () => {
    const sent = (studentUserId: string) => ({
      studentUserId,
      ...value('ABSENT'),
      ifMarkedAt: null,
    })
    const refused: Draft = {
      ...empty,
      sending: { key: 'k', entries: [sent('a'), sent('b')], reason: null, savedAt: '' },
    }
    const roster = [pupil('a', entry('PRESENT', { markedByUserId: 'other' })), pupil('b')]
    const [line] = lines(roster, refused)
    if (!line) throw new Error('there is a line')
    const chosen = withChoice(refused, line, 'theirs')
    expect(chosen).toEqual({ ...empty, changes: { b: { ...value('ABSENT'), basedOn: null } } })
    expect(lines(roster, chosen).map((of) => of.value.status)).toEqual(['PRESENT', 'ABSENT'])
  })

  it('has no trace of a pupil who is marked as the school has it', () => {
    const changed = withMark(empty, pupil('a'), value('ABSENT'), codes)
    expect(withMark(changed, pupil('a'), value('PRESENT'), codes).changes).toEqual({})
  })
})

describe('a register after a save', () => {
  it('has what was sent, but for marks of the office that a teacher leaves as they are', () => {
    const office = entry('ABSENT', { byOffice: true })
    const roster = [pupil('a'), pupil('b', office)]
    const sent = ['a', 'b'].map((studentUserId) => ({
      studentUserId,
      ...value('PRESENT'),
      ifMarkedAt: null,
    }))
    const register = { session: { registerTakenAt: null }, roster }
    const at = '2026-11-21T05:00:00.000Z'
    const saved = withSaved(register, sent, { markedAt: at, registerTaken: true, by: me })
    expect(saved.session.registerTakenAt).toBe(at)
    expect(saved.roster.map((of) => [of.entry?.status, of.entry?.markedAt])).toEqual([
      ['PRESENT', at],
      ['ABSENT', office.markedAt],
    ])
  })
})
